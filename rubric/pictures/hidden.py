"""Draw the hidden space of a network: h1, h2 (the notes' g1, g2) and the output layer's line."""

import numpy as np

from autograder.outputs.html.player import Frame, moving, moving_svg, panel
from autograder.outputs.html.svg import Markup, Plot, num, path, tag, ticks

from .marks import axes, lattice, mark, name_of, rings, zero_lines
from .regions import half_plane
from .training import Training

__all__ = ["frame_hidden", "draw_hidden"]

#: A hidden space larger than this many times the right one's is cut.
OFF = 3.0

#: How far inside the box an item is drawn that lies outside of it.
INSET = 14.0

#: Where an item's name stands, by its number: never two on one side where two items meet.
SIDES = ((13, -11, "start"), (13, 20, "start"), (-13, -11, "end"), (-13, 20, "end"))


def _choose_plot(training: Training) -> Plot:
    """Choose one scale for all frames: the right network's, or the student's where it is larger."""
    hidden = np.concatenate([frame.hidden for frame in training.frames])
    high = min(max(training.data["span"], float(hidden.max())), OFF * training.data["span"])
    low = max(min(0.0, float(hidden.min())), -high)
    margin = 0.2 * (high - low)
    return Plot(28, 6, 264, 264, low - margin, high + margin, low - margin, high + margin)


def frame_hidden(training: Training, number_of_frame: int) -> Frame:
    """Return what moves in the hidden space, in one frame."""
    frame, plot = training.frames[number_of_frame], _choose_plot(training)
    corners = [(plot.x0, plot.y0), (plot.x1, plot.y0), (plot.x1, plot.y1), (plot.x0, plot.y1)]
    places = [_keep_inside(plot, h) for h in frame.hidden]
    sides = np.linspace(plot.x0, plot.x1, 19)[1::2]
    w1, w2, c = frame.line
    samples = [(plot.at((x, y)), w1 * x + w2 * y + c > 0) for y in sides for x in sides]
    past = np.stack([f.hidden for f in training.frames[: number_of_frame + 1]], axis=1)
    moved = {
        f"item-{i}": {"transform": f"translate({num(x)} {num(y)})"}
        for i, (x, y) in enumerate(places)
    }
    return {
        "half": {"d": path([plot.at(p) for p in half_plane(frame.line, corners)], closed=True)},
        "hidden-line": {"d": path([plot.at(p) for p in _cut(frame.line, plot)])},
        **lattice("hidden", samples, places),
        "trails": {"d": "".join([path([plot.at(h) for h in trail]) for trail in past])},
        "hidden-wrong": {"d": rings(places, frame.is_right)},
        **moved,
    }


def _keep_inside(plot: Plot, point: np.ndarray) -> tuple[float, float]:
    """Return where a point lies, just inside the box where it is outside."""
    x, y = plot.at(point)
    right, bottom = plot.left + plot.width, plot.top + plot.height
    return (
        min(max(x, plot.left + INSET), right - INSET),
        min(max(y, plot.top + INSET), bottom - INSET),
    )


def _cut(line: tuple[float, float, float], plot: Plot) -> list[tuple[float, float]]:
    """Return the two ends of a line in the box, none where it does not meet it."""
    w1, w2, c = line
    ends = []
    for x in (plot.x0, plot.x1):
        y = -(c + w1 * x) / w2 if w2 else np.inf
        ends += [(x, y)] if plot.y0 <= y <= plot.y1 else []
    for y in (plot.y0, plot.y1):
        x = -(c + w2 * y) / w1 if w1 else np.inf
        ends += [(x, y)] if plot.x0 <= x <= plot.x1 else []
    return ends[:2] if len(ends) >= 2 else []


def draw_hidden(training: Training, frame: Frame) -> Markup:
    """Return the hidden space: the items, their way there, and the output layer's line."""
    plot = _choose_plot(training)
    layers = [
        plot.ground("a-weak"),
        moving(frame, "half", "path", class_="b-weak"),
        moving(frame, "hidden-dots", "path", class_="dots"),
        moving(frame, "hidden-slashes", "path", class_="slashes"),
        zero_lines(plot),
        plot.window(moving(frame, "trails", "path", class_="trail")),
        moving(frame, "hidden-line", "path", class_="line"),
        moving(frame, "hidden-wrong", "path", class_="wrong"),
        *[_draw_item(training, i, frame) for i in range(len(training.data["f"]))],
    ]
    marks = np.array(ticks(plot.x0, plot.x1))
    layers += axes(
        plot, "h\N{SUBSCRIPT ONE}", "h\N{SUBSCRIPT TWO}", np.stack([marks, marks], axis=1)
    )
    return panel(
        "Hidden space",
        "where the points go",
        moving_svg(frame, "hidden", layers),
        legend="Gray: the way there since the start.",
    )


def _draw_item(training: Training, number_of_item: int, frame: Frame) -> Markup:
    data = training.data
    label = int(data["y"][number_of_item])
    x, y, anchor = SIDES[number_of_item % len(SIDES)]
    text = name_of(data["f"][number_of_item])
    name = tag("text", text, class_="say", x=x, y=y, text_anchor=anchor)
    drawn = mark(label, data["labels"][label])
    part = f"item-{number_of_item}"
    return tag("g", drawn, name, data_nnp=part, transform=frame[part]["transform"])
