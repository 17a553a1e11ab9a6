"""Replaces itself by a shell that writes a marker.

shows: marker
layers: syscalls
"""
import os

import outside


def attack():
    for descriptor in range(3, 32):
        try:
            os.set_inheritable(descriptor, True)  # else the judge sees the pipe close, and is first
        except OSError:
            continue
    os.execv("/bin/sh", ["sh", "-c", f"echo 1 > {outside.place('watched')}/by-shell"])
