"""Holds entries that share the same compressed bytes, so that it grows without a bomb.

shows: nothing, some versions of Python refuse it and others expand it
"""
import copy
import zipfile


def build(folder, solution):
    path = folder / "submission.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in solution.items():
            archive.writestr(name, content)
        first = archive.infolist()[0]
        for number in range(90):
            twin = copy.copy(first)
            twin.filename = f"twin{number}.py"
            archive.filelist.append(twin)
    return path
