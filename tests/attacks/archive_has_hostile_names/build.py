"""Holds names with escapes, line breaks, overrides and no end.

shows: status text
"""
import zipfile

NAMES = (
    "\x1b[2J\x1b[31mred.py",
    "two\nlines.py",
    "\u202eyp.live.py",
    "a" * 5000 + ".py",
    "con.py",
    "nul\x7f.py",
    "-rf.py",
    "<script>alert(1)</script>.py",
    "$(touch mine).py",
)


def build(folder, solution):
    path = folder / "submission.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in NAMES:
            archive.writestr(name, "mine = True")
            archive.writestr(f"{name}/inner.py", "mine = True")
        del solution["train.py"]
        for name, content in solution.items():
            archive.writestr(name, content)
    return path
