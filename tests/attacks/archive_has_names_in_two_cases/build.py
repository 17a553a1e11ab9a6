"""Holds files whose names differ in case alone.

shows: nothing, which of the two is right depends on the file system
"""
import zipfile


def build(folder, solution):
    path = folder / "submission.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in solution.items():
            archive.writestr(name, content)
        archive.writestr("Separability.py", "raise SystemExit")
        archive.writestr("SEPARABILITY.PY", "raise SystemExit")
    return path
