"""The result of a verification as text: a summary for the terminal, and the complete table."""

from collections.abc import Iterator
from dataclasses import dataclass

from autograder.authoring.verification.rates import Rate, Share
from autograder.authoring.verification.rows import KINDS, Verdict

__all__ = ["Table", "complete", "summary"]

#: The kinds of row that make a function wrong, and their columns' heads.
WRONG_KINDS = {"mistake": "mistakes", "kink": "kinks", "fact": "facts", "mutation": "changes"}

#: Of a bar that stands for everything, in characters.
BAR = 20


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
