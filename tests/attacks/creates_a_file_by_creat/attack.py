"""Creates a file by a system call that is not used any more.

shows: marker
layers: files syscalls
"""
import outside

CREAT = 85


def attack():
    outside.syscall(CREAT, f"{outside.place('watched')}/by-creat".encode(), 0o644)
