"""What the overview shows of a class: who was graded, functions, what became of each, scores."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.classroom.columns import Columns
from autograder.classroom.page.words import (
    KINDS,
    NONE,
    count_text,
    points_text,
    share_text,
    signed_text,
)
from autograder.classroom.records import ResultStatus
from autograder.classroom.statistics import (
    FEW,
    Distribution,
    FunctionFacts,
    IdenticalChecks,
    Option,
    describe_functions,
    describe_scores,
    find_reliability,
    list_options,
)

__all__ = ["Overview", "view_class"]

#: From here on a figure is told in words, too.
LOW_SHARE, LOW_GAP = 0.5, 0.1


@dataclass(frozen=True)
class Row:
    """A bar with its label, for tables of counts; `percent` is of the longest bar."""

    label: str
    count: int
    share: str
    percent: float


@dataclass(frozen=True)
class OptionRow:
    """What became of a function, with how its holders do elsewhere."""

    kind: str
    name: str
    count: int
    share: str
    percent: float
    rest: str
    is_right: bool
    points_at_handout: bool


@dataclass(frozen=True)
class FunctionRow:
    """One function's figures, and in `remarks` what about them needs a look."""

    name: str
    short: str
    anchor: str
    right: int
    share: str
    percent: float
    started: int
    points: str
    misled: int
    discrimination: str
    upper: str
    lower: str
    alpha_without: str
    remarks: tuple[str, ...]
    options: tuple[OptionRow, ...]


@dataclass(frozen=True)
class FileRows:
    """The functions of one file."""

    name: str
    rows: tuple[FunctionRow, ...]


@dataclass(frozen=True)
class Overview:
    """All of it."""

    graded: str
    others: str
    has_coefficients: bool
    scores: Distribution
    facts: tuple[tuple[str, str], ...]
    bins: tuple[Row, ...]
    files: tuple[FileRows, ...]
    suspects: tuple[tuple[str, str, OptionRow], ...]
    reliability: str
    identical: tuple[tuple[str, str, str], ...]


def view_class(columns: Columns, identical: Sequence[IdenticalChecks]) -> Overview:
    """Return what the overview shows."""
    scores = describe_scores(columns)
    options = list_options(columns)
    rows = [
        _view_function(facts, options[facts.function], number, len(columns.graded))
        for number, facts in enumerate(describe_functions(columns), 1)
    ]
    alpha = find_reliability(columns)
    return Overview(
        graded=count_text(scores.count, "submission"),
        others=_count_others(columns),
        has_coefficients=scores.count >= FEW,
        scores=scores,
        facts=tuple(_list_facts(scores)),
        bins=tuple(_list_bins(scores)),
        files=tuple(_part_by_file(rows)),
        suspects=tuple(
            [(row.name, row.anchor, o) for row in rows for o in row.options if o.points_at_handout]
        ),
        reliability="" if alpha is None else signed_text(alpha),
        identical=tuple([_view_identical(one) for one in identical]),
    )


def _count_others(columns: Columns) -> str:
    statuses = Counter([result.status for result in columns.roll])
    return ", ".join(
        [
            f"{statuses[status]:,} {status.value}"
            for status in ResultStatus
            if status != ResultStatus.GRADED and statuses[status]
        ]
    )


# ---- scores


def _list_facts(scores: Distribution) -> Iterator[tuple[str, str]]:
    if not scores.count:
        return
    of = f" of {points_text(scores.max_score)}"
    yield "median", points_text(scores.median) + of
    yield "mean", f"{points_text(scores.mean)}{of}, standard deviation {scores.deviation:.1f}"
    yield "from, to", f"{points_text(scores.lowest)} to {points_text(scores.highest)}"


def _list_bins(scores: Distribution) -> Iterator[Row]:
    highest = max([one.count for one in scores.bins], default=0)
    for one in scores.bins:
        label = f"{points_text(round(one.low, 1))} to {points_text(round(one.high, 1))}"
        percent = round(100 * one.count / max(highest, 1), 2)
        yield Row(label, one.count, share_text(one.count, scores.count), percent)


# ---- functions


def _view_function(
    facts: FunctionFacts, options: Sequence[Option], number: int, count: int
) -> FunctionRow:
    return FunctionRow(
        name=facts.function,
        short=facts.function.partition(".")[2],
        anchor=f"function-{number}",
        right=facts.right,
        share=share_text(facts.right, count),
        percent=round(100 * facts.right / count, 2),
        started=facts.started,
        points=f"{100 * facts.mean:.0f}%",
        misled=facts.misled,
        discrimination=signed_text(facts.discrimination),
        upper=NONE if facts.upper is None else f"{100 * facts.upper:.0f}%",
        lower=NONE if facts.lower is None else f"{100 * facts.lower:.0f}%",
        alpha_without=signed_text(facts.alpha_without),
        remarks=tuple(_remark(facts, options, count)),
        options=tuple([_view_option(option, count) for option in options]),
    )


def _remark(facts: FunctionFacts, options: Sequence[Option], count: int) -> Iterator[str]:
    if facts.right < LOW_SHARE * count:
        yield "most don't have it right"
    if facts.right == count:
        yield "everyone has it right"
    if count >= FEW and facts.misled > LOW_GAP * max(facts.started, 1):
        yield "right on public checks, wrong on hidden ones"
    if facts.discrimination is not None and facts.discrimination < 0:
        yield "the better the rest, the worse: is the key wrong?"
    if any([option.points_at_handout for option in options]):
        yield "a mistake of good students: read the handout"


def _view_option(option: Option, count: int) -> OptionRow:
    return OptionRow(
        kind=KINDS.get(option.kind, option.kind),
        name=option.name,
        count=option.count,
        share=share_text(option.count, count),
        percent=round(100 * option.count / count, 2),
        rest=f"{100 * option.rest:.0f}%",
        is_right=option.kind == "right",
        points_at_handout=option.points_at_handout,
    )


def _part_by_file(rows: Sequence[FunctionRow]) -> Iterator[FileRows]:
    files: dict[str, list[FunctionRow]] = {}
    for row in rows:
        files.setdefault(row.name.partition(".")[0], []).append(row)
    for name, own in files.items():
        yield FileRows(name, tuple(own))


def _view_identical(one: IdenticalChecks) -> tuple[str, str, str]:
    names = [name.removeprefix(f"{one.function}.") for name in one.checks]
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    return one.function, listed, f"failed together {one.failed:,} times"
