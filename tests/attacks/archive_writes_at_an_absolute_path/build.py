"""Holds a file whose path begins at the root.

shows: marker
"""
import json
import zipfile


def build(folder, solution):
    path = folder / "submission.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in solution.items():
            archive.writestr(name, content)
        info = zipfile.ZipInfo("x")
        info.filename = f"{folder.parent}/watched/absolute.py"
        archive.writestr(info, "mine = True")
    return path
