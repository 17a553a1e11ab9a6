"""Who moves when a class is graded again, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from autograder.classroom.page.words import points_text
from autograder.classroom.records import Student

__all__ = ["Moved", "MovesView", "view_moves"]

#: So many students are in the table, and checks of each.
MOST_MOVED, MOST_CHECKS = 200, 5


class Change(Protocol):
    """What one check gives more or less than before."""

    @property
    def check(self) -> str:
        """Get its id."""

    @property
    def points(self) -> float:
        """How many more."""

    @property
    def cause_before(self) -> str:
        """What explained it; empty for nothing."""

    @property
    def cause_after(self) -> str:
        """What explains it now."""


class Moved(Protocol):
    """A student whose score or status is another one."""

    @property
    def student(self) -> Student:
        """Who."""

    @property
    def before(self) -> float | None:
        """What counts now; None for no points."""

    @property
    def after(self) -> float | None:
        """What would count."""

    @property
    def status_before(self) -> str:
        """What became of the submission."""

    @property
    def status_after(self) -> str:
        """What becomes of it."""

    @property
    def why(self) -> str:
        """A reason beside the key; empty for none."""

    @property
    def changes(self) -> Sequence[Change]:
        """The checks that give other points."""


@dataclass(frozen=True)
class MovesView:
    """The table: how many move up and down, and each of them with the checks that move them."""

    count: int
    up: int
    down: int
    rows: tuple[tuple[str, str, str, str, tuple[str, ...]], ...]


def view_moves(moved: Sequence[Moved]) -> MovesView:
    """Return the table, those who lose most first."""
    ordered = sorted(moved, key=lambda one: (_difference(one), one.student.id))
    return MovesView(
        count=len(moved),
        up=len([one for one in moved if _difference(one) > 0]),
        down=len([one for one in moved if _difference(one) < 0]),
        rows=tuple(
            [
                (
                    one.student.name or one.student.id,
                    _say(one.before, one.status_before),
                    _say(one.after, one.status_after),
                    _sign(_difference(one)),
                    tuple(_list_reasons(one)),
                )
                for one in ordered[:MOST_MOVED]
            ]
        ),
    )


def _difference(one: Moved) -> float:
    return (one.after or 0.0) - (one.before or 0.0)


def _sign(points: float) -> str:
    return f"{points:+.2f}".rstrip("0").rstrip(".").replace("-", "\N{MINUS SIGN}")


def _say(score: float | None, status: str) -> str:
    return status if score is None else points_text(score)


def _list_reasons(one: Moved) -> list[str]:
    reasons = [one.why] if one.why else []
    for change in one.changes[:MOST_CHECKS]:
        causes = [cause for cause in (change.cause_before, change.cause_after) if cause]
        because = f" ({' → '.join(dict.fromkeys(causes))})" if causes else ""
        reasons.append(f"{_sign(change.points)} {change.check}{because}")
    more = len(one.changes[MOST_CHECKS:])
    return [*reasons, f"and {more} more"] if more else reasons
