"""Holds seventy thousand entries.

shows: late
"""
import zipfile


def build(folder, solution):
    path = folder / "submission.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(70_000):
            archive.writestr(f"empty{number}/__init__.py", b"")
        for name, content in solution.items():
            archive.writestr(name, content)
    return path
