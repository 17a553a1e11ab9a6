"""A network in training: the inputs with its decision regions, the hidden space, the loss."""

from dataclasses import dataclass

import numpy as np

from autograder.core.records import CallOutcome
from autograder.homework.key import PictureKey
from autograder.outputs.html.player import (
    Frame,
    epochs_in_words,
    loss_frame,
    moving,
    moving_svg,
    panel,
)
from autograder.outputs.html.svg import Markup, Plot, num, number, path, tag
from autograder.pictures.collect import PictureAsker
from autograder.pictures.numbers import UnusableError, read_array, read_results, read_value
from autograder.pictures.records import Problem

from .hidden import draw_hidden, frame_hidden
from .marks import axes, lattice, mark, name_of, rings
from .regions import border, outline
from .training import FORWARD, Training, after, ask_forward, ask_training, short_name

__all__ = ["NetworkFrame", "draw", "read"]

#: Points of the decision regions along each side.
SIDE = 33

#: Probabilities below it are taken for it, so that a score is finite.
SMALLEST = 1e-12

#: Log-odds of 9 to 1: beyond it the network is sure.
SURE = 2.2

#: Characters of one path. A network has short borders; noise has none worth drawing.
MOST_CHARACTERS = 2000

#: Of the grid's rows and columns, those that get a small mark of their label.
LATTICE = slice(2, None, 4)


@dataclass(frozen=True, eq=False)
class NetworkFrame:
    """A network after some epochs.

    Attributes
    ----------
    epoch : int
        How many.
    hidden : numpy.ndarray, shape (t, 2)
        Where the hidden layer puts each item.
    line : tuple of float
        (w1, w2, c): the output layer chooses the second label where w1 h1 + w2 h2 + c > 0.
    scores : numpy.ndarray, shape (n, n)
        Over the picture's box, second feature first: log of the second label's probability over the
        first one's.
    is_right : tuple of bool
        For each item whether its label is the more probable one.
    """

    epoch: int
    hidden: np.ndarray
    line: tuple[float, float, float]
    scores: np.ndarray
    is_right: tuple[bool, ...]


def read(picture: PictureKey, asker: PictureAsker) -> Training:
    """Train the network, and pass its box of inputs through what it was after each frame."""
    data = picture.data
    trained, losses, problem = ask_training(picture, asker)
    (low, high), f = data["box"], data["f"]
    axes = [np.linspace(low[i], high[i], SIDE) for i in (0, 1)]
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    points = np.concatenate([f, grid])
    params = [params for params, *_ in trained]
    outcomes, stopped = ask_forward(picture, asker, [points] * len(params), params)
    frames: list[NetworkFrame] = []
    for (own, *_), epoch, outcome in zip(trained, data["epochs"], outcomes, strict=False):
        try:
            frames.append(_read_frame(epoch, own, outcome, data["y"]))
        except UnusableError as unusable:
            stopped = Problem(
                after(epoch, f"in the result of {short_name(picture, 1)}, {unusable}")
            )
            break
    return Training(picture, tuple(frames), losses, problem or stopped)


def _read_frame(
    epoch: int, params: dict[str, np.ndarray], outcome: CallOutcome, y: np.ndarray
) -> NetworkFrame:
    _, h, _, o = read_results(read_value(outcome), FORWARD)
    shape = (len(y) + SIDE * SIDE, 2)
    hidden, o = read_array(h, shape, what="h"), read_array(o, shape, what="o")
    scores = np.log(np.maximum(o[:, 1], SMALLEST)) - np.log(np.maximum(o[:, 0], SMALLEST))
    to_second = (params["U"][:, 1] - params["U"][:, 0]).tolist()
    constant = float(params["b_U"][0, 1] - params["b_U"][0, 0])
    is_right = o[: len(y)].argmax(axis=1) == y
    return NetworkFrame(
        epoch=epoch,
        hidden=hidden[: len(y)],
        line=(to_second[0], to_second[1], constant),
        scores=scores[len(y) :].reshape(SIDE, SIDE),
        is_right=tuple(is_right.tolist()),
    )


# ---- drawing


def draw(training: Training) -> Markup:
    """Return a figure: three drawings of each frame, a slider, and a sentence."""
    what = "the network that your code trains learn to tell the labels apart"
    frames = [_make_frame(training, i) for i in range(len(training.frames))]
    if not frames:
        return training.draw((), (), what=what)
    advice, last = "", training.frames[-1]
    if not all(last.is_right):
        advice = f"With the right code every point is on the right side after {last.epoch} epochs."
    panels = _draw_inputs(training, frames[-1]), draw_hidden(training, frames[-1])
    return training.draw(frames, panels, what=what, advice=advice)


def _make_frame(training: Training, number_of_frame: int) -> Frame:
    frame = training.frames[number_of_frame]
    told = training.tell(frame.epoch, sum(frame.is_right), "points on the right side")
    return {
        "now": {"text": told},
        "slider": {"aria-valuetext": told},
        "inputs": {"aria-label": f"Decision regions of the inputs. {told}"},
        "hidden": {"aria-label": f"Hidden space. {_tell_hidden(training, frame)}"},
        **_frame_inputs(training, frame),
        **frame_hidden(training, number_of_frame),
        **loss_frame(training.losses, frame.epoch, top=training.data["top"]),
    }


def _tell_hidden(training: Training, frame: NetworkFrame) -> str:
    data, hidden = training.data, np.round(frame.hidden, 2)
    places = [
        f"{data['labels'][label]} {name_of(f)} at ({number(h[0])}, {number(h[1])})"
        for f, label, h in zip(data["f"], data["y"], hidden, strict=True)
    ]
    return f"{epochs_in_words(frame.epoch)}: {'; '.join(places)}."


def _choose_plot(training: Training) -> Plot:
    (x0, y0), (x1, y1) = training.data["box"]
    return Plot(28, 6, 264, 264, x0, x1, y0, y1)


def _frame_inputs(training: Training, frame: NetworkFrame) -> Frame:
    plot, side = _choose_plot(training), len(frame.scores) - 1
    grid = Plot(plot.left, plot.top, plot.width, plot.height, 0, side, 0, side)

    def region(level: float) -> str:
        lines = outline(frame.scores - level)
        return _bound("".join([path([grid.at(p) for p in line], closed=True) for line in lines]))

    lines = [path([grid.at(p) for p in line]) for line in border(frame.scores)]
    places = [plot.at(f) for f in training.data["f"]]
    samples = [
        (grid.at((column, row)), bool(frame.scores[row, column] > 0))
        for row in range(*LATTICE.indices(side + 1))
        for column in range(*LATTICE.indices(side + 1))
    ]
    return {
        "region-a": {"d": region(-SURE)},
        "region-half": {"d": region(0)},
        "region-b": {"d": region(SURE)},
        "border": {"d": _bound("".join(lines))},
        **lattice("inputs", samples, places),
        "inputs-wrong": {"d": rings(places, frame.is_right)},
    }


def _bound(d: str) -> str:
    return d if len(d) <= MOST_CHARACTERS else ""


def _draw_inputs(training: Training, frame: Frame) -> Markup:
    plot = _choose_plot(training)
    layers = [
        plot.ground("a-strong"),
        moving(frame, "region-a", "path", class_="a-weak"),
        moving(frame, "region-half", "path", class_="b-weak"),
        moving(frame, "region-b", "path", class_="b-strong"),
        moving(frame, "inputs-dots", "path", class_="dots"),
        moving(frame, "inputs-slashes", "path", class_="slashes"),
        moving(frame, "border", "path", class_="line"),
        moving(frame, "inputs-wrong", "path", class_="wrong"),
    ]
    for f, label in zip(training.data["f"], training.data["y"], strict=True):
        x, y = plot.at(f)
        drawn = mark(int(label), training.data["labels"][label])
        layers.append(tag("g", drawn, transform=f"translate({num(x)} {num(y)})"))
    layers += axes(plot, "f\N{SUBSCRIPT ONE}", "f\N{SUBSCRIPT TWO}", training.data["f"])
    drawing = moving_svg(frame, "inputs", layers)
    return panel("Inputs", "and your network's answers", drawing)
