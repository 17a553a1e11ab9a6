"""Hands in a link to the folder of the solution, around which there is nothing else.

shows: canary marker
"""
import os

ATTACK = b"""
import outside

def attack():
    import sys
    sys.path.append(__file__.rpartition("/")[0] + "/inner")
    import importlib.util as u
    spec = u.spec_from_file_location("stolen", __file__.rpartition("/")[0] + "/inner/separability.py")
    module = u.module_from_spec(spec)
    spec.loader.exec_module(module)
    return outside.secret(module.SECRET)
"""


def build(folder, solution):
    for name, content in (solution | {"attack.py": ATTACK}).items():
        folder.joinpath(name).write_bytes(content)
    os.symlink(folder.parent / "project/solution", folder / "inner")
    return folder
