"""What a class's columns say of the homework: figures of exam practice, as pure functions.

A function of the homework is an item, and what can become of it are its options: right, each cause
that has a name, each way to fail without one, not started. The *rest* of a function is what the
submission got for all other functions: a figure that included the function itself would agree with
itself. Below `FEW` submissions there are counts only, since coefficients of so few are noise.

Sources: discrimination and its reading, R. Ebel and D. Frisbie, Essentials of Educational
Measurement, chapter 13; upper and lower 27%, T. Kelley, Journal of Educational Psychology 30
(1939); alpha, L. Cronbach, Psychometrika 16 (1951).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.classroom.columns import NOT_STARTED, Columns
from autograder.classroom.records import FunctionResult

__all__ = [
    "FEW",
    "UNNAMED",
    "Bin",
    "Distribution",
    "FunctionFacts",
    "IdenticalChecks",
    "Option",
    "describe_functions",
    "describe_scores",
    "find_identical_checks",
    "find_reliability",
    "list_options",
]

#: Of fewer submissions than this there are no coefficients.
FEW = 30

#: The share of the class that is its upper group, and its lower one.
GROUP = 0.27

#: A cause that fewer hold is not said to point at the handout.
FEW_HOLDERS = 5

#: So many submissions must pass a part of a function's checks before some are said to be identical.
FEW_PARTLY = 10

#: The name of an option: wrong values that nothing explains.
UNNAMED = "no name"

BINS = 10


@dataclass(frozen=True)
class Bin:
    """How many scores lie from `low` up to `high`, which only the last bin includes."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Distribution:
    """The scores of the graded submissions."""

    count: int
    max_score: float
    mean: float
    median: float
    deviation: float
    lowest: float
    highest: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class FunctionFacts:
    """What the class made of one function.

    Attributes
    ----------
    started, right, misled : int
        How many wrote it, lost nothing, and passed all public checks but not all checks.
    mean : float
        The share of its points that the class has, from 0 to 1.
    discrimination : float or None
        The correlation of its points with the rest's; None of few, and where all are the same.
    upper, lower : float or None
        The share right among the upper and the lower 27% by points.
    alpha_without : float or None
        Cronbach's alpha of all other functions.
    """

    function: str
    max_score: float
    started: int
    right: int
    misled: int
    mean: float
    discrimination: float | None = None
    upper: float | None = None
    lower: float | None = None
    alpha_without: float | None = None


@dataclass(frozen=True)
class Option:
    """One thing that became of a function.

    Attributes
    ----------
    kind : str
        ``right``, ``mistake``, ``change``, ``relation``, ``advice``, `UNNAMED`, or the status of
        what failed without a name.
    name : str
        The cause; "" where the kind says it all.
    rest : float
        The mean share of the other functions' points that its holders have.
    points_at_handout : bool
        Whether its holders are better than those who wrote the function, by more than chance.
    """

    function: str
    kind: str
    name: str
    count: int
    rest: float
    points_at_handout: bool = False


@dataclass(frozen=True)
class IdenticalChecks:
    """Checks of a function that passed and failed together in all of `reports` reports."""

    function: str
    checks: tuple[str, ...]
    failed: int
    reports: int


# ---- scores


def describe_scores(columns: Columns) -> Distribution:
    """Return how the scores are distributed, without extra credit."""
    scores = np.array([one.score for one in columns.graded])
    top = max([one.max_score for one in columns.graded], default=0.0)
    if not len(scores):
        return Distribution(0, top, 0.0, 0.0, 0.0, 0.0, 0.0, ())
    edges = np.linspace(0.0, top or 1.0, BINS + 1)
    counts = np.histogram(np.clip(scores, 0.0, edges[-1]), edges)[0]
    return Distribution(
        count=len(scores),
        max_score=top,
        mean=float(scores.mean()),
        median=float(np.median(scores)),
        deviation=float(scores.std(ddof=1)) if len(scores) > 1 else 0.0,
        lowest=float(scores.min()),
        highest=float(scores.max()),
        bins=tuple(
            [
                Bin(float(low), float(high), int(count))
                for low, high, count in zip(edges, edges[1:], counts, strict=False)
            ]
        ),
    )


# ---- functions


def describe_functions(columns: Columns) -> tuple[FunctionFacts, ...]:
    """Return what the class made of each function, in the homework's order."""
    is_few = len(columns.graded) < FEW
    right = columns.is_right
    nothing: list[float | None] = [None] * len(columns.functions)
    discrimination = nothing if is_few else _correlate_with_rest(columns.score)
    upper, lower = (nothing, nothing) if is_few else _compare_ends(columns.points, right)
    without = nothing if is_few else _drop_each(columns.score)
    worth = np.maximum(columns.max_score, 1e-12) * max(len(columns.graded), 1)
    return tuple(
        [
            FunctionFacts(
                function=name,
                max_score=float(columns.max_score[i]),
                started=int(columns.is_started[:, i].sum()),
                right=int(right[:, i].sum()),
                misled=int(columns.misleads[:, i].sum()),
                mean=float(columns.score[:, i].sum() / worth[i]),
                discrimination=discrimination[i],
                upper=upper[i],
                lower=lower[i],
                alpha_without=without[i],
            )
            for i, name in enumerate(columns.functions)
        ]
    )


def find_reliability(columns: Columns) -> float | None:
    """Return Cronbach's alpha over the functions; None of few, or where all scores are equal."""
    return None if len(columns.graded) < FEW else _alpha(columns.score)


def _alpha(score: np.ndarray) -> float | None:
    count, spread = score.shape[1], score.sum(axis=1).var()
    if count < 2 or _is_flat(spread):
        return None
    return float(count / (count - 1) * (1 - score.var(axis=0).sum() / spread))


def _drop_each(score: np.ndarray) -> list[float | None]:
    """Return alpha without each column: var(T - x) is var(T) + var(x) - 2 cov(x, T)."""
    count, total = score.shape[1] - 1, score.sum(axis=1)
    if count < 2:
        return [None] * score.shape[1]
    own = score.var(axis=0)
    centered = score - score.mean(axis=0)
    spread = total.var() + own - 2 * (centered * (total - total.mean())[:, None]).mean(axis=0)
    return [
        None if _is_flat(one) else float(count / (count - 1) * (1 - (own.sum() - x) / one))
        for one, x in zip(spread, own, strict=True)
    ]


def _correlate_with_rest(score: np.ndarray) -> list[float | None]:
    rest = score.sum(axis=1)[:, None] - score
    x, y = score - score.mean(axis=0), rest - rest.mean(axis=0)
    spread = np.sqrt((x**2).mean(axis=0) * (y**2).mean(axis=0))
    both = (x * y).mean(axis=0)
    return [
        None if _is_flat(s) else float(np.clip(b / s, -1.0, 1.0))
        for b, s in zip(both, spread, strict=True)
    ]


def _is_flat(spread: float) -> bool:
    """Tell whether numbers vary by rounding only."""
    return bool(spread < 1e-12)


def _compare_ends(
    points: np.ndarray, right: np.ndarray
) -> tuple[list[float | None], list[float | None]]:
    upper, lower = _weigh_upper(points), _weigh_upper(-points)
    return list((upper @ right).tolist()), list((lower @ right).tolist())


def _weigh_upper(points: np.ndarray) -> np.ndarray:
    """Return weights of sum 1 of the upper 27%; those who tie at its end share what is left."""
    seats = GROUP * len(points)
    end = np.sort(points)[::-1][min(int(seats), len(points) - 1)]
    above, tie = points > end, points == end
    return np.asarray((above + tie * (seats - above.sum()) / tie.sum()) / seats)


# ---- options


def list_options(columns: Columns) -> Mapping[str, tuple[Option, ...]]:
    """Return for each function what became of it, the most frequent cause first.

    'Right' comes first and 'not started' last. Holders of a cause are compared with all who wrote
    the function: those who left it empty have less of everything, and would make any cause look
    good.
    """
    names = list(dict.fromkeys([_name_option(one) for one in columns.outcomes]))
    place = {name: i for i, name in enumerate(names)}
    of_outcome = np.array([place[_name_option(one)] for one in columns.outcomes])
    total, worth = columns.points, columns.max_score.sum()
    found = {}
    for i, function in enumerate(columns.functions):
        rest = (total - columns.score[:, i]) / max(worth - columns.max_score[i], 1e-12)
        chosen = of_outcome[columns.cells[:, i]]
        started = rest[columns.is_started[:, i]]
        found[function] = _count_options(function, names, chosen, rest, started)
    return found


def _count_options(
    function: str,
    names: Sequence[tuple[str, str]],
    chosen: np.ndarray,
    rest: np.ndarray,
    started: np.ndarray,
) -> tuple[Option, ...]:
    counts = np.bincount(chosen, minlength=len(names))
    sums = np.bincount(chosen, weights=rest, minlength=len(names))
    bound = float(started.mean()) if len(started) else 0.0
    spread = float(started.std()) if len(started) else 0.0
    options = []
    for i in np.flatnonzero(counts).tolist():
        (kind, name), count = names[i], int(counts[i])
        mean = float(sums[i] / count)
        is_above = mean > bound + spread / np.sqrt(count) + 1e-12
        told = bool(name and is_above and count >= FEW_HOLDERS and len(rest) >= FEW)
        options.append(Option(function, kind, name, count, mean, told))
    return tuple(sorted(options, key=_order_option))


def _name_option(one: FunctionResult) -> tuple[str, str]:
    if one.status == NOT_STARTED:
        return NOT_STARTED, ""
    if one.score >= one.max_score:
        return "right", ""
    if one.cause:
        return one.explained_by or "mistake", one.cause
    return (UNNAMED if one.wrong else one.status), ""


def _order_option(option: Option) -> tuple[int, int, str, str]:
    ends = {"right": 0, NOT_STARTED: 2}
    return ends.get(option.kind, 1), -option.count, option.kind, option.name


# ---- checks


def find_identical_checks(reports: Iterable[Mapping[str, Any]]) -> tuple[IdenticalChecks, ...]:
    """Return which checks of a function never differed in any report.

    What is not started counts for nothing. That a function fails as a whole does not make its
    checks identical: some reports must have passed a part of them.
    """
    failed: dict[str, dict[str, int]] = {}
    partly: dict[str, int] = {}
    count = 0
    for count, report in enumerate(reports, 1):
        for function, checks in _part_by_function(report["checks"]).items():
            bits = failed.setdefault(function, {})
            for name, is_failed in checks.items():
                bits[name] = bits.get(name, 0) | is_failed << (count - 1)
            partly[function] = partly.get(function, 0) + (len({*checks.values()}) > 1)
    groups = []
    for function, bits in failed.items():
        same: dict[int, list[str]] = {}
        for name, column in bits.items():
            same.setdefault(column, []).append(name)
        if partly[function] >= FEW_PARTLY:
            groups += [
                IdenticalChecks(function, tuple(names), column.bit_count(), count)
                for column, names in same.items()
                if column and len(names) > 1
            ]
    return tuple(groups)


def _part_by_function(checks: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, bool]]:
    found: dict[str, dict[str, bool]] = {}
    for check in checks:
        if check["status"] != NOT_STARTED:
            own = found.setdefault(check["function"], {})
            own[check["id"]] = check["score"] < check["max_score"]
    return found
