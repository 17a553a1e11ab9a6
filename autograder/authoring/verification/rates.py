"""Count what verdicts come to: by kind, by function, and for each check how much it decides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.authoring.verification.rows import KINDS, Verdict
from autograder.homework.key import CheckKey, Key

__all__ = ["Rate", "Share", "by_function", "by_kind", "kill_rates", "never_lost"]


@dataclass(frozen=True)
class Rate:
    """How much one check decides among the wrong rows of its function, or functions.

    Of these `rows` it is lost in some, and in some of those it is the `only` check of the function
    that is: without it they would cost nothing there.
    """

    check: str
    rows: int
    lost: int
    only: int


@dataclass(frozen=True)
class Share:
    """How many of some rows are right; `by_kind` has the same two numbers for each kind of row.

    `equivalent` counts the changes that are listed as no mistakes, `elsewhere` the rows that cost
    points on functions that are right.
    """

    name: str
    rows: int
    right: int
    by_kind: Mapping[str, tuple[int, int]]
    equivalent: int
    elsewhere: int


def by_kind(verdicts: Sequence[Verdict]) -> tuple[Share, ...]:
    """Return a share for each kind of row that there is."""
    shares = [_share(kind, [v for v in verdicts if v.row.kind == kind]) for kind in KINDS]
    return tuple([share for share in shares if share.rows])


def by_function(verdicts: Sequence[Verdict], functions: Iterable[str]) -> tuple[Share, ...]:
    """Return a share for each function, of the rows that it is wrong in."""
    return tuple(
        [_share(name, [v for v in verdicts if name in v.row.functions]) for name in functions]
    )


def _share(name: str, verdicts: Sequence[Verdict]) -> Share:
    counts: dict[str, tuple[int, int]] = {}
    for verdict in verdicts:
        rows, right = counts.get(verdict.row.kind, (0, 0))
        counts[verdict.row.kind] = (rows + 1, right + verdict.is_right)
    return Share(
        name,
        len(verdicts),
        sum([v.is_right for v in verdicts]),
        counts,
        sum([v.row.kind == "mutation" and not v.row.is_wrong for v in verdicts]),
        sum([v.row.is_wrong and bool(v.lost_elsewhere) for v in verdicts]),
    )


def kill_rates(key: Key, verdicts: Sequence[Verdict]) -> tuple[Rate, ...]:
    """Return the rate of every check, in the key's order."""
    functions = {check.id: _functions_of(check) for check in key.checks}
    wrong = [verdict for verdict in verdicts if verdict.row.is_wrong]
    lost_by = [_own_checks(verdict, functions) for verdict in wrong]
    rates = []
    for check in key.checks:
        own = [
            lost
            for verdict, lost in zip(wrong, lost_by, strict=True)
            if functions[check.id] & set(verdict.row.functions)
        ]
        only = [lost for lost in own if lost == {check.id}]
        rates.append(Rate(check.id, len(own), sum([check.id in lost for lost in own]), len(only)))
    return tuple(rates)


def _functions_of(check: CheckKey) -> frozenset[str]:
    members = check.data["members"] if check.kind == "kink" else ()
    return frozenset([check.function, *[member["function"] for member in members]])


def _own_checks(verdict: Verdict, functions: Mapping[str, frozenset[str]]) -> set[str]:
    """Return the lost checks that are about a function that is wrong."""
    own = set(verdict.row.functions)
    return {lost.check for lost in verdict.outcome.lost if functions[lost.check] & own}


def never_lost(key: Key, verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    """Return the checks that no wrong row lost: as far as is known they decide nothing."""
    lost = {one.check for v in verdicts if v.row.is_wrong for one in v.outcome.lost}
    return tuple([check.id for check in key.checks if check.id not in lost])
