"""Write SVG and HTML: every text and attribute escaped, numbers short, places in a plot.

Each class brings the colors of the light palette along as plain attributes, so that a drawing can
be read where the style sheet was taken away; the style sheet, where it is there, wins.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from types import MappingProxyType

import numpy as np

__all__ = ["Markup", "Plot", "num", "number", "path", "tag", "tick", "ticks"]

#: A number of a drawing stays within this: browsers keep single precision.
FARTHEST = 9999.0

#: A class, and its attributes.
_PAINTS = """
    paper: fill=#ffffff
    axis: stroke=#8a8f98; stroke-width=1; fill=none
    tick: fill=#565c66; font-size=11
    say: fill=#1c2026; font-size=12
    yours: stroke=#0b62a8; stroke-width=2.5; fill=none
    right: stroke=#4a4f58; stroke-width=2; stroke-dasharray=6 4; fill=none
    gap: fill=#c2410c; fill-opacity=.2
    void: stroke=#b3360a; stroke-width=1.5; fill=none
    a-strong: fill=#c7dff3
    a-weak: fill=#e4eff9
    b-weak: fill=#fdeedd
    b-strong: fill=#f9d6ae
    dots: stroke=#0b62a8; stroke-width=3.5; stroke-linecap=round; fill=none; opacity=.5
    slashes: stroke=#a6450a; stroke-width=1.3; fill=none; opacity=.6
    line: stroke=#1c2026; stroke-width=2; fill=none
    trail: stroke=#6d7480; stroke-width=1.2; fill=none; opacity=.8
    item-0: fill=#0b62a8; stroke=#ffffff; stroke-width=1.5
    item-1: fill=#a6450a; stroke=#ffffff; stroke-width=1.5
    item-2: fill=#1f6f43; stroke=#ffffff; stroke-width=1.5
    item-3: fill=#8a2d76; stroke=#ffffff; stroke-width=1.5
    letter: fill=#ffffff; font-size=12; font-weight=700; text-anchor=middle
    wrong: stroke=#b3360a; stroke-width=2.5; fill=none
    instant: stroke=#1c2026; stroke-width=1; stroke-dasharray=2 3
    dot: fill=#1c2026; stroke=#ffffff; stroke-width=1.5
"""
_FONT = "system-ui, sans-serif"


def _read_paints() -> Iterator[tuple[str, dict[str, str]]]:
    for row in _PAINTS.strip().splitlines():
        name, _, listed = row.strip().partition(": ")
        paint = dict([pair.split("=") for pair in listed.split("; ")])
        yield name, paint | ({"font-family": _FONT} if "font-size" in paint else {})


_LIGHT = MappingProxyType(dict(_read_paints()))


class Markup(str):
    """Text that is SVG or HTML already."""

    __slots__ = ()


def num(value: float) -> str:
    """Return a place in a drawing: one decimal, never far outside of it."""
    bounded = min(max(float(value), -FARTHEST), FARTHEST)
    return f"{round(bounded, 1) + 0:g}"


def number(value: float) -> str:
    """Return a number for reading, with a real minus sign."""
    return f"{round(value, 12) + 0:.3g}".replace("-", "\N{MINUS SIGN}")


def tag(name: str, *content: str, **attributes: object) -> Markup:
    """Return an element; its name is ours, never a student's.

    Its content is text, which is escaped, or `Markup`, which is not. Attributes are named with
    ``_`` for ``-`` (a last one is left out); None leaves one out, True gives one without a value.
    Numbers are written as `num` does.
    """
    named = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    paint = str(named.get("class", "")).partition(" ")[0]
    given = _LIGHT.get(paint, {}) | named
    if paint in _LIGHT:
        given["class"] = f"nnp-{named['class']}"
    written = [_attribute(key, value) for key, value in given.items() if value is not None]
    inside = "".join([c if isinstance(c, Markup) else escape(c, quote=False) for c in content])
    return Markup(f"<{name}{''.join(written)}>{inside}</{name}>")


def _attribute(name: str, value: object) -> str:
    if value is True:
        return f" {name}"
    text = num(value) if isinstance(value, float) else str(value)
    return f' {name}="{escape(text)}"'


def path(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """Return the ``d`` of a line through points."""
    pairs = [f"{num(x)} {num(y)}" for x, y in points]
    return f"M{'L'.join(pairs)}{'Z' if closed else ''}" if pairs else ""


def ticks(low: float, high: float) -> list[float]:
    """Return two to five round numbers between two others."""
    rough = (high - low) / 3.2
    power = 10.0 ** np.floor(np.log10(rough))
    step = power * next(m for m in (1, 2, 5, 10) if m * power >= rough * 0.7)
    first = np.ceil(low / step - 1e-9)
    return [float(step * k) for k in np.arange(first, np.floor(high / step + 1e-9) + 1)]


def tick(text: str, x: float, y: float, anchor: str) -> Markup:
    """Return a small text at an axis; it starts, ends or has its middle at x."""
    return tag("text", text, class_="tick", text_anchor=anchor, x=float(x), y=float(y))


@dataclass(frozen=True)
class Plot:
    """A rectangle of a drawing, and which numbers its sides stand for."""

    #: In the drawing.
    left: float
    top: float
    width: float
    height: float
    #: At its left, right, lower and upper side.
    x0: float
    x1: float
    y0: float
    y1: float

    def x(self, value: float) -> float:
        """Return where a number lies from left to right."""
        return self.left + (float(value) - self.x0) / (self.x1 - self.x0) * self.width

    def y(self, value: float) -> float:
        """Return where a number lies from top to bottom."""
        return self.top + (self.y1 - float(value)) / (self.y1 - self.y0) * self.height

    def at(self, point: Iterable[float]) -> tuple[float, float]:
        """Return where a point lies."""
        x, y = point
        return self.x(x), self.y(y)

    def ground(self, paint: str = "paper") -> Markup:
        """Return what lies below everything else."""
        return tag("rect", class_=paint, **self._sides())

    def window(self, *content: str) -> Markup:
        """Return content in this plot's own numbers of pixels, cut at its sides."""
        return tag(
            "svg",
            *content,
            **self._sides(),
            viewBox=f"{num(self.left)} {num(self.top)} {num(self.width)} {num(self.height)}",
        )

    def _sides(self) -> dict[str, float]:
        return {"x": self.left, "y": self.top, "width": self.width, "height": self.height}
