"""Read a class: an export of any platform, and the roster, become one record for each submission.

Nothing of a submission is read here. What is not counted, who is missing, unknown or in it twice,
and what is not understood are lists: nothing is left out in silence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from autograder.classroom.exports.platforms import recognize
from autograder.classroom.exports.reading import natural
from autograder.classroom.exports.rosters import Roster, read_roster
from autograder.classroom.exports.tree import open_tree
from autograder.classroom.records import Student, Submitted
from autograder.errors import UsageError
from autograder.intake.listing import listed

__all__ = ["COUNTS", "Class", "read_class"]

#: Which attempt of a student counts. Of which the best is, their grades say: all are kept then.
COUNTS = ("last", "best", "first")


@dataclass(frozen=True)
class Class:
    """What an export and a roster say of a class.

    Attributes
    ----------
    platform : str
        Its name, as ``--from`` takes it.
    submissions : tuple of Submitted
        Those that count, each with the students for whom it does. With ``best`` all attempts are in
        it, and whoever grades them keeps, for each student, the one with the best grade.
    passed_over : tuple of Submitted
        Attempts that don't count.
    remarks : tuple of str
        Sentences about the class as a whole.
    missing : tuple of Student
        Students of the roster without a submission.
    unknown : tuple of Student
        Students with a submission who are not in the roster; none without a roster.
    double : tuple of Student
        Students with several submissions of which nothing says which is the later one.
    """

    platform: str
    submissions: tuple[Submitted, ...]
    passed_over: tuple[Submitted, ...] = ()
    remarks: tuple[str, ...] = ()
    missing: tuple[Student, ...] = ()
    unknown: tuple[Student, ...] = ()
    double: tuple[Student, ...] = ()


def read_class(
    path: Path, *, platform: str | None = None, roster: Path | None = None, count: str = "last"
) -> Class:
    """Read the export at `path`, a folder or a zip, from whatever platform it is.

    Parameters
    ----------
    path : Path
        What the platform gave for a download of all submissions.
    platform : str, optional
        From which it is, where its names fit several.
    roster : Path, optional
        A CSV file with the class's students.
    count : str
        Which attempt counts, one of `COUNTS`.

    Returns
    -------
    Class
        Its submissions are read only when they are graded.

    Raises
    ------
    UsageError
        If it can't be read, there is no submission in it, or two platforms fit.
    """
    if count not in COUNTS:
        raise UsageError(f"--count {count}: write one of {', '.join(COUNTS)}")
    known = read_roster(roster) if roster is not None else None
    chosen, tree = recognize(open_tree(path), platform)
    reading = chosen.read(tree)
    if not reading.submissions:
        raise UsageError(f"{tree.name} has no submission in it: is it the right file?")
    submissions, unknown = _find_students(reading.submissions, known)
    counted, passed_over, double = _choose(submissions, count)
    present = {student.id for one in submissions for student in one.students}
    missing = [s for s in known.students if s.id not in present] if known else []
    remarks = [*tree.remarks, *reading.remarks, *(known.remarks if known else ())]
    return Class(
        chosen.name,
        tuple(counted),
        tuple(passed_over),
        (*remarks, *_speak_of_cases(present)),
        tuple(missing),
        tuple(unknown),
        tuple(double),
    )


def _find_students(
    submissions: Iterable[Submitted], roster: Roster | None
) -> tuple[list[Submitted], list[Student]]:
    """Give submissions the roster's students; return also those whom it does not know."""
    if roster is None:
        return [*submissions], []
    found, unknown = [], {}
    for one in submissions:
        students = roster.find_all(one)
        unknown.update({student.id: student for student, is_known in students if not is_known})
        found.append(replace(one, students=tuple([student for student, _ in students])))
    return found, [*unknown.values()]


def _choose(
    submissions: Sequence[Submitted], count: str
) -> tuple[list[Submitted], list[Submitted], list[Student]]:
    """Return the submissions that count, the others, and who has several without an order."""
    attempts: dict[str, list[Submitted]] = {}
    for one in submissions:
        for student in one.students:
            attempts.setdefault(student.id, []).append(one)
    double: list[Student] = []
    chosen: dict[str, list[Submitted]] = {}
    for who, own in attempts.items():
        ordered = sorted(own, key=_order)
        if len({_order(one)[:2] for one in own}) < len(own):
            double.append(next(s for s in own[0].students if s.id == who))
        chosen[who] = own if count == "best" else [ordered[0 if count == "first" else -1]]
    counted, passed_over = [], []
    for one in submissions:
        stay = [s for s in one.students if any([one is other for other in chosen[s.id]])]
        if stay or not one.students:
            counted.append(replace(one, students=tuple(stay)))
        else:
            passed_over.append(one)
    return counted, passed_over, double


_BEGINNING = datetime(1, 1, 1, tzinfo=timezone.utc)


def _order(one: Submitted) -> tuple[Any, ...]:
    return one.submitted or _BEGINNING, natural(one.attempt), natural(one.name)


def _speak_of_cases(students: Iterable[str]) -> list[str]:
    """Say which students differ in nothing but small and capital letters of their names."""
    groups: dict[str, list[str]] = {}
    for one in students:
        groups.setdefault(one.casefold(), []).append(one)
    alike: Mapping[str, list[str]] = {key: some for key, some in groups.items() if len(some) > 1}
    return [
        f"{listed(sorted(some))} differ only in small and capital letters: are they one student?"
        for some in sorted(alike.values())
    ]
