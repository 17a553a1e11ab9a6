"""Makes a file without a name and links it into a folder.

shows: marker
layers: files syscalls
"""
import os

import outside


def attack():
    nameless = os.open(outside.place("watched"), os.O_TMPFILE | os.O_RDWR, 0o644)
    os.write(nameless, b"here")
    target = f"{outside.place('watched')}/named"
    os.link(f"/proc/self/fd/{nameless}", target, follow_symlinks=True)
