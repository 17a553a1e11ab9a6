"""Holds a link to the solution under the name of a helper.

shows: canary marker
"""
import stat
import zipfile

ATTACK = b"""
import outside

def attack():
    import stolen
    return outside.secret(stolen.SECRET)
"""


def build(folder, solution):
    path = folder / "submission.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (solution | {"attack.py": ATTACK}).items():
            archive.writestr(name, content)
        link = zipfile.ZipInfo("stolen.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, f"{folder.parent}/project/solution/separability.py")
    return path
