"""Draw what several panels have in common: items, small marks of their labels, axes."""

from collections.abc import Sequence

import numpy as np

from autograder.outputs.html.player import Frame
from autograder.outputs.html.svg import Markup, Plot, num, number, path, tag, tick

__all__ = ["axes", "lattice", "mark", "name_of", "numbers", "rings", "zero_lines"]

#: How far from an item a small mark of the regions is, at least.
MARK_DISTANCE = 20


def lattice(
    name: str,
    samples: Sequence[tuple[tuple[float, float], bool]],
    away: Sequence[tuple[float, float]],
) -> Frame:
    """Return small marks of the label, dots and slashes, that tell regions apart without color."""
    dots: list[str] = []
    slashes: list[str] = []
    for (x, y), is_second in samples:
        if all([np.hypot(x - at[0], y - at[1]) > MARK_DISTANCE for at in away]):
            if is_second:
                slashes.append(f"M{num(x - 2)} {num(y + 2)}l4-4")
            else:
                dots.append(f"M{num(x)} {num(y)}h0")
    return {
        f"{name}-dots": {"d": "".join(dots)},
        f"{name}-slashes": {"d": "".join(slashes)},
    }


def rings(places: Sequence[tuple[float, float]], is_right: Sequence[bool]) -> str:
    """Return a ring and a cross for each item on the wrong side."""
    return "".join(
        [
            f"M{num(x - 15)} {num(y)}a15 15 0 1 0 30 0a15 15 0 1 0-30 0"
            f"M{num(x + 13)} {num(y - 20)}l8 8m0-8l-8 8"
            for (x, y), right in zip(places, is_right, strict=True)
            if not right
        ]
    )


def mark(label: int, letter: str) -> Markup:
    """Return an item: a disc for the first label, a square for the second, the letter on it."""
    if label == 0:
        shape = tag("circle", class_="item-0", r="10")
    else:
        shape = tag("rect", class_="item-1", x="-9.5", y="-9.5", width="19", height="19", rx="2")
    return Markup(shape + tag("text", letter[:2], class_="letter", y="4.2"))


def zero_lines(plot: Plot) -> Markup:
    """Return the lines where one of both numbers is 0."""
    upright = path([plot.at((0, plot.y0)), plot.at((0, plot.y1))])
    return tag(
        "path", class_="axis", d=upright + path([plot.at((plot.x0, 0)), plot.at((plot.x1, 0))])
    )


def numbers(plot: Plot, at: np.ndarray) -> list[Markup]:
    """Return numbers along both axes where `at` says, a pair a row."""
    bottom = plot.top + plot.height
    along = [tick(number(v), plot.x(v), bottom + 15, "middle") for v in sorted({*at[:, 0]})]
    return along + [
        tick(number(v), plot.left - 5, plot.y(v) + 4, "end") for v in sorted({*at[:, 1]})
    ]


def axes(plot: Plot, x_name: str, y_name: str, at: np.ndarray) -> list[Markup]:
    """Return the same, and the names of both axes."""
    right, bottom = plot.left + plot.width, plot.top + plot.height
    return [
        *numbers(plot, at),
        tick(f"{x_name} \N{RIGHTWARDS ARROW}", right - 4, bottom - 6, "end"),
        tick(f"\N{UPWARDS ARROW} {y_name}", plot.left + 5, plot.top + 14, "start"),
    ]


def name_of(f: np.ndarray) -> str:
    """Return an item by its features."""
    return f"({', '.join([number(value) for value in f])})"
