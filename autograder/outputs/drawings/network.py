"""Draw a network in training: the inputs with its decision regions, the hidden space, the loss."""

from collections.abc import Sequence

import numpy as np

from autograder.outputs.drawings.player import (
    Frame,
    card,
    controls,
    epochs_in_words,
    loss_frame,
    loss_in_words,
    loss_panel,
    moving,
    notes,
    panel,
)
from autograder.outputs.drawings.regions import border, half_plane, outline
from autograder.outputs.drawings.svg import Markup, Plot, num, path, tag, ticks
from autograder.outputs.drawings.words_of import number
from autograder.pictures.records import NetworkFrame, NetworkPicture

__all__ = ["network_card"]

SIZE = 300

#: Log-odds of 9 to 1: beyond it the network is sure.
SURE = 2.2

#: A hidden space larger than this many times the right one's is cut.
OFF = 3.0

#: Characters of one path. A network has short borders; noise has none worth drawing.
MOST_CHARACTERS = 2000

#: Of the grid's rows and columns, those that get a small mark of their label.
LATTICE = slice(2, None, 4)
MARK_DISTANCE = 20

#: How far inside the box an item is drawn that lies outside of it.
INSET = 14.0

#: Where an item's name stands, by its number: never two on one side where two items meet.
SIDES = ((13, -11, "start"), (13, 20, "start"), (-13, -11, "end"), (-13, 20, "end"))


def network_card(picture: NetworkPicture) -> Markup:
    """Return a figure: three drawings of each frame, a slider, and a sentence."""
    train = picture.functions[0].rpartition(".")[2]
    what = "the network that your code trains learn to tell the labels apart"
    said = notes(picture.problem, has_frames=bool(picture.frames), train=train, what=what)
    if not picture.frames:
        return card(picture.title, picture.text, said, attributes={})
    frames = [_frame(picture, number) for number in range(len(picture.frames))]
    panels = tag(
        "div",
        _inputs_panel(picture, frames[-1]),
        _hidden_panel(picture, frames[-1]),
        loss_panel(frames[-1], picture.losses, top=picture.top),
        class_="nnp-panels",
    )
    bar = controls(frames, what=picture.title)
    return card(
        picture.title,
        picture.text,
        panels,
        bar,
        said,
        _advice(picture),
        attributes={"data_nnp_player": True},
    )


def _advice(picture: NetworkPicture) -> Markup:
    last = picture.frames[-1]
    if picture.problem is not None or all(last.is_right):
        return Markup("")
    text = f"With the right code every point is on the right side after {last.epoch} epochs."
    return tag("p", tag("span", "!", class_="nnp-mark nnp-bad"), f" {text}", class_="nnp-problem")


def _frame(picture: NetworkPicture, number_of_frame: int) -> Frame:
    frame = picture.frames[number_of_frame]
    told = _told(picture, frame)
    return {
        "now": {"text": told},
        "slider": {"aria-valuetext": told},
        "inputs": {"aria-label": f"Decision regions of the inputs. {told}"},
        "hidden": {"aria-label": f"Hidden space. {_told_hidden(picture, frame)}"},
        **_inputs_frame(picture, frame),
        **_hidden_frame(picture, number_of_frame),
        **loss_frame(picture.losses, frame.epoch, top=picture.top),
    }


def _told(picture: NetworkPicture, frame: NetworkFrame) -> str:
    count, right = len(frame.is_right), sum(frame.is_right)
    told = "all" if right == count else f"{right} of"
    text = f"{epochs_in_words(frame.epoch)}: {told} {count} points on the right side"
    loss = loss_in_words(picture.losses, frame.epoch)
    return f"{text}; {loss}." if loss else f"{text}."


def _told_hidden(picture: NetworkPicture, frame: NetworkFrame) -> str:
    places = [
        f"{picture.labels[label]} {_name(f)} at ({number(h[0])}, {number(h[1])})"
        for f, label, h in zip(picture.f, picture.y, np.round(frame.hidden, 2), strict=True)
    ]
    return f"{epochs_in_words(frame.epoch)}: {'; '.join(places)}."


def _name(f: np.ndarray) -> str:
    return f"({', '.join([number(value) for value in f])})"


# ---- the inputs


def _inputs_plot(picture: NetworkPicture) -> Plot:
    (x0, y0), (x1, y1) = picture.low, picture.high
    return Plot(28, 6, 264, 264, x0, x1, y0, y1)


def _inputs_frame(picture: NetworkPicture, frame: NetworkFrame) -> Frame:
    plot, side = _inputs_plot(picture), len(frame.scores) - 1
    grid = Plot(plot.left, plot.top, plot.width, plot.height, 0, side, 0, side)

    def region(level: float) -> str:
        lines = outline(frame.scores - level)
        return _bounded("".join([path([grid.at(p) for p in line], closed=True) for line in lines]))

    lines = [path([grid.at(p) for p in line]) for line in border(frame.scores)]
    places = [plot.at(f) for f in picture.f]
    samples = [
        (grid.at((column, row)), bool(frame.scores[row, column] > 0))
        for row in range(*LATTICE.indices(side + 1))
        for column in range(*LATTICE.indices(side + 1))
    ]
    return {
        "region-a": {"d": region(-SURE)},
        "region-half": {"d": region(0)},
        "region-b": {"d": region(SURE)},
        "border": {"d": _bounded("".join(lines))},
        **_lattice("inputs", samples, places),
        "inputs-wrong": {"d": _rings(places, frame.is_right)},
    }


def _bounded(d: str) -> str:
    return d if len(d) <= MOST_CHARACTERS else ""


def _lattice(
    name: str,
    samples: Sequence[tuple[tuple[float, float], bool]],
    away: Sequence[tuple[float, float]],
) -> Frame:
    """Return small marks of the label, dots and slashes, that tell regions apart without colour."""
    dots: list[str] = []
    slashes: list[str] = []
    for (x, y), is_second in samples:
        if all([np.hypot(x - at[0], y - at[1]) > MARK_DISTANCE for at in away]):
            mark = f"M{num(x - 2)} {num(y + 2)}l4-4" if is_second else f"M{num(x)} {num(y)}h0"
            (slashes if is_second else dots).append(mark)
    return {
        f"{name}-dots": {"d": "".join(dots)},
        f"{name}-slashes": {"d": "".join(slashes)},
    }


def _rings(places: Sequence[tuple[float, float]], is_right: Sequence[bool]) -> str:
    """Return a ring and a cross for each item on the wrong side."""
    return "".join(
        [
            f"M{num(x - 15)} {num(y)}a15 15 0 1 0 30 0a15 15 0 1 0-30 0"
            f"M{num(x + 13)} {num(y - 20)}l8 8m0-8l-8 8"
            for (x, y), right in zip(places, is_right, strict=True)
            if not right
        ]
    )


def _inputs_panel(picture: NetworkPicture, frame: Frame) -> Markup:
    plot = _inputs_plot(picture)
    layers = [
        _box(plot, "a-strong"),
        moving(frame, "region-a", "path", class_="a-weak"),
        moving(frame, "region-half", "path", class_="b-weak"),
        moving(frame, "region-b", "path", class_="b-strong"),
        moving(frame, "inputs-dots", "path", class_="dots"),
        moving(frame, "inputs-slashes", "path", class_="slashes"),
        moving(frame, "border", "path", class_="line"),
        moving(frame, "inputs-wrong", "path", class_="wrong"),
    ]
    for f, label in zip(picture.f, picture.y, strict=True):
        x, y = plot.at(f)
        mark = _mark(int(label), picture.labels[label])
        layers.append(tag("g", mark, transform=f"translate({num(x)} {num(y)})"))
    layers += _ticks_of(plot, "f\N{SUBSCRIPT ONE}", "f\N{SUBSCRIPT TWO}", picture.f)
    drawing = moving_svg(frame, "inputs", layers)
    return panel("Inputs", "and your network's answers", drawing)


def _box(plot: Plot, paint: str) -> Markup:
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


def _mark(label: int, letter: str) -> Markup:
    """Return an item: a disc for the first label, a square for the second, the letter on it."""
    if label == 0:
        shape = tag("circle", class_="item-0", r="10")
    else:
        shape = tag("rect", class_="item-1", x="-9.5", y="-9.5", width="19", height="19", rx="2")
    return Markup(shape + tag("text", letter[:2], class_="letter", y="4.2"))


def _ticks_of(plot: Plot, x_name: str, y_name: str, at: np.ndarray) -> list[Markup]:
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


# ---- the hidden space


def _hidden_plot(picture: NetworkPicture) -> Plot:
    """Choose one scale for all frames: the right network's, or the student's where it is larger."""
    hidden = np.concatenate([frame.hidden for frame in picture.frames])
    high = min(max(picture.span, float(hidden.max())), OFF * picture.span)
    low = max(min(0.0, float(hidden.min())), -high)
    margin = 0.2 * (high - low)
    return Plot(28, 6, 264, 264, low - margin, high + margin, low - margin, high + margin)


def _hidden_frame(picture: NetworkPicture, number_of_frame: int) -> Frame:
    frame, plot = picture.frames[number_of_frame], _hidden_plot(picture)
    corners = [(plot.x0, plot.y0), (plot.x1, plot.y0), (plot.x1, plot.y1), (plot.x0, plot.y1)]
    places = [_inside(plot, h) for h in frame.hidden]
    sides = np.linspace(plot.x0, plot.x1, 19)[1::2]
    w1, w2, c = frame.line
    samples = [(plot.at((x, y)), w1 * x + w2 * y + c > 0) for y in sides for x in sides]
    trails = np.stack([earlier.hidden for earlier in picture.frames[: number_of_frame + 1]], axis=1)
    moved = {
        f"item-{i}": {"transform": f"translate({num(x)} {num(y)})"}
        for i, (x, y) in enumerate(places)
    }
    return {
        "half": {"d": path([plot.at(p) for p in half_plane(frame.line, corners)], closed=True)},
        "hidden-line": {"d": path([plot.at(p) for p in _cut(frame.line, plot)])},
        **_lattice("hidden", samples, places),
        "trails": {"d": "".join([path([plot.at(h) for h in trail]) for trail in trails])},
        "hidden-wrong": {"d": _rings(places, frame.is_right)},
        **moved,
    }


def _inside(plot: Plot, point: np.ndarray) -> tuple[float, float]:
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


def _hidden_panel(picture: NetworkPicture, frame: Frame) -> Markup:
    plot = _hidden_plot(picture)
    zero = [path([plot.at((0, plot.y0)), plot.at((0, plot.y1))])]
    zero.append(path([plot.at((plot.x0, 0)), plot.at((plot.x1, 0))]))
    layers = [
        _box(plot, "a-weak"),
        moving(frame, "half", "path", class_="b-weak"),
        moving(frame, "hidden-dots", "path", class_="dots"),
        moving(frame, "hidden-slashes", "path", class_="slashes"),
        tag("path", class_="axis", d="".join(zero)),
        plot.window(moving(frame, "trails", "path", class_="trail")),
        moving(frame, "hidden-line", "path", class_="line"),
        moving(frame, "hidden-wrong", "path", class_="wrong"),
        *[_item(picture, i, frame) for i in range(len(picture.f))],
    ]
    marks = np.array(ticks(plot.x0, plot.x1))
    layers += _ticks_of(
        plot, "h\N{SUBSCRIPT ONE}", "h\N{SUBSCRIPT TWO}", np.stack([marks, marks], axis=1)
    )
    return panel(
        "Hidden space",
        "where the points go",
        moving_svg(frame, "hidden", layers),
    )


def _item(picture: NetworkPicture, number_of_item: int, frame: Frame) -> Markup:
    label = int(picture.y[number_of_item])
    x, y, anchor = SIDES[number_of_item % len(SIDES)]
    name = tag("text", _name(picture.f[number_of_item]), class_="say", x=x, y=y, text_anchor=anchor)
    mark = _mark(label, picture.labels[label])
    part = f"item-{number_of_item}"
    return tag("g", mark, name, data_nnp=part, transform=frame[part]["transform"])
