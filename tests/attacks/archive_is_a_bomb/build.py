"""Holds a file of one and a half gibibytes in a few kilobytes.

shows: memory status
"""
import zipfile


def build(folder, solution):
    path = folder / "submission.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("bomb.py", "w", force_zip64=True) as bomb:
            for _ in range(96):
                bomb.write(bytes(2**24))
        for name, content in solution.items():
            archive.writestr(name, content)
    return path
