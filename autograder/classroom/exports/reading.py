"""What one platform's module makes of an export, before students and attempts are counted."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from autograder.classroom.exports.content import read_content
from autograder.classroom.exports.tree import Leaf
from autograder.classroom.records import Student, Submitted
from autograder.core.text import one_line
from autograder.intake.listing import listed

__all__ = ["Reading", "natural", "speak_of_others", "submit", "text_id"]


#: An id, in characters: more than any folder's name has.
MAX_ID = 300

#: Stands for an id in which there is nothing to see.
NAMELESS = "(a name without a letter)"


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
    known = tuple([one if one.id else replace(one, id=one.name or NAMELESS) for one in students])
    return Submitted(name, known, row, attempt, submitted, late, read, problem)


def speak_of_others(names: Iterable[str]) -> tuple[str, ...]:
    """Return the sentence about what lies beside submissions, none where there is nothing."""
    found = sorted(names)
    return (f"Beside the submissions, and left out: {listed(found)}.",) if found else ()


def text_id(text: str) -> str:
    """Return an id or a name as it is compared and shown: composed letters, single blanks.

    It is empty where nothing in it can be shown.
    """
    return one_line(unicodedata.normalize("NFC", text), limit=MAX_ID)


def natural(text: str) -> tuple[tuple[bool, int, str], ...]:
    """Return by what texts with numbers are sorted: ``2`` before ``10`` before ``hw2``."""
    parts = re.findall(r"[0-9]{1,18}|[^0-9]+", text)
    return tuple([(False, int(p), "") if p[0] in "0123456789" else (True, 0, p) for p in parts])
