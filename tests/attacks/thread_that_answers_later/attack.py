"""Leaves a thread behind that writes a verdict when nobody looks.

shows: score
"""
import os
import threading
import time


def later():
    time.sleep(0.2)
    for descriptor in range(32):
        try:
            os.write(descriptor, b'\n{"function": "compose_affine", "right": true}\n')
        except OSError:
            continue


def attack():
    threading.Thread(target=later).start()
