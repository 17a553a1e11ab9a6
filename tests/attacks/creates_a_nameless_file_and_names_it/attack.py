"""Makes a file without a name and links it into a folder.

shows: marker
layers: files syscalls
"""
import os

import outside

FOLLOW = 0x400


def attack():
    nameless = os.open(outside.place("watched"), os.O_TMPFILE | os.O_RDWR, 0o644)
    os.write(nameless, b"here")
    source, target = f"/proc/self/fd/{nameless}", f"{outside.place('watched')}/named"
    outside.checked(outside.libc().linkat(-100, source.encode(), -100, target.encode(), FOLLOW))
