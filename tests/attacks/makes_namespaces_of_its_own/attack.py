"""Makes namespaces in which it is root.

shows: marker
layers: syscalls
"""
import outside

UNSHARE, NEW_USER, NEW_MOUNTS = 272, 0x10000000, 0x00020000


def attack():
    outside.syscall(UNSHARE, NEW_USER | NEW_MOUNTS)
    return "it has namespaces of its own"
