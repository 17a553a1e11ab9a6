"""Writes into a folder that can be entered and not listed.

shows: marker
layers: syscalls
"""
import os
import time


def attack():
    os.mkdir("closed", 0o300)
    for number in range(20):
        with open(f"closed/{number}", "wb") as file:
            for _ in range(10):
                file.write(bytes(2**20))
    time.sleep(1)  # whoever looks from time to time has had the time to
    return "200 MiB are on the disk"
