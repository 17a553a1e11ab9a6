"""Sets the clock of the machine (by nothing: to what it is).

shows: marker
layers: user privileges syscalls
root: yes
"""
import ctypes

import outside

CLOCK_ADJTIME, ADD_OFFSET = 305, 0x0100


def attack():
    nothing = ctypes.create_string_buffer(ADD_OFFSET.to_bytes(4, "little"), 208)
    outside.syscall(CLOCK_ADJTIME, 0, nothing)
    return "it may set the clock"
