"""Read who is in the class, from our own CSV file or from one that a platform gives.

Ours has the columns ``id,name,email,section``. Of a platform's own, the header says which it is.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.classroom.exports.reading import text_id
from autograder.classroom.exports.tables import Table, parse_table, read_table
from autograder.classroom.records import Student, Submitted
from autograder.errors import UsageError
from autograder.intake.listing import listed

__all__ = ["Roster", "fold_header", "make_roster", "name_keys", "parse_roster", "read_roster"]


@dataclass(frozen=True)
class _Form:
    """Which columns of a kind of table hold what; names as `fold_header` gives them."""

    platform: str
    #: All of these make the kind.
    marks: tuple[str, ...]
    #: The first that is not empty is the student's id; all of them, and `others`, tell who it is.
    id_columns: tuple[str, ...]
    others: tuple[str, ...] = ()
    #: Joined with a blank.
    names: tuple[str, ...] = ("name",)
    email: str = "email"
    group: str = ""


FORMS = (
    _Form(
        "Canvas",
        ("student", "id"),
        ("id",),
        ("sis user id", "sis login id", "integration id"),
        ("student",),
    ),
    _Form("Canvas", ("lastname", "firstname", "id"), ("id",), ("sis user id", "sis login id"),
          ("firstname", "lastname")),
    _Form("Moodle", ("identifier", "full name"), ("id number", "email address", "identifier"),
          ("identifier", "username"), ("full name",), "email address", "group"),
    _Form("GitHub Classroom", ("identifier", "github username"), ("identifier", "github username"),
          ("github username",), group="group name"),
    _Form("Brightspace", ("orgdefinedid",), ("orgdefinedid", "username"), ("username",),
          ("first name", "last name")),
    _Form("Gradescope", ("first name", "last name", "sid", "email"), ("sid", "email"), (),
          ("first name", "last name")),
    _Form("Gradescope", ("name", "sid", "email"), ("sid", "email")),
    _Form("Blackboard", ("last name", "first name", "username"), ("username",), ("student id",),
          ("first name", "last name")),
    _Form("Classroom 50", ("username", "github id"), ("username",), (),
          ("first name", "last name")),
    _Form("Autolab", ("email", "first name", "last name"), ("email",), (),
          ("first name", "last name")),
    _Form("", ("id",), ("id",)),
)  # fmt: skip

#: Rows of Canvas that are no students.
_NO_STUDENTS = frozenset({"points possible", "student, test", "test student", ""})


@dataclass(frozen=True)
class Roster:
    """The students of a class, and by what they are found."""

    students: tuple[Student, ...]
    #: By each id, address and number; None where several have it.
    by_key: Mapping[str, Student | None] = field(default_factory=dict)
    #: By the letters of the name, in each order of its words.
    by_name: Mapping[str, Student | None] = field(default_factory=dict)
    groups: Mapping[str, tuple[Student, ...]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def find(self, student: Student, *, row: str = "") -> Student | None:
        """Return who of the class a student of an export is; None where no one or several fit."""
        for key in (student.id, row, student.email):
            found = self.by_key.get(_fold(key)) if key else None
            if found is not None:
                return found
        for name in (student.name, student.id):
            for key in name_keys(name)[:1]:
                if (found := self.by_name.get(key)) is not None:
                    return found
        return None

    def find_all(self, submission: Submitted) -> tuple[tuple[Student, bool], ...]:
        """Return the students of a submission as the class knows them, and whether it does."""
        found = []
        row = submission.row if len(submission.students) == 1 else ""
        for student in submission.students:
            own = self.find(student, row=row)
            if own is None and (members := self.groups.get(_fold(student.name or student.id))):
                found += [(member, True) for member in members]
            else:
                found.append((own or student, own is not None))
        return tuple(dict.fromkeys(found))


def read_roster(path: Path) -> Roster:
    """Read the roster at `path`; a `UsageError` says what is missing of it."""
    return _make_of_table(read_table(path))


def parse_roster(name: str, content: bytes) -> Roster:
    """Return the roster in the bytes of a CSV file that is called `name`; else as `read_roster`."""
    return _make_of_table(parse_table(name, content))


def _make_of_table(table: Table) -> Roster:
    header = [fold_header(cell) for cell in table.header]
    form = next((form for form in FORMS if {*form.marks} <= {*header}), None)
    if form is None:
        raise UsageError(
            f"{table.name} has the columns {listed(table.header)}: a roster has id,name,email,"
            "section, or is what your platform exports (docs/class.md has a list)"
        )
    rows = [*_read_rows(table, header, form)]
    if not rows:
        raise UsageError(f"{table.name} has no student in it: export it again")
    return make_roster(rows, table.name)


def make_roster(rows: Sequence[tuple[Student, Sequence[str], str]], name: str) -> Roster:
    """Make a roster of students, each with other keys and the name of a group."""
    students: dict[str, Student] = {}
    by_key: dict[str, Student | None] = {}
    by_name: dict[str, Student | None] = {}
    groups: dict[str, list[Student]] = {}
    twice = []
    for student, others, group in rows:
        if _fold(student.id) in students:
            twice.append(student.id)
            continue
        students[_fold(student.id)] = student
        for key in {*map(_fold, (student.id, student.email, *others))} - {""}:
            by_key[key] = None if key in by_key else student
        for key in {*name_keys(student.name)}:
            by_name[key] = None if key in by_name else student
        if group:
            groups.setdefault(_fold(group), []).append(student)
    remarks = [f"{name} has {listed(twice)} twice."] if twice else []
    members = {group: tuple(some) for group, some in groups.items()}
    return Roster(tuple(students.values()), by_key, by_name, members, tuple(remarks))


def fold_header(cell: str) -> str:
    """Return a column's name as it is compared: small letters, blanks for other signs."""
    return " ".join(re.sub(r"[\W_]+", " ", cell.casefold()).split())


def name_keys(name: str) -> list[str]:
    """Return the letters of a name for each order of its words, as it is written first.

    Platforms write ``Ada Example``, ``Example, Ada`` and ``exampleada`` for one person; accents
    count.
    """
    words = re.sub(r"[^\w\s]|_", "", unicodedata.normalize("NFC", name).casefold()).split()[:8]
    return ["".join(words[first:] + words[:first]) for first in range(len(words))]


def _read_rows(
    table: Table, header: Sequence[str], form: _Form
) -> Iterator[tuple[Student, list[str], str]]:
    for row in table.rows[1:]:
        cells = {column: _clean(cell) for column, cell in zip(header, row, strict=False)}
        name = " ".join([cells[c] for c in form.names if cells.get(c)])
        keys = [_take_number(cells.get(column, "")) for column in (*form.id_columns, *form.others)]
        chosen = next((key for key in keys[: len(form.id_columns)] if key), "")
        is_staff = cells.get("role", "student").casefold() not in ("student", "0", "")
        is_row = form.platform != "Canvas" or name.casefold() not in _NO_STUDENTS
        if chosen and is_row and not is_staff:
            email = cells.get(form.email, "")
            yield Student(chosen, name, email), keys, cells.get(form.group, "")


def _clean(cell: str) -> str:
    """Return a cell's text without what keeps spreadsheets away from it."""
    return text_id(cell).removeprefix("'").removeprefix("#")


def _take_number(cell: str) -> str:
    """Return an id; of Moodle's ``Participant 12345``, in any language, the number."""
    match = re.fullmatch(r"[^\W\d]+ (\d+)", cell)
    return match[1] if match else cell


def _fold(key: str) -> str:
    return text_id(key).casefold()
