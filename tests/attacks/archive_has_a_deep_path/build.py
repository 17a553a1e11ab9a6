"""Holds a file below two thousand folders.

shows: status
"""
import zipfile


def build(folder, solution):
    path = folder / "submission.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in solution.items():
            archive.writestr(name, content)
        archive.writestr("deep/" * 12000 + "file.py", "mine = True")
    return path
