"""Say in a sentence what a curve shows: where it differs from the right one, and how much."""

import numpy as np

from autograder.pictures.records import Curve

__all__ = ["difference", "is_hardly_seen", "number", "runs"]

#: A difference below this share of the right curve's height can't be seen.
SEEN = 0.012


def number(value: float) -> str:
    """Return a number for reading, with a real minus sign."""
    return f"{round(value, 12) + 0:.3g}".replace("-", "\N{MINUS SIGN}")


def runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """Return where a mask is true, as first and last positions."""
    changes = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    return [(int(a), int(b) - 1) for a, b in changes.reshape(-1, 2)]


def is_hardly_seen(curve: Curve) -> bool:
    """Tell whether a wrong curve lies on the right one to the eye."""
    if curve.got is None or not np.isfinite(curve.got).all():
        return False
    height = float(np.ptp(curve.expected)) or 1.0
    return bool(np.abs(curve.got - curve.expected).max() < SEEN * height)


def difference(curve: Curve) -> str:
    """Return where a curve is wrong and by how much, '' where it is right."""
    wrong = curve.is_wrong
    if curve.got is None or not wrong.any():
        return ""
    not_finite = ~np.isfinite(curve.got)
    if not_finite.any():
        return f"not a finite number {_where(curve.x, not_finite)}"
    distance = np.abs(curve.got - curve.expected)
    worst = int(distance.argmax())
    if is_hardly_seen(curve):
        return f"differs by too little to be seen: at most {distance[worst]:.1g}"
    got, expected = number(float(curve.got[worst])), number(float(curve.expected[worst]))
    at = number(float(curve.x[worst]))
    return f"differs {_where(curve.x, wrong)}, most at x = {at}: {got} where {expected} is right"


def _where(x: np.ndarray, mask: np.ndarray) -> str:
    """Return the intervals of a mask in words."""
    found = runs(mask)
    if mask.mean() > 0.94:
        return "everywhere" if mask.all() else "nearly everywhere"
    if len(found) > 3:
        return f"in {len(found)} intervals"
    return f"where {' and where '.join([_interval(x, *run) for run in found])}"


def _interval(x: np.ndarray, first: int, last: int) -> str:
    low = "" if first == 0 else _rounded(x[first - 1], x[first])
    high = "" if last == len(x) - 1 else _rounded(x[last], x[last + 1])
    if low and high:
        return f"{low} < x < {high}"
    return f"x > {low}" if low else f"x < {high}"


def _rounded(one: float, other: float) -> str:
    """Return a place between two neighbouring points, as short as they allow."""
    return number(round(float(one + other) / 2, 1))
