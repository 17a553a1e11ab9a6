"""The records of a verification: a row, what grading it came to, and what is wrong with that.

A row is a whole submission whose right verdict is known, together with the rule that says what is
right. All frozen; only a row's rule ever looks at an outcome.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

__all__ = ["KINDS", "Lost", "Outcome", "Row", "Rule", "Verdict"]

#: What a row may be, in the order of the table.
KINDS: Mapping[str, str] = {
    "whole": "the solution and the stubs",
    "mistake": "known mistakes of the rubric",
    "kink": "conventions that are charged once",
    "fact": "right but for one fact",
    "mutation": "small changes of the solution",
    "variant": "right answers in other words",
}


@dataclass(frozen=True)
class Lost:
    """One check that did not get all its points.

    Attributes
    ----------
    check, function : str
        Its id, and ``file.function``.
    status : str
        As in the report.
    points : int
        Lost, in hundredths.
    misconception : str or None
        The name that the report gives.
    """

    check: str
    function: str
    status: str
    points: int
    misconception: str | None


@dataclass(frozen=True)
class Outcome:
    """What grading a row came to.

    Attributes
    ----------
    score : int
        In hundredths.
    lost : tuple of Lost
        In the report's order.
    failure : str
        Why there is no report; empty where there is one.
    """

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
    """One submission and its rule.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    name : str
        Stable, and different from every other row's of the kind.
    functions : tuple of str
        The graded functions that are not right, ``file.function``.
    files : mapping of str to bytes
        The submission.
    rule : callable
        What is right.
    is_wrong : bool
        Whether the submission is wrong, so that some check has to notice.
    note : str
        For the reader: where it comes from, or why it can't be noticed.
    """

    kind: str
    name: str
    functions: tuple[str, ...]
    files: Mapping[str, bytes]
    rule: Rule
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
    def is_caught(self) -> bool:
        """Whether some check of a function that is wrong was lost."""
        return bool(self.outcome.lost)

    @property
    def lost_elsewhere(self) -> tuple[str, ...]:
        """The functions that lost points though they are right."""
        return self.outcome.lost_elsewhere(self.row.functions)
