"""What one platform's module makes of an export, before students and attempts are counted."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from autograder.classroom.exports.content import read_content
from autograder.classroom.exports.tree import Leaf
from autograder.classroom.records import Student, Submitted

__all__ = ["Reading", "natural", "submit", "text_id"]


@dataclass(frozen=True)
class Reading:
    """The submissions of an export, all attempts, and sentences about the rest."""

    submissions: tuple[Submitted, ...]
    remarks: tuple[str, ...] = ()


def submit(
    name: str,
    leaves: Sequence[Leaf],
    students: Iterable[Student] = (),
    *,
    row: str = "",
    attempt: str = "",
    submitted: datetime | None = None,
    late: bool | None = None,
    problem: str = "",
) -> Submitted:
    """Make the record of a submission, of which `leaves` have the paths inside it."""
    read = None if problem else partial(read_content, tuple(leaves))
    return Submitted(name, tuple(students), row, attempt, submitted, late, read, problem)


def text_id(text: str) -> str:
    """Return an id as it is compared and shown: composed letters, single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """Return by what texts with numbers are sorted: ``hw2`` before ``hw10``."""
    parts = re.findall(r"\d{1,18}|\D+", text)
    return tuple([(int(part), "") if part[0].isdecimal() else (-1, part) for part in parts])
