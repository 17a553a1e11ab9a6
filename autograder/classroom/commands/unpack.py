"""Unpack an export of any platform for other tools: a folder for each submission that counts.

Tools that compare files, such as Dolos, JPlag and copydetect, want one folder or file for each
submission, and no names that only a platform understands. Nothing is graded here.
"""

import sys
from pathlib import Path

from autograder.classroom.exports import read_class
from autograder.classroom.feedback import name_pages
from autograder.classroom.records import Submitted, UnreadableError
from autograder.errors import UsageError
from autograder.grading.warm import write_files

__all__ = ["run_unpack"]


def run_unpack(
    out: Path, submissions: str, *, roster: Path | None, platform: str, count: str
) -> int:
    """Write the files of each submission that counts below `out`, which is new."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"--out {out} is there already: name a new folder")
    if count == "best":
        raise UsageError("--count best: which is the best, grading says; write last or first")
    found = read_class(Path(submissions), platform=platform or None, roster=roster, count=count)
    names = name_pages([_name(one) for one in found.submissions])
    written = 0
    for one in found.submissions:
        try:
            content = one.read() if one.read is not None else None
        except (OSError, UnreadableError) as error:
            sys.stderr.write(f"{one.name} can't be read: {error}\n")
            continue
        if content is None:
            sys.stderr.write(f"{one.name}: {one.problem}\n")
            continue
        folder = out / names[_name(one)]
        folder.mkdir(parents=True, exist_ok=True)
        write_files(content.files, folder)
        written += 1
    print(f"{written} submissions are in {out}")
    return 0


def _name(one: Submitted) -> str:
    """Return what a folder is called: by the id of each student, or by what the export calls it."""
    return "+".join([student.id for student in one.students]) or one.name
