"""Makes itself dumpable again, so that it may read its own files in /proc.

shows: marker
layers: syscalls
"""
import outside


def attack():
    outside.checked(outside.libc().prctl(4, 1, 0, 0, 0))
    return "it is dumpable"
