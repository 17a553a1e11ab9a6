"""Holds a link to a folder, and then a file in it.

shows: left changed
"""
import stat
import zipfile


def build(folder, solution):
    path = folder / "submission.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("away")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, f"{folder.parent}/home")
        archive.writestr("away/written.py", "mine = True")
        for name, content in solution.items():
            archive.writestr(name, content)
    return path
