"""Hands in a link to the solution under the name of a helper.

shows: canary marker
"""
import os

ATTACK = b"""
import outside

def attack():
    import stolen
    return outside.secret(stolen.SECRET)
"""


def build(folder, solution):
    for name, content in (solution | {"attack.py": ATTACK}).items():
        folder.joinpath(name).write_bytes(content)
    os.symlink(folder.parent / "project/solution/separability.py", folder / "stolen.py")
    return folder
