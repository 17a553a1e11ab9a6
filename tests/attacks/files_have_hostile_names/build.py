"""Hands in files whose names are escapes, links breaks and bytes of no encoding.

shows: status text
"""
import os


def build(folder, solution):
    for name, content in solution.items():
        folder.joinpath(name).write_bytes(content)
    names = (b"\x1b[2Jred.py", b"two\nlines.py", b"\xff\xfe.py", "\u202eyp.x.py".encode(), b"-x.py")
    for name in names:
        with open(os.path.join(os.fsencode(folder), name), "w") as file:
            file.write("mine = (")
    return folder
