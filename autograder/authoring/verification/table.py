"""What verdicts come to: counted, and shown as text and as a page of HTML."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.handout.page import fill_template
from autograder.authoring.verification.rows import KINDS, Verdict
from autograder.homework.key import CheckKey, Key

__all__ = ["Rate", "Share", "Table", "complete", "summary", "tabulate", "to_html"]


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


@dataclass(frozen=True)
class Table:
    """All that a verification found.

    Attributes
    ----------
    faults : tuple of str
        Sentences about what is no row, such as an entry of a list that fits nothing.
    never : tuple of str
        Checks that no row lost; empty where only some rows were looked at.
    known : int
        Rows that were taken from an earlier run.
    """

    verdicts: tuple[Verdict, ...]
    faults: tuple[str, ...]
    kinds: tuple[Share, ...]
    functions: tuple[Share, ...]
    rates: tuple[Rate, ...]
    never: tuple[str, ...]
    seconds: float
    known: int

    @property
    def wrong(self) -> tuple[Verdict, ...]:
        """The rows that are not right."""
        return tuple([verdict for verdict in self.verdicts if not verdict.is_right])

    @property
    def is_right(self) -> bool:
        """Whether nothing is at fault."""
        return not self.wrong and not self.faults

    @property
    def headline(self) -> str:
        """One sentence that says how it stands."""
        graded = f"{len(self.verdicts) - self.known} graded in {self.seconds:.0f} s"
        known = f", {self.known} known from an earlier run" if self.known else ""
        return f"{self._state} ({graded}{known})"

    @property
    def _state(self) -> str:
        rows, wrong = _count(len(self.verdicts), "submission"), len(self.wrong)
        if self.is_right:
            return f"the grader proves itself: {rows} judged right"
        counts = [f"{wrong} of {rows} judged wrong"] if wrong else []
        counts += [_count(len(self.faults), "wrong list entry", "wrong list entries")] * bool(
            self.faults
        )
        return f"NOT proven: {', '.join(counts)}"


def _count(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"


# ---- counting


def tabulate(
    key: Key,
    verdicts: list[Verdict],
    faults: list[str],
    *,
    is_complete: bool = True,
    seconds: float = 0.0,
    known: int = 0,
) -> Table:
    """Count what the verdicts come to; only of all rows is it known which checks decide nothing."""
    rates = _rate_checks(key, verdicts)
    functions = _count_by_function(verdicts, key.functions)
    if not is_complete:
        rates = tuple([rate for rate in rates if rate.rows])
        functions = tuple([share for share in functions if share.rows])
    return Table(
        tuple(verdicts),
        tuple(faults),
        _count_by_kind(verdicts),
        functions,
        rates,
        _find_never_lost(key, verdicts) if is_complete else (),
        seconds,
        known,
    )


def _count_by_kind(verdicts: Sequence[Verdict]) -> tuple[Share, ...]:
    """Return a share for each kind of row that there is."""
    shares = [_count_share(kind, [v for v in verdicts if v.row.kind == kind]) for kind in KINDS]
    return tuple([share for share in shares if share.rows])


def _count_by_function(verdicts: Sequence[Verdict], functions: Iterable[str]) -> tuple[Share, ...]:
    """Return a share for each function, of the rows that it is wrong in."""
    return tuple(
        [_count_share(name, [v for v in verdicts if name in v.row.functions]) for name in functions]
    )


def _count_share(name: str, verdicts: Sequence[Verdict]) -> Share:
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


def _rate_checks(key: Key, verdicts: Sequence[Verdict]) -> tuple[Rate, ...]:
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


def _find_never_lost(key: Key, verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    """Return the checks that no wrong row lost: as far as is known they decide nothing."""
    lost = {one.check for v in verdicts if v.row.is_wrong for one in v.outcome.lost}
    return tuple([check.id for check in key.checks if check.id not in lost])


# ---- text

#: The kinds of row that make a function wrong, and their columns' heads.
WRONG_KINDS = {
    "mistake": "mistakes",
    "kink": "kinks",
    "fact": "facts",
    "promise": "promises",
    "mutation": "changes",
}

#: Of a bar that stands for everything, in characters.
BAR = 20


def summary(table: Table) -> str:
    """Return what the terminal shows: shares, wrong rows, rates."""
    parts = [_kind_lines(table), _function_lines(table), _rate_lines(table), _never_lines(table)]
    blocks = ["\n".join(part) for part in map(list, parts) if part]
    blocks.insert(2, "\n".join(_fault_lines(table)) or "no row is wrong")
    return "\n\n".join([*[block for block in blocks if block], table.headline]) + "\n"


def complete(table: Table) -> str:
    """Return the summary and every row."""
    return f"{summary(table)}\n" + "\n".join(_row_lines(table)) + "\n"


def _kind_lines(table: Table) -> Iterator[str]:
    yield f"{'rows':<10}{'right':>6}{'all':>6}"
    for share in table.kinds:
        more = f", {share.equivalent} of them no mistake" if share.equivalent else ""
        cost = "costs" if share.elsewhere == 1 else "cost"
        more += f", {share.elsewhere} {cost} points elsewhere, too" if share.elsewhere else ""
        yield f"{share.name:<10}{share.right:>6}{share.rows:>6}  {KINDS[share.name]}{more}"


def _function_lines(table: Table) -> Iterator[str]:
    heads = "".join([f"{head:>12}" for head in WRONG_KINDS.values()])
    yield f"{'function (right of all)':<34}{heads}{'equivalent':>12}"
    for share in table.functions:
        cells = [share.by_kind.get(kind, (0, 0)) for kind in WRONG_KINDS]
        columns = "".join([f"{f'{right} of {rows}' if rows else '':>12}" for rows, right in cells])
        yield f"{share.name:<34}{columns}{share.equivalent or '':>12}"


def _fault_lines(table: Table) -> Iterator[str]:
    for verdict in table.wrong:
        yield f"WRONG {verdict.row.identity}"
        note = f" ({verdict.row.note})" if verdict.row.note else ""
        yield from [f"      {fault}{note}" for fault in verdict.faults]
    yield from [f"WRONG {fault}" for fault in table.faults]


def _rate_lines(table: Table) -> Iterator[str]:
    yield f"{'check':<46}{'lost':>6}{'of':>5}{'only':>6}"
    for rate in table.rates:
        bar = "#" * round(BAR * rate.lost / max(rate.rows, 1))
        yield f"{rate.check:<46}{rate.lost:>6}{rate.rows:>5}{rate.only:>6}  {bar}".rstrip()


def _never_lines(table: Table) -> Iterator[str]:
    if table.never:
        yield "checks that no row lost, so that nothing shows what they are for:"
        yield from [f"  {check}" for check in table.never]


def _row_lines(table: Table) -> Iterator[str]:
    for verdict in table.verdicts:
        mark = "ok" if verdict.is_right else "WRONG"
        yield f"{mark:<6}{verdict.outcome.score / 100:>6g}  {verdict.row.identity}"
        own = [lost.check for lost in verdict.outcome.lost_by(verdict.row.functions)]
        if own:
            yield f"{'':<14}loses {', '.join(own)}"
        if verdict.row.is_wrong and verdict.lost_elsewhere:
            yield f"{'':<14}elsewhere {', '.join(verdict.lost_elsewhere)}"
        if verdict.row.note:
            yield f"{'':<14}{verdict.row.note}"


# ---- a page


TEMPLATE = Path(__file__).with_name("page.html.jinja")


def to_html(table: Table) -> str:
    """Return the page: a summary, wrong rows first, rates as bars, every row; all text escaped."""
    right = [verdict for verdict in table.verdicts if verdict.is_right]
    ordered = [*table.wrong, *right]
    return fill_template(
        TEMPLATE, table=table, ordered=ordered, kinds=KINDS, wrong_kinds=WRONG_KINDS
    )
