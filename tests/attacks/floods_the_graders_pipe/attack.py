"""Writes two gibibytes of replies into every pipe, faster than anybody reads.

shows: memory
"""
import os
import stat
import struct

REPLY = struct.pack("<I", 2**23) + bytes(2**23)


def attack():
    for descriptor in range(1, 32):
        try:
            if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                continue
            for _ in range(256):
                os.write(descriptor, REPLY)
        except OSError:
            continue
