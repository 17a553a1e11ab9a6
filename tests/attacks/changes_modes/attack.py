"""Opens files to everybody, and closes others, by chmod.

shows: changed marker
layers: user syscalls
"""
import os

import outside


def attack():
    for path in ("solution/separability.py", "build/answer-key.full"):
        os.chmod(f"{outside.place('project')}/{path}", 0o666)
    return "modes were changed"
