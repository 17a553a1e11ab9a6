"""Makes a link to the project and opens the solution through it.

shows: canary
layers: files user
"""
import os

import outside


def attack():
    link = f"link-{outside.mark()}"
    outside.checked(outside.libc().symlink(outside.place("project").encode(), link.encode()))
    here = os.open(".", os.O_RDONLY)
    file = os.open(link + "/solution/separability.py", os.O_RDONLY, dir_fd=here)
    return outside.secret(os.pread(file, 10**5, 0))
