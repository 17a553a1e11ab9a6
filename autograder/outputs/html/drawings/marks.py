"""Draw what the inputs and the hidden space have in common: items, small marks, axes."""

from collections.abc import Sequence

import numpy as np

from autograder.outputs.html.drawings.player import Frame
from autograder.outputs.html.drawings.svg import Markup, Plot, num, tag
from autograder.outputs.html.drawings.words_of import number

__all__ = ["axes", "box", "lattice", "mark", "moving_svg", "name_of", "rings"]

SIZE = 300

#: How far from an item a small mark of the regions is, at least.
MARK_DISTANCE = 20


def lattice(
    name: str,
    samples: Sequence[tuple[tuple[float, float], bool]],
    away: Sequence[tuple[float, float]],
) -> Frame:
    """Return small marks of the label, dots and slashes, that tell regions apart without colour."""
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


def box(plot: Plot, paint: str) -> Markup:
    """Return the ground of a plot."""
    return tag("rect", class_=paint, x=plot.left, y=plot.top, width=plot.width, height=plot.height)


def moving_svg(frame: Frame, part: str, layers: Sequence[Markup]) -> Markup:
    """Return a drawing whose description moves with the frames."""
    label = frame[part]["aria-label"]
    return tag(
        "svg",
        *layers,
        viewBox=f"0 0 {SIZE} {SIZE}",
        role="img",
        data_nnp=part,
        aria_label=label,
    )


def mark(label: int, letter: str) -> Markup:
    """Return an item: a disc for the first label, a square for the second, the letter on it."""
    if label == 0:
        shape = tag("circle", class_="item-0", r="10")
    else:
        shape = tag("rect", class_="item-1", x="-9.5", y="-9.5", width="19", height="19", rx="2")
    return Markup(shape + tag("text", letter[:2], class_="letter", y="4.2"))


def axes(plot: Plot, x_name: str, y_name: str, at: np.ndarray) -> list[Markup]:
    """Return the names of both axes, and numbers where `at` says, a pair a row."""
    bottom = plot.top + plot.height
    texts = [(number(v), plot.x(v), bottom + 15, "middle") for v in sorted(set(at[:, 0].tolist()))]
    texts += [
        (number(v), plot.left - 5, plot.y(v) + 4, "end") for v in sorted(set(at[:, 1].tolist()))
    ]
    texts.append((f"{x_name} \N{RIGHTWARDS ARROW}", plot.left + plot.width - 4, bottom - 6, "end"))
    texts.append((f"\N{UPWARDS ARROW} {y_name}", plot.left + 5, plot.top + 14, "start"))
    return [
        tag("text", text, class_="tick", text_anchor=anchor, x=float(x), y=float(y))
        for text, x, y, anchor in texts
    ]


def name_of(f: np.ndarray) -> str:
    """Return an item by its features."""
    return f"({', '.join([number(value) for value in f])})"
