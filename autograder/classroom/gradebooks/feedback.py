"""Pack pages for students under the names by which Moodle and Canvas know whose they are.

Moodle takes ``<the exported folder's name>/report.html`` back for each student, for all versions.
Canvas finds the student and the upload by the first two numbers in a file's name, attaches the file
as a comment, and shows it under the name of the student's own file.

Sources: ``mod/assign/feedback/file/importziplib.php`` in https://github.com/moodle/moodle;
``app/models/assignment.rb`` in https://github.com/instructure/canvas-lms.
"""

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

from autograder.classroom.records import Result

__all__ = ["name_feedback", "pack_feedback"]

#: Moodle's own number of a participant is the second part; a team's could be another one's.
_MOODLE = re.compile(
    r"(?P<folder>[^_]+_(?P<number>\d+)_assignsubmission_file_?)(?P<file>.*)", re.DOTALL
)

_CANVAS = re.compile(r"(?:\w*?_)?(?:LATE_)?\d+_\d+_.+", re.DOTALL)

#: The date in the zip: a date of its own would change its bytes.
_DATE = (1980, 1, 1, 0, 0, 0)


def name_feedback(platform: str, result: Result, *, page: str = "report.html") -> str:
    """Return under which path a platform takes a student's page back; "" where it does not.

    That is so for platforms without such an import, for teams in Moodle, whose number is no
    participant's, and where the platform has no upload of the student's.
    """
    if platform == "moodle" and len(result.students) == 1:
        match = _MOODLE.fullmatch(result.name)
        is_own = match is not None and result.row in ("", match["number"])
        return f"{match['folder']}/{page}" if match is not None and is_own else ""
    if platform == "canvas" and _CANVAS.fullmatch(result.name):
        return result.name
    return ""


def pack_feedback(
    path: Path, platform: str, pages: Iterable[tuple[Result, bytes]]
) -> tuple[Result, ...]:
    """Write a zip of pages that a platform takes back; return the results without a place in it.

    One page at a time is in memory, and the same pages give the same bytes.
    """
    left_out, written = [], set()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for result, content in pages:
            name = name_feedback(platform, result)
            if not name or name in written:
                left_out.append(result)
                continue
            written.add(name)
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return tuple(left_out)
