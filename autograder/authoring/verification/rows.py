"""The records of a verification: a row, what grading it came to, and what is wrong with that.

A row is a submission whose right verdict is known, together with the rule that says what is right.
All frozen; only a row's rule ever looks at an outcome.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["KINDS", "Files", "Function", "Lost", "Outcome", "Row", "Rule", "Verdict", "Wrong"]

#: A submission's files by name.
Files = Mapping[str, bytes]

Function = Callable[..., Any]

#: Functions by ``file.function`` that take the places of the solution's.
Wrong = Mapping[str, Function]

#: What a row may be, in the order of the table.
KINDS: Mapping[str, str] = {
    "whole": "the solution and the stubs",
    "mistake": "known mistakes of the rubric",
    "kink": "conventions that cost points once",
    "fact": "right but for one fact",
    "promise": "right but where one promise is tried",
    "mutation": "small changes of the solution",
    "variant": "right answers in other words",
}


@dataclass(frozen=True)
class Lost:
    """One check that did not get all its points: how many hundredths it lost, and by which name."""

    check: str
    function: str
    status: str
    points: int
    misconception: str | None


@dataclass(frozen=True)
class Outcome:
    """What grading a row came to, in hundredths; `failure` says why there is no report."""

    score: int
    lost: tuple[Lost, ...] = ()
    failure: str = ""

    def lost_by(self, functions: Iterable[str]) -> tuple[Lost, ...]:
        """Return what these functions lost."""
        wanted = set(functions)
        return tuple([lost for lost in self.lost if lost.function in wanted])

    def lost_elsewhere(self, functions: Iterable[str]) -> tuple[str, ...]:
        """Return the other functions that lost points."""
        known = set(functions)
        return tuple(dict.fromkeys([o.function for o in self.lost if o.function not in known]))


#: From an outcome to what is wrong with it: sentences without a subject, none where all is right.
Rule = Callable[[Outcome], tuple[str, ...]]


@dataclass(frozen=True)
class Row:
    """One submission and its rule; it is made of files or of wrong functions.

    Attributes
    ----------
    kind, name : str
        One of `KINDS`; stable, and different from every other row's of the kind.
    functions : tuple of str
        The graded functions that are not right, ``file.function``.
    files : mapping of str to bytes
        The submission; empty where it is made of functions.
    wrong : mapping of str to callable
        The wrong functions of a submission that has the solution's beside them.
    is_alone : bool
        Whether the solution's call the right ones anyway.
    is_wrong : bool
        Whether the submission is wrong, so that some check has to notice.
    note : str
        For the reader: where it comes from, or why it can't be noticed.
    """

    kind: str
    name: str
    functions: tuple[str, ...]
    rule: Rule
    files: Files = field(default_factory=dict)
    wrong: Wrong = field(default_factory=dict)
    is_alone: bool = False
    is_wrong: bool = True
    note: str = ""

    @property
    def identity(self) -> str:
        """The row's name in tables, in the resume file and for ``--only``."""
        return f"{self.kind}: {self.name}"


@dataclass(frozen=True)
class Verdict:
    """A row, what grading it came to, and what is wrong with that."""

    row: Row
    outcome: Outcome
    faults: tuple[str, ...]

    @classmethod
    def of(cls, row: Row, outcome: Outcome) -> "Verdict":
        """Hold an outcome against its row's rule."""
        if outcome.failure:
            return cls(row, outcome, (f"could not be graded: {outcome.failure}",))
        return cls(row, outcome, row.rule(outcome))

    @property
    def is_right(self) -> bool:
        """Whether the grader did what it should."""
        return not self.faults

    @property
    def lost_elsewhere(self) -> tuple[str, ...]:
        """The functions that lost points though they are right."""
        return self.outcome.lost_elsewhere(self.row.functions)
