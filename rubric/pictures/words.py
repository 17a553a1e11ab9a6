"""Word embeddings of two numbers while they are trained: words that move, and the loss."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograder.core.records import CallOutcome
from autograder.homework.key import PictureKey
from autograder.outputs.html.player import Frame, loss_frame, moving, moving_svg, panel
from autograder.outputs.html.svg import Markup, Plot, num, path, tag, ticks
from autograder.pictures.collect import PictureAsker
from autograder.pictures.numbers import UnusableError, read_array, read_results, read_value

from .marks import numbers, zero_lines
from .training import FORWARD, Training, ask_forward, ask_training

__all__ = ["WordsFrame", "draw", "read"]

#: A table with larger numbers than this many times the right one's is cut.
OFF = 3.0

#: Of a name: its height, the width of a letter, the distance from the mark, in the drawing.
LINE, LETTER, AWAY = 13.0, 6.3, 8.0
#: Marks that are nearer than this have their names on one side of all of them.
NEAR = 18.0

#: How often names that overlap are pushed apart; there is no need for them to end up free.
PUSHES = 40

#: Marks of the groups; there are as many colors.
SHAPES = (
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0Z",
    "M-4.5-4.5h9v9h-9Z",
    "M0-6L5.6 4.4H-5.6Z",
    "M0-6L6 0L0 6L-6 0Z",
)


@dataclass(frozen=True, eq=False)
class WordsFrame:
    """An embedding table after some epochs.

    Attributes
    ----------
    epoch : int
        How many.
    E : numpy.ndarray, shape (V, 2)
        The words' embeddings.
    right : int
        How many items have the right label; -1 where it is not known.
    """

    epoch: int
    E: np.ndarray
    right: int


def read(picture: PictureKey, asker: PictureAsker) -> Training:
    """Train the embeddings, and count which items they lead to the right label."""
    data = picture.data
    trained, losses, problem = ask_training(picture, asker, table=(len(data["words"]), 2))
    ids, y = data["ids"], data["y"]
    inputs = [E[ids].reshape(len(ids), -1) for _, E in trained]
    params = [params for params, _ in trained]
    outcomes, _ = ask_forward(picture, asker, inputs, params)
    right = [_count_right(outcome, y) for outcome in outcomes]
    right += [-1] * (len(trained) - len(right))
    frames = [
        WordsFrame(epoch, E, count)
        for epoch, (_, E), count in zip(data["epochs"], trained, right, strict=False)
    ]
    return Training(picture, tuple(frames), losses, problem)


def _count_right(outcome: CallOutcome, y: np.ndarray) -> int:
    """Return how many items have the right label, -1 where that can't be told."""
    try:
        *_, o = read_results(read_value(outcome), FORWARD)
        probabilities = read_array(o, (len(y), 2), what="o")
    except UnusableError:
        return -1
    return int(np.sum(probabilities.argmax(axis=1) == y))


# ---- drawing


def draw(training: Training) -> Markup:
    """Return a figure: the words and the loss of each frame, a slider, and a sentence."""
    what = "words move to their places while your code trains them"
    frames = [_make_frame(training, frame) for frame in training.frames]
    panels = [_draw_words(training, frames[-1])] if frames else []
    return training.draw(frames, panels, what=what)


def _choose_plot(training: Training) -> Plot:
    largest = max([float(np.abs(frame.E).max()) for frame in training.frames])
    side = 1.2 * min(max(training.data["span"], largest), OFF * training.data["span"])
    return Plot(28, 6, 264, 264, -side, side, -side, side)


def _list_groups(training: Training) -> list[int]:
    return [g for g, (_, count) in enumerate(training.data["groups"]) for _ in range(count)]


def _make_frame(training: Training, frame: WordsFrame) -> Frame:
    plot = _choose_plot(training)
    told = training.tell(frame.epoch, frame.right, "phrases have the right label")
    corners = 0.97 * plot.x0, 0.97 * plot.x1  # a square around 0
    places = np.array([plot.at(point) for point in np.clip(frame.E, *corners)])
    names = _place_names(places, [len(word) for word in training.data["words"]], plot)
    moved: Frame = {}
    for i, ((x, y), (at_x, at_y)) in enumerate(zip(places, names, strict=True)):
        moved[f"word-{i}"] = {"transform": f"translate({num(x)} {num(y)})"}
        anchor = "start" if at_x > x else "end"
        moved[f"name-{i}"] = {"x": num(at_x), "y": num(at_y + 4), "text-anchor": anchor}
    far = [
        path([(x, y), (at_x - np.sign(at_x - x) * 2, at_y)])
        for (x, y), (at_x, at_y) in zip(places, names, strict=True)
        if abs(at_y - y) > LINE / 2
    ]
    return {
        "now": {"text": told},
        "slider": {"aria-valuetext": told},
        "table": {"aria-label": f"The words by their two numbers. {told}"},
        "leads": {"d": "".join(far)},
        **moved,
        **loss_frame(training.losses, frame.epoch, top=training.data["top"]),
    }


def _place_names(places: np.ndarray, lengths: Sequence[int], plot: Plot) -> np.ndarray:
    """Return where each word's name begins (or ends), so that few overlap."""
    is_right = places[:, 0] < plot.left + 0.62 * plot.width
    widths = LETTER * np.array(lengths)
    # Beside all marks that are near, not on them.
    others = np.abs(places[:, None] - places).max(axis=2) < NEAR
    farthest = np.where(others, places[:, 0], np.nan)
    x = np.where(is_right, np.nanmax(farthest, axis=1) + AWAY, np.nanmin(farthest, axis=1) - AWAY)
    middle = x + np.where(is_right, widths, -widths) / 2
    y = places[:, 1] + 0.01 * np.arange(len(places))  # two in one place have an order, too
    near = np.abs(middle[:, None] - middle) < (widths[:, None] + widths) / 2 + 3
    np.fill_diagonal(near, val=False)
    for _ in range(PUSHES):
        apart = y[:, None] - y
        overlap = np.maximum(LINE - np.abs(apart), 0) * near
        y = y + 0.35 * (overlap * np.sign(apart)).sum(axis=1)
        y = np.clip(y, plot.top + 6, plot.top + plot.height - 6)
    return np.stack([x, y], axis=1)


def _draw_words(training: Training, frame: Frame) -> Markup:
    plot = _choose_plot(training)
    trails = np.stack([f.E for f in training.frames], axis=1)
    layers = [
        plot.ground(),
        zero_lines(plot),
        plot.window(
            tag("path", class_="trail", d="".join([path(map(plot.at, t)) for t in trails]))
        ),
        moving(frame, "leads", "path", class_="trail"),
    ]
    groups = _list_groups(training)
    for i in range(len(training.data["words"])):
        mark = tag("path", class_=f"item-{groups[i] % 4}", d=SHAPES[groups[i] % 4])
        place = frame[f"word-{i}"]["transform"]
        layers.append(tag("g", mark, data_nnp=f"word-{i}", transform=place))
    for i, word in enumerate(training.data["words"]):
        at = {key.replace("-", "_"): value for key, value in frame[f"name-{i}"].items()}
        layers.append(tag("text", word, class_="say", data_nnp=f"name-{i}", **at))
    marks = np.array(ticks(plot.x0, plot.x1))
    layers += numbers(plot, np.stack([marks, marks], axis=1))
    drawing = moving_svg(frame, "table", layers)
    title = "by the two numbers of their embeddings"
    return Markup(panel("Words", title, drawing, is_large=True) + _draw_legend(training))


def _draw_legend(training: Training) -> Markup:
    entries = []
    for i, (name, _) in enumerate(training.data["groups"]):
        mark = tag("path", class_=f"item-{i % 4}", d=SHAPES[i % 4])
        shape = tag("svg", mark, viewBox="-7 -7 14 14", width="14", height="14", aria_hidden="true")
        entries.append(tag("li", shape, f" {name}"))
    return tag("ul", *entries, class_="nnp-legend")
