"""Find the outline of the region where a function over a grid is positive."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

__all__ = ["border", "half_plane", "outline"]

Point = tuple[float, float]
Edge = tuple[Point, Point]


def border(values: np.ndarray) -> list[list[Point]]:
    """Return the lines on which a function over a grid is 0.

    Parameters
    ----------
    values : numpy.ndarray, shape (rows, columns)
        Finite; column and row are x and y.

    Returns
    -------
    list of list of tuple
        Lines with the positive side on their left, straight runs as one piece.

    Notes
    -----
    Each cell is cut into two triangles, on which linear interpolation has one border at most: no
    case of four corners is ambiguous.
    """
    return _join(_find_crossings(values))


def outline(values: np.ndarray) -> list[list[Point]]:
    """Return closed lines around where a function over a grid is positive; see `border`."""
    return _join(_find_crossings(values) + _find_rim(values))


def _find_crossings(values: np.ndarray) -> list[Edge]:
    is_in = values > 0
    corners = is_in[:-1, :-1].astype(int) + is_in[1:, :-1] + is_in[:-1, 1:] + is_in[1:, 1:]
    edges = []
    for row, column in np.argwhere((corners > 0) & (corners < 4)).tolist():
        low, right = (column, row), (column + 1, row)
        high, up = (column + 1, row + 1), (column, row + 1)
        for triangle in ((low, right, high), (low, high, up)):
            edge = _cross(values, triangle)
            if edge is not None and edge[0] != edge[1]:
                edges.append(edge)
    return edges


def _cross(values: np.ndarray, corners: Sequence[tuple[int, int]]) -> Edge | None:
    """Return the border's piece in a triangle whose corners go round to the left."""
    enters = leaves = None
    for here, there in zip(corners, (*corners[1:], corners[0]), strict=True):
        is_here, is_there = _value_at(values, here) > 0, _value_at(values, there) > 0
        if is_here and not is_there:
            leaves = _find_zero(values, here, there)
        elif is_there and not is_here:
            enters = _find_zero(values, here, there)
    return (leaves, enters) if leaves is not None and enters is not None else None


def _find_rim(values: np.ndarray) -> list[Edge]:
    """Return what of the grid's own sides is positive, going round to the left."""
    rows, columns = values.shape
    ring = [(column, 0) for column in range(columns)]
    ring += [(columns - 1, row) for row in range(1, rows)]
    ring += [(column, rows - 1) for column in range(columns - 2, -1, -1)]
    ring += [(0, row) for row in range(rows - 2, -1, -1)]
    edges: list[Edge] = []
    for here, there in pairwise(ring):
        is_here, is_there = _value_at(values, here) > 0, _value_at(values, there) > 0
        if is_here or is_there:
            start = _make_point(here) if is_here else _find_zero(values, here, there)
            end = _make_point(there) if is_there else _find_zero(values, here, there)
            edges += [(start, end)] if start != end else []
    return edges


def _value_at(values: np.ndarray, corner: tuple[int, int]) -> float:
    return float(values[corner[1], corner[0]])


def _make_point(corner: tuple[int, int]) -> Point:
    return float(corner[0]), float(corner[1])


def _find_zero(values: np.ndarray, one: tuple[int, int], other: tuple[int, int]) -> Point:
    """Return where the function is 0 between two corners, the same from both sides."""
    one, other = sorted((one, other))
    start, end = _value_at(values, one), _value_at(values, other)
    share = start / (start - end)
    x = one[0] + share * (other[0] - one[0])
    y = one[1] + share * (other[1] - one[1])
    return round(x, 3), round(y, 3)


def _join(edges: list[Edge]) -> list[list[Point]]:
    """Return edges as lines as long as possible."""
    following: dict[Point, list[Point]] = {}
    for start, end in edges:
        following.setdefault(start, []).append(end)
    ends = {end for _, end in edges}
    # Open lines are followed from where nothing leads to; what is left are closed ones.
    starts = [start for start in following if start not in ends] + list(following)
    lines = []
    for start in starts:
        while following.get(start):
            line = [start]
            while following.get(line[-1]):
                line.append(following[line[-1]].pop())
            lines.append(_straighten(line))
    return lines


def _straighten(line: list[Point]) -> list[Point]:
    """Leave out points between two others on one straight line."""
    kept = line[:1]
    for here, there in pairwise(line[1:]):
        before = kept[-1]
        one = (here[0] - before[0]) * (there[1] - before[1])
        other = (here[1] - before[1]) * (there[0] - before[0])
        if abs(one - other) > 0.02:
            kept.append(here)
    return kept + line[-1:]


def half_plane(line: tuple[float, float, float], box: Sequence[Point]) -> list[Point]:
    """Return the part of a convex box, corner by corner, where w1 x + w2 y + c > 0."""

    def side(point: Point) -> float:
        return line[0] * point[0] + line[1] * point[1] + line[2]

    kept: list[Point] = []
    for here, there in zip(box, (*box[1:], box[0]), strict=True):
        at_here, at_there = side(here), side(there)
        if at_here > 0:
            kept.append(here)
        if (at_here > 0) != (at_there > 0):
            share = at_here / (at_here - at_there)
            step = (there[0] - here[0], there[1] - here[1])
            kept.append((here[0] + share * step[0], here[1] + share * step[1]))
    return kept
