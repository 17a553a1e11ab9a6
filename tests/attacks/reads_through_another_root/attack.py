"""Makes the project its root folder, so that no known path matches.

shows: canary
layers: files user syscalls privileges
root: yes
"""
import os

import outside


def attack():
    os.chroot(outside.place("project"))
    os.chdir("/")
    with open("/solution/separability.py") as file:
        return outside.secret(file.read())
