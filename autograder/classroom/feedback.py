"""What each student gets back: the page for students, with what staff say to them.

``feedback/STUDENT.html`` for each student, and all of them in ``feedback.zip``, under the names by
which Moodle and Canvas take them back where the export is from there. An id comes from a platform
and may be anything: it names a file as it is only where every system can have that name
and no other student has one that differs in case alone.

Moodle takes ``<the exported folder's name>/report.html`` back for each student, in all versions.
Canvas finds the student and the upload by the first two numbers in a file's name, attaches the file
to a comment, and shows it under the name of the student's own file: where that was a zip, the page
is put into one.

Sources: ``mod/assign/feedback/file/importziplib.php`` in https://github.com/moodle/moodle;
``app/models/assignment.rb`` in https://github.com/instructure/canvas-lms.
"""

import hashlib
import html
import os
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from autograder.classroom.engine.entry import Entry
from autograder.classroom.gradebook import Comment
from autograder.classroom.grades import Grade, show_points
from autograder.classroom.records import FunctionResult, Result, ResultStatus
from autograder.core.records import FULL_POINTS, Report
from autograder.core.writing import describe_entry, pack_zip, write_atomically
from autograder.outputs.html.page import PageRenderer

__all__ = ["is_in_cluster", "name_feedback", "name_owner", "name_pages", "write_feedback"]

#: Where in a page the words of staff belong: the page's own, as text of a student is escaped.
_PLACE = "<main>\n"

_PLAIN = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9_@.+-]{0,79}(?<!\.)")

#: What Windows takes for a device, whatever follows the dot.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)

#: How a page is called for a platform.
PAGE = "report.html"

#: Moodle's own number of a participant is the second part; a team's could be another one's.
_MOODLE = re.compile(
    r"(?P<folder>[^_]+_(?P<number>\d+)_assignsubmission_file_?)(?P<file>.*)", re.DOTALL
)

_CANVAS = re.compile(r"\w*?_(?:LATE_)?(?P<user>\d+)_\d+_.+", re.DOTALL)

#: Marks a cluster of wrong values without a name: ``file.function:wrong-1f2e3d4c``.
_UNNAMED = "wrong-"


def name_owner(student: str, result: Result) -> str:
    """Return whose page it is: a student's id, or the submission where no one knows who it is of.

    The latter begins with what no id has.
    """
    return student or f"\0{result.name}"


def name_pages(owners: Iterable[str]) -> dict[str, str]:
    """Return a file's name for each owner (`name_owner`), without its ending, each one unique."""
    known = list(dict.fromkeys(owners))
    counts = Counter([one.casefold() for one in known])
    return {
        one: one if counts[one.casefold()] == 1 and _is_plain(one) else _name_otherwise(one)
        for one in known
    }


def _is_plain(owner: str) -> bool:
    return bool(_PLAIN.fullmatch(owner)) and not _DEVICES.match(owner)


def _name_otherwise(owner: str) -> str:
    readable = re.sub(r"[^A-Za-z0-9_@]+", "_", owner)[:40].strip("_") or "student"
    digest = hashlib.sha256(owner.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{readable}-{digest[:8]}"


def write_feedback(
    folder: Path,
    grades: Iterable[Grade],
    *,
    read: Callable[[str], Entry | None],
    comments: Mapping[str, Sequence[Comment]],
) -> list[str]:
    """Write the page of each student who submitted something, and the zip of all.

    A submission of which no one knows whose it is has a page, too. Return the owners whose page
    can't be made, since the entry of their content, which `read` returns, is gone: the page that is
    there stays.
    """
    pages = folder / "feedback"
    pages.mkdir(parents=True, exist_ok=True)
    own = {name_owner(g.student.id, g.result): g for g in grades if _has_page(g)}
    names = name_pages(own)
    without = []
    for owner, grade in own.items():
        page = _make_page(grade, read)
        if page is None:
            without.append(owner.removeprefix("\0"))
            continue
        said = _write_staff_words(grade, comments)
        content = page.replace(_PLACE, _PLACE + said, 1).encode("utf-8", "replace")
        _write_if_other(pages / f"{names[owner]}.html", content)
    files = {f"{names[owner]}.html": grade.result for owner, grade in own.items()}
    _write_zip(folder / "feedback.zip", pages, dict(sorted(files.items())))
    return without


def _has_page(grade: Grade) -> bool:
    return grade.result.status != ResultStatus.MISSING


def _make_page(grade: Grade, read: Callable[[str], Entry | None]) -> str | None:
    result = grade.result
    if result.status == ResultStatus.GRADED:
        entry = read(result.content)
        return entry.page if entry and entry.graded else None
    empty = Report((), FULL_POINTS, {}, is_finished=False, notes=(result.remark,))
    return PageRenderer()(empty).decode()


def _write_staff_words(grade: Grade, comments: Mapping[str, Sequence[Comment]]) -> str:
    """Return what staff say to a student, as HTML; empty for nothing."""
    said = list(_list_staff_words(grade, comments))
    if not said:
        return ""
    items = "\n".join([f"<li>{html.escape(one)}</li>" for one in said])
    return (
        '<section class="notes" aria-labelledby="from-staff">\n<h2 id="from-staff">From the course'
        f" staff</h2>\n<ul>\n{items}\n</ul>\n</section>\n"
    )


def _list_staff_words(grade: Grade, comments: Mapping[str, Sequence[Comment]]) -> Iterator[str]:
    result = grade.result
    if grade.is_excused:
        yield f"This homework does not count for you. {grade.remark}"
    elif grade.score is not None and grade.score != result.score:
        yield f"What counts: {show_points(grade.score)} points. {grade.remark}"
    for cluster, own in comments.items():
        function = cluster.partition(":")[0]
        one = result.functions.get(function)
        if one is not None and is_in_cluster(cluster, one):
            yield from [f"{function}: {comment.text}" for comment in own]


def is_in_cluster(cluster: str, one: FunctionResult) -> bool:
    """Tell whether what the cluster's function came to is the answer of the cluster."""
    answer = cluster.partition(":")[2]
    if one.score >= one.max_score or not answer:
        return False
    if one.cause:
        return one.cause == answer
    digits = answer.removeprefix(_UNNAMED)
    return answer.startswith(_UNNAMED) and bool(digits) and one.wrong.startswith(digits)


def find_members(results: Iterable[Result], cluster: str) -> Iterator[Result]:
    """Yield the results that are in a cluster."""
    function = cluster.partition(":")[0]
    for result in results:
        one = result.functions.get(function)
        if one is not None and is_in_cluster(cluster, one):
            yield result


def _write_if_other(path: Path, content: bytes) -> None:
    try:
        if path.stat().st_size == len(content) and path.read_bytes() == content:
            return
    except OSError:
        pass
    write_atomically(path, content)


def _write_zip(path: Path, pages: Path, names: Mapping[str, Result]) -> None:
    """Write a zip of pages, of which one at a time is in memory.

    Each has the name under which the platform takes it back, where it does.
    """
    written = set()
    part = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, result in names.items():
                file = pages / name
                if file.is_file():
                    returned = name_feedback(result)
                    place = name if returned in written else returned or name
                    written.add(place)
                    archive.writestr(describe_entry(place), _wrap(place, file.read_bytes()))
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


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


def _wrap(place: str, page: bytes) -> bytes:
    """Return what is to lie under such a path, so that the student can open it."""
    return pack_zip({PAGE: page}) if place.lower().endswith(".zip") else page
