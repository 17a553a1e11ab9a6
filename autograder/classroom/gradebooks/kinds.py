"""Know the gradebook files of platforms: which column says who, and which may hold points.

=========== ========================================================================================
platform    what it does with a file that it takes back
=========== ========================================================================================
Canvas      A title that it does not know becomes a new assignment; a number in the row of points
            possible changes the assignment; an empty cell clears a grade.
Moodle      It finds three columns by their names in the site's language, wants commas and UTF-8,
            and passes by what is above the maximum or was graded later in Moodle.
Blackboard  It finds students by the user's name, and columns by the number behind the title.
Brightspace It wants a last column of ``#`` and takes the ``#`` before an id.
others      They have no import, or one by the address or the id.
=========== ========================================================================================

Sources: ``lib/gradebook_importer.rb`` in https://github.com/instructure/canvas-lms, and
``mod/assign/feedback/offline/`` in https://github.com/moodle/moodle.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.classroom.exports.rosters import fold_header
from autograder.classroom.exports.tables import Table
from autograder.errors import UsageError
from autograder.intake.listing import listed

__all__ = ["Columns", "Kind", "find_columns", "find_kind", "is_row_of_student"]

#: What Moodle calls the column of grades, in its languages.
_GRADES = frozenset(
    {"grade", "bewertung", "note", "calificación", "valutazione", "nota", "cijfer", "beoordeling"}
    | {"betyg", "karakter", "arvosana", "ocena", "známka", "hodnocení", "not", "puan", "оценка"}
    | {"оцінка", "成绩", "成績", "評点", "성적"}
)

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class Kind:
    """A platform's gradebook file; columns are named as `fold_header` gives them."""

    platform: str
    #: All of these make the kind.
    marks: tuple[str, ...]
    #: Who a row is about; the first is the platform's own.
    keys: tuple[str, ...]
    names: tuple[str, ...] = ()
    #: What is needed beside these.
    beside: tuple[str, ...] = ()
    #: What a column of points is called, with its title and the platform's number.
    points: str = r"(?P<title>.+)(?P<number>)"
    #: Whether rows and columns that are not needed could change something, and are left out.
    is_cut: bool = False


KINDS = (
    Kind(
        "Canvas",
        ("student", "id", "section"),
        ("id", "sis user id", "sis login id", "integration id"),
        ("student",),
        ("root account", "section"),
        r"(?P<title>.+) \((?P<number>\d+)\)",
        is_cut=True,
    ),
    Kind(
        "Canvas",
        ("lastname", "firstname", "id", "section"),
        ("id", "sis user id", "sis login id", "integration id"),
        ("firstname", "lastname"),
        ("root account", "section"),
        r"(?P<title>.+) \((?P<number>\d+)\)",
        is_cut=True,
    ),
    Kind(
        "Blackboard",
        ("last name", "first name", "username"),
        ("username", "student id"),
        ("first name", "last name"),
        (),
        r"(?P<title>.+?) \[Total Pts: [^\]]*\](?: ?\|(?P<number>\d+))?",
        is_cut=True,
    ),
    Kind(
        "Brightspace",
        ("orgdefinedid", "end of line indicator"),
        ("orgdefinedid", "username", "email"),
        ("first name", "last name"),
        ("end of line indicator",),
        r"(?P<title>.+?) Points Grade(?: <[^>]*>)?(?P<number>)",
        is_cut=True,
    ),
    Kind("Gradescope", ("sid", "email"), ("email", "sid", "submission id"),
         ("first name", "last name")),
    Kind("nbgrader", ("assignment", "student id", "score"), ("student id", "email"),
         ("first name", "last name")),
    Kind("GitHub Classroom", ("github username",), ("github username", "roster identifier")),
    Kind("Autolab", ("email", "first name", "last name"), ("email",), ("first name", "last name")),
    Kind("", ("id",), ("id", "email"), ("name",)),
    Kind("", ("email",), ("email",), ("name",)),
)  # fmt: skip

_MOODLE = Kind("Moodle", (), (), is_cut=True)

#: Columns that are never points, whatever the kind.
_OTHERS = frozenset(
    {"role", "section", "sections", "section name", "max points", "status", "submission id"}
    | {"submission time", "lateness h m s", "view count", "submission count"}
)


@dataclass(frozen=True)
class Columns:
    """Which columns of a table are what, by number."""

    keys: tuple[int, ...]
    names: tuple[int, ...]
    points: int
    #: Those that are written, in order.
    kept: tuple[int, ...]
    #: Where the most that a row can get is, in Moodle.
    most: int | None = None


def find_kind(table: Table) -> Kind:
    """Return of which kind a gradebook is; a `UsageError` if no column says who a row is about."""
    if _is_moodle(table):
        return _MOODLE
    header = {fold_header(cell) for cell in table.header}
    for kind in KINDS:
        if {*kind.marks} <= header:
            return kind
    raise UsageError(
        f"{table.name} has the columns {listed(table.header)}, and none says who a row is about:"
        " give the gradebook that the platform exports"
    )


def find_columns(table: Table, kind: Kind, column: str | None) -> Columns:
    """Return the columns of a gradebook; `column` is the title or the number of the one to fill.

    It is a `UsageError` if there is no such column, or none is named and there are several.
    """
    if kind is _MOODLE:
        return _find_columns_of_moodle(table)
    header = [fold_header(cell) for cell in table.header]
    keys = [header.index(name) for name in kind.keys if name in header]
    names = [header.index(name) for name in kind.names if name in header]
    beside = [header.index(name) for name in kind.beside if name in header]
    points = _find_points(table, kind, column, {*keys, *names, *beside})
    kept = [*range(len(header))]
    if kind.is_cut:
        kept = sorted({*keys, *names, *beside, points})
    return Columns(tuple(keys), tuple(names), points, tuple(kept))


def _find_points(table: Table, kind: Kind, column: str | None, taken: set[int]) -> int:
    found: dict[int, set[str]] = {}
    for index, cell in enumerate(table.header):
        match = re.fullmatch(kind.points, cell.strip())
        if match and index not in taken and fold_header(cell) not in _OTHERS:
            found[index] = {_fold(cell), _fold(match["title"]), match["number"] or ""} - {""}
    fitting = [*found] if column is None else [i for i in found if _fold(column) in found[i]]
    if len(fitting) == 1:
        return fitting[0]
    titles = listed([table.header[index] for index in fitting or found]) or "none"
    if column is not None and not fitting:
        raise UsageError(f"{table.name} has no column {column}; it has {titles}")
    raise UsageError(f"{table.name} has several columns of points ({titles}): add --column TITLE")


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _is_moodle(table: Table) -> bool:
    """Tell by the cells whether it is Moodle's worksheet, whose header is in any language."""
    first = [row[0] for row in table.rows[1:]]
    return (
        len(table.header) > 3
        and bool(first)
        and all([re.fullmatch(r"\S.* \d+", cell) is not None for cell in first])
        and _find_grade(table) is not None
    )


def _find_columns_of_moodle(table: Table) -> Columns:
    grade = _find_grade(table)
    if grade is None:
        raise UsageError(f"{table.name} has no column of grades: download the worksheet again")
    keys = [index for index in range(2, grade) if _is_key(table, index)]
    every = tuple(range(len(table.header)))
    most = grade + 1 if _is_most(table, grade + 1) else None
    return Columns((0, *keys), (1,), grade, every, most)


def _is_key(table: Table, index: int) -> bool:
    """Tell whether no two rows have the same in a column."""
    cells = [row[index] for row in table.rows[1:] if len(row) > index and row[index]]
    return bool(cells) and len({*cells}) == len(cells)


def _find_grade(table: Table) -> int | None:
    """Return the column of grades: by its name, or before the one that has the same number in all.

    The first is what Moodle itself looks for, but only in the language of the site.
    """
    header = [_fold(cell) for cell in table.header]
    named = [index for index, cell in enumerate(header) if cell in _GRADES]
    if named:
        return named[0]
    return next((i for i in range(1, len(header) - 1) if _is_most(table, i + 1)), None)


def _is_most(table: Table, index: int) -> bool:
    cells = {row[index] for row in table.rows[1:] if len(row) > index}
    return len(cells) == 1 and all([_NUMBER.fullmatch(cell) is not None for cell in cells])


def is_row_of_student(kind: Kind, columns: Columns, row: Sequence[str]) -> bool:
    """Tell whether a row is about a student: Canvas has others, too."""
    if kind.platform != "Canvas":
        return any(row)
    first, own = row[0].strip().casefold(), columns.keys[0]
    has_number = len(row) > own and row[own].strip() != ""
    return has_number and "points possible" not in first and first != "student, test"
