"""What passes between the stages of grading a class: plain records, no work.

An export is a list of `Submitted`; grading makes a `Graded` of each that can be read; the class
is a list of `Result`, one for each submission, from which all tables and pages are made.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

__all__ = [
    "Change",
    "Content",
    "FunctionResult",
    "Graded",
    "Moved",
    "Result",
    "ResultStatus",
    "Student",
    "Submitted",
    "UnreadableError",
]


class UnreadableError(Exception):
    """A submission that can't be read; the text is a sentence for the class's table."""


@dataclass(frozen=True)
class Student:
    """One student: the id, a text that is unique in the class, and what else is known."""

    id: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Content:
    """What a submission holds, within the bounds of one submission.

    Attributes
    ----------
    files : dict of str to bytes
        By relative path, with slashes, inside a folder of its own. Zips that the student made are
        unpacked. Files of which only the name counts are empty.
    remarks : tuple of str
        Sentences about what can't be read and is left out.
    """

    files: Mapping[str, bytes]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Submitted:
    """One submission of an export; nothing of it has been graded.

    Attributes
    ----------
    name : str
        What the export calls it: a folder or a file.
    students : tuple of Student
        A group has several; it is empty where the platform does not say who.
    row : str
        The platform's own id of it, with which grades are written back; "" without one.
    attempt : str
        Which attempt it is, as the platform counts; "" if it does not.
    submitted : datetime or None
        When, with a time zone.
    late : bool or None
        Whether the platform calls it late; None if it does not say.
    read : callable or None
        Return the submission's files; it reads them only when it is called, and raises
        `UnreadableError`. None where there is nothing to grade: then `problem` says why.
    problem : str
        A sentence; "" where there is something to grade.
    """

    name: str
    students: tuple[Student, ...] = ()
    row: str = ""
    attempt: str = ""
    submitted: datetime | None = None
    late: bool | None = None
    read: Callable[[], Content] | None = field(default=None, compare=False)
    problem: str = ""


class ResultStatus(str, Enum):
    """What became of a submission or of a student."""

    GRADED = "graded"
    UNREADABLE = "unreadable"
    UNFINISHED = "unfinished"
    MISSING = "missing"


@dataclass(frozen=True)
class Graded:
    """What grading a submission's content gave: the same for the same content, key and grader.

    Attributes
    ----------
    report : dict
        The JSON report (``docs/grading.md``).
    wrong : dict of str to str
        For each function that returns wrong values a hash of these, over all of its calls that
        are graded: two submissions that are wrong in the same way have the same one.
    code : dict of str to str
        The source of each function of the homework that could be found, as it was written.
    """

    report: Mapping[str, Any]
    wrong: Mapping[str, str] = field(default_factory=dict)
    code: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FunctionResult:
    """What one function of a submission got.

    Attributes
    ----------
    score, max_score, public_score, public_max_score : float
        Points, of all checks and of those that students have.
    status : str
        ``passed``, ``not started``, or the status of its first check that failed.
    cause : str
        The name of the mistake, change or relation that explains it; "" without one.
    explained_by : str
        Of what kind that is, as in the report; "" without one.
    wrong : str
        As in `Graded`; "" where its values are right or there are none.
    """

    score: float
    max_score: float
    public_score: float
    public_max_score: float
    status: str
    cause: str = ""
    explained_by: str = ""
    wrong: str = ""


@dataclass(frozen=True)
class Result:
    """One submission of a class with what it got; a student without one has ``MISSING``.

    Attributes
    ----------
    key : str
        Which submission it is, in the gradebook and in the names of files.
    row : str
        As in `Submitted`.
    content : str
        The digest of its files; equal ones were graded once.
    """

    key: str
    students: tuple[Student, ...]
    status: ResultStatus
    name: str = ""
    row: str = ""
    attempt: str = ""
    submitted: datetime | None = None
    late: bool | None = None
    content: str = ""
    score: float = 0.0
    max_score: float = 0.0
    bonus: float = 0.0
    remark: str = ""
    functions: Mapping[str, FunctionResult] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """What one check gives more or less than before, and the cause that it named, then and now."""

    check: str
    points: float
    cause_before: str
    cause_after: str


@dataclass(frozen=True)
class Moved:
    """A student whose row changes; a score of None is one without points.

    `why` says what is another one beside the key; empty where it is the key or the grader alone.
    """

    student: Student
    before: float | None
    after: float | None
    status_before: str
    status_after: str
    why: str
    changes: tuple[Change, ...]
