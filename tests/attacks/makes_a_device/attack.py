"""Makes a device of its own to read the disk by.

shows: marker
layers: files user syscalls privileges
root: yes
"""
import os
import stat

import outside


def attack():
    os.mknod(outside.place("watched") + "/null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
