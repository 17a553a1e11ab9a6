"""Holds a device and a pipe under the names of homework files.

shows: nothing, Python's own unpacking makes files of them
"""
import stat
import zipfile


def build(folder, solution):
    path = folder / "submission.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, kind in (("train.py", stat.S_IFCHR), ("updates.py", stat.S_IFIFO)):
            info = zipfile.ZipInfo(name)
            info.external_attr = (kind | 0o666) << 16
            archive.writestr(info, b"")
            del solution[name]
        for name, content in solution.items():
            archive.writestr(name, content)
    return path
