"""Holds a file whose path leads out of the archive's folder.

shows: left changed
"""
import zipfile


def build(folder, solution):
    path = folder / "submission.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in solution.items():
            archive.writestr(name, content)
        archive.writestr("../../home/.profile", "echo mine")
        archive.writestr("..\\..\\home\\.profile.py", "print('mine')")
        archive.writestr("../separability.py", "mine = True")
    return path
