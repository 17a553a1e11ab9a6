"""Makes a userfaultfd, the tool with which a kernel's races are won.

shows: marker
layers: syscalls
"""
import outside


def attack():
    outside.syscall(323, 1)
    return "page faults are its own"
