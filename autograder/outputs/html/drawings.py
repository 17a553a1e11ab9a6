"""Draw the pictures of a report: inline SVG that can be read without its script.

The curves are drawn here, a function and its derivative over x, the student's against the right
one; what is a homework's own, its own code draws. The script, where it runs, brings the frames of a
training to life; without it the last one stands. Nothing is loaded from anywhere, no element has an
id, and several of these may be on one page.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from autograder.outputs.html.svg import Markup, Plot, num, number, path, tag, tick, ticks
from autograder.pictures.records import Curve, CurvesPicture, OwnPicture, Pictures

__all__ = ["draw_curve_card", "drawings_html", "frame_drawings", "tell_difference"]

_FOLDER = Path(__file__).parent


def drawings_html(pictures: Pictures) -> str:
    """Return the pictures as a fragment of HTML, with its own style sheet and script.

    The curves come first, and then, in order, what the homework's own code draws. It is '' where
    there is nothing to show.
    """
    notice = tag("p", pictures.notice) if pictures.notice else Markup("")
    if not pictures.pictures:
        return notice
    curves = _draw_curves([p for p in pictures.pictures if isinstance(p, CurvesPicture)])
    own = [Markup(p.draw(p.record)) for p in pictures.pictures if isinstance(p, OwnPicture)]
    return notice + frame_drawings(*curves, *own)


def frame_drawings(*drawn: Markup) -> Markup:
    """Return drawings with their style sheet and script."""
    return tag(
        "div",
        tag("style", Markup((_FOLDER / "drawings.css").read_text("utf-8"))),
        *drawn,
        tag("script", Markup((_FOLDER / "drawings.js").read_text("utf-8"))),
        class_="nnp",
    )


def _draw_curves(pictures: Sequence[CurvesPicture]) -> list[Markup]:
    """Return the figures of all curves, or one line where none of them is started."""
    drawn = [curve for picture in pictures for curve in picture.curves]
    if not drawn:
        return []
    if all([curve.problem and not curve.problem.is_started for curve in drawn]):
        first = tag("code", drawn[0].name)
        text = "Here your functions will be drawn over the right curves, as soon as "
        return [tag("p", text, first, " or another one works.", class_="nnp-later")]
    return [tag("div", *[draw_curve_card(picture) for picture in pictures], class_="nnp-curves")]


WIDTH, HEIGHT = 320, 180

#: A step between neighboring points beyond this share of the height is a jump, not a slope.
JUMP = 0.3

#: A difference below this share of the right curve's height can't be seen.
SEEN = 0.012

#: Of all points, those whose marks say 'not finite here'.
EVERY = 6


def draw_curve_card(picture: CurvesPicture) -> Markup:
    """Return a figure with one plot for each curve."""
    said = tag("span", f" {picture.said}", class_="nnp-said") if picture.said else Markup("")
    caption = tag("figcaption", tag("strong", picture.title), said)
    plots = [part for curve in picture.curves for part in (_tell_verdict(curve), _draw(curve))]
    return tag("figure", caption, *plots, class_="nnp-card")


def _tell_verdict(curve: Curve) -> Markup:
    code = tag("code", curve.name)
    if curve.problem is not None:
        mark, kind = ("\N{WHITE CIRCLE}", "open") if not curve.problem.is_started else ("!", "bad")
        text = f": {curve.problem.sentence}"
    elif curve.is_wrong.any():
        mark, kind, text = "\N{NOT EQUAL TO}", "bad", f" {tell_difference(curve)}"
    else:
        mark, kind, text = "\N{CHECK MARK}", "good", " as it should be"
    shown = tag("span", mark, class_=f"nnp-mark nnp-{kind}", aria_hidden="true")
    return tag("p", shown, " ", code, text, class_="nnp-verdict")


def _draw(curve: Curve) -> Markup:
    plot = _choose_plot(curve)
    layers = [tag("rect", class_="paper", width="320", height="180"), *_draw_axes(plot)]
    is_right = curve.got is not None and not curve.is_wrong.any()
    if not is_right:
        layers.append(plot.window(*_draw_both(curve, plot)))
        layers += _name_both(curve, plot)
    elif curve.got is not None:
        layers.append(
            plot.window(tag("path", class_="yours", d=_draw_line(curve.x, curve.got, plot)))
        )
    return tag(
        "svg", *layers, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=_describe(curve)
    )


def _describe(curve: Curve) -> str:
    span = f"for x from {number(curve.x[0])} to {number(curve.x[-1])}"
    if curve.got is None:
        return f"The right curve of {curve.name} {span}, dashed; yours is missing."
    told = tell_difference(curve) or "it is the right curve"
    return f"Your {curve.name} {span}: {told}."


def _choose_plot(curve: Curve) -> Plot:
    """Choose the numbers of the sides: the right curve, and what is near it of the student's."""
    low, high = float(curve.expected.min()), float(curve.expected.max())
    height = max(high - low, 1e-3)
    if curve.got is not None and np.isfinite(curve.got).any():
        finite = curve.got[np.isfinite(curve.got)]
        low = max(min(low, float(finite.min())), low - height)
        high = min(max(high, float(finite.max())), high + height)
    margin = 0.12 * (high - low)
    low, high = min(low - margin, 0.0), max(high + margin, 0.0)
    return Plot(34, 8, WIDTH - 44, HEIGHT - 30, curve.x[0], curve.x[-1], low, high)


def _draw_axes(plot: Plot) -> list[Markup]:
    zero, bottom = plot.y(0), plot.top + plot.height
    return [
        tag("line", class_="axis", x1=plot.left, x2=plot.left + plot.width, y1=zero, y2=zero),
        tag("line", class_="axis", x1=plot.x(0), x2=plot.x(0), y1=plot.top, y2=bottom),
        *[tick(number(v), plot.x(v), bottom + 16, "middle") for v in ticks(plot.x0, plot.x1)],
        *[tick(number(v), plot.left - 5, plot.y(v) + 4, "end") for v in ticks(plot.y0, plot.y1)],
    ]


def _draw_both(curve: Curve, plot: Plot) -> list[Markup]:
    """Return the gap between the curves, both of them, and where there is no number."""
    right = tag("path", class_="right", d=_draw_line(curve.x, curve.expected, plot))
    if curve.got is None:
        return [right]
    finite = np.isfinite(curve.got)
    gaps = []
    for first, last in _find_runs(curve.is_wrong & finite):
        wide = slice(max(first - 1, 0), last + 2)
        x, got = curve.x[wide], np.where(finite, curve.got, curve.expected)[wide]
        there = [plot.at(p) for p in zip(x, got, strict=True)]
        back = [plot.at(p) for p in zip(x[::-1], curve.expected[wide][::-1], strict=True)]
        gaps.append(path(there + back, closed=True))
    gap = tag("path", class_="gap", d="".join(gaps))
    nan = tag("path", class_="void", d=_draw_crosses(curve.x[~finite], plot))
    yours = tag("path", class_="yours", d=_draw_line(curve.x, curve.got, plot))
    return [gap, yours, right, nan] if not _is_hardly_seen(curve) else [yours]


def _draw_crosses(x: np.ndarray, plot: Plot) -> str:
    """Return a row of crosses along the lower side."""
    y = plot.top + plot.height - 6.0
    return "".join(
        [f"M{num(plot.x(at) - 3)} {num(y - 3)}l6 6m0-6l-6 6" for at in x[::EVERY].tolist()]
    )


def _draw_line(x: np.ndarray, values: np.ndarray, plot: Plot) -> str:
    """Return a curve as a path, broken where it jumps and where there is no number."""
    height = plot.y1 - plot.y0
    pieces: list[list[tuple[float, float]]] = [[]]
    before = np.nan
    for at, value in zip(x.tolist(), values.tolist(), strict=True):
        if not np.isfinite(value) or abs(value - before) > JUMP * height:
            pieces.append([])
        if np.isfinite(value):
            pieces[-1].append(plot.at((at, value)))
        before = value
    return "".join([path(piece) for piece in pieces])


def _name_both(curve: Curve, plot: Plot) -> list[Markup]:
    """Name both curves where they are farthest apart, each on its own side."""
    if curve.got is None:
        middle = len(curve.x) * 7 // 8
        return [_draw_label("right", curve.x[middle], curve.expected[middle], plot, is_above=True)]
    if _is_hardly_seen(curve):
        return []
    shown = np.clip(np.nan_to_num(curve.got), plot.y0, plot.y1)
    inner = slice(len(shown) // 8, -len(shown) // 8)
    apart = np.abs(shown - curve.expected)[inner]
    at = int(apart.argmax()) + len(shown) // 8
    is_above = bool(shown[at] > curve.expected[at])
    labels = [_draw_label("right", curve.x[at], curve.expected[at], plot, is_above=not is_above)]
    if np.isfinite(curve.got[at]):
        labels.append(_draw_label("yours", curve.x[at], shown[at], plot, is_above=is_above))
    return labels


def _draw_label(text: str, x: float, y: float, plot: Plot, *, is_above: bool) -> Markup:
    at = plot.y(y) + (-8.0 if is_above else 17.0)
    at = min(max(at, plot.top + 11.0), plot.top + plot.height - 4.0)
    return tag(
        "text", text, class_=f"say nnp-{text}-label", text_anchor="middle", x=plot.x(x), y=at
    )


# ---- in words


def tell_difference(curve: Curve) -> str:
    """Return where a curve is wrong and by how much, '' where it is right."""
    wrong = curve.is_wrong
    if curve.got is None or not wrong.any():
        return ""
    not_finite = ~np.isfinite(curve.got)
    if not_finite.any():
        return f"not a finite number {_tell_where(curve.x, not_finite)}"
    distance = np.abs(curve.got - curve.expected)
    worst = int(distance.argmax())
    if _is_hardly_seen(curve):
        return f"differs by too little to be seen: at most {distance[worst]:.1g}"
    got, expected = number(float(curve.got[worst])), number(float(curve.expected[worst]))
    at = number(float(curve.x[worst]))
    return (
        f"differs {_tell_where(curve.x, wrong)}, most at x = {at}: {got} where {expected} is right"
    )


def _is_hardly_seen(curve: Curve) -> bool:
    """Tell whether a wrong curve lies on the right one to the eye."""
    if curve.got is None or not np.isfinite(curve.got).all():
        return False
    height = float(np.ptp(curve.expected)) or 1.0
    return bool(np.abs(curve.got - curve.expected).max() < SEEN * height)


def _tell_where(x: np.ndarray, mask: np.ndarray) -> str:
    """Return the intervals of a mask in words."""
    found = _find_runs(mask)
    if mask.mean() > 0.94:
        return "everywhere" if mask.all() else "nearly everywhere"
    if len(found) > 3:
        return f"in {len(found)} intervals"
    return f"where {' and where '.join([_tell_interval(x, *run) for run in found])}"


def _tell_interval(x: np.ndarray, first: int, last: int) -> str:
    low = "" if first == 0 else _round_between(x[first - 1], x[first])
    high = "" if last == len(x) - 1 else _round_between(x[last], x[last + 1])
    if low and high:
        return f"{low} < x < {high}"
    return f"x > {low}" if low else f"x < {high}"


def _round_between(one: float, other: float) -> str:
    """Return a place between two neighboring points, as short as they allow."""
    return number(round(float(one + other) / 2, 1))


def _find_runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """Return where a mask is true, as first and last positions."""
    changes = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    return [(int(a), int(b) - 1) for a, b in changes.reshape(-1, 2)]
