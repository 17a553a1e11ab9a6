"""Who moves when a class is graded again, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.classroom.page.words import points_text
from autograder.classroom.records import Moved

__all__ = ["MovesView", "view_moves"]

#: So many students are in the table, and checks of each.
MOST_MOVED, MOST_CHECKS = 200, 5


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
