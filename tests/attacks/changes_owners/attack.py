"""Gives files to another user.

shows: changed
layers: user syscalls privileges
root: yes
"""
import os

import outside


def attack():
    os.chown(f"{outside.place('project')}/solution/separability.py", 12345, 12345)
    return "owners were changed"
