"""Name pages for students so that Moodle and Canvas know whose they are.

Moodle takes ``<the exported folder's name>/report.html`` back for each student, in all versions.
Canvas finds the student and the upload by the first two numbers in a file's name, attaches the file
to a comment, and shows it under the name of the student's own file: where that was a zip, the page
is put into one.

Sources: ``mod/assign/feedback/file/importziplib.php`` in https://github.com/moodle/moodle;
``app/models/assignment.rb`` in https://github.com/instructure/canvas-lms.
"""

import re
import zipfile
from io import BytesIO

from autograder.classroom.records import Result

__all__ = ["name_feedback", "wrap_feedback"]

PAGE = "report.html"

#: The date in a zip: a date of its own would change its bytes.
_DATE = (1980, 1, 1, 0, 0, 0)

#: Moodle's own number of a participant is the second part; a team's could be another one's.
_MOODLE = re.compile(
    r"(?P<folder>[^_]+_(?P<number>\d+)_assignsubmission_file_?)(?P<file>.*)", re.DOTALL
)

_CANVAS = re.compile(r"\w*?_(?:LATE_)?(?P<user>\d+)_\d+_.+", re.DOTALL)


def name_feedback(result: Result) -> str:
    """Return under which path the platform takes the page for a submission back; "" if it does not.

    That is so for other platforms, for teams in Moodle, whose number is no participant's, and where
    the student uploaded no file.
    """
    moodle, canvas = _MOODLE.fullmatch(result.name), _CANVAS.fullmatch(result.name)
    if moodle is not None and len(result.students) == 1 and result.row == moodle["number"]:
        return f"{moodle['folder']}/{PAGE}"
    if canvas is not None and result.row == canvas["user"]:
        return result.name
    return ""


def wrap_feedback(place: str, page: bytes) -> bytes:
    """Return what is to lie under such a path, so that the student can open it."""
    if not place.lower().endswith(".zip"):
        return page
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(PAGE, _DATE)
        entry.create_system, entry.external_attr = 3, 0o100644 << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, page)
    return target.getvalue()
