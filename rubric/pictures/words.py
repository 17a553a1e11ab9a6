"""Word embeddings of two numbers while they are trained: words that move, and the loss."""

from collections.abc import Sequence

import numpy as np

from autograder.core.records import CallOutcome
from autograder.homework.key import PictureKey
from autograder.outputs.html.drawings.player import (
    Frame,
    card,
    controls,
    epochs_in_words,
    loss_frame,
    loss_in_words,
    loss_panel,
    moving,
    moving_svg,
    notes,
    panel,
)
from autograder.outputs.html.drawings.svg import Markup, Plot, num, path, tag, ticks
from autograder.pictures.asking import Asker
from autograder.pictures.numbers import UnusableError, array_of, results_of, value_of

from .marks import numbers, zero_lines
from .records import WordsFrame, WordsPicture
from .training import FORWARD, ask_forward, ask_training, common_facts

__all__ = ["draw", "read"]

#: A table with larger numbers than this many times the right one's is cut.
OFF = 3.0

#: Of a name: its height, the width of a letter, the distance from the mark, in the drawing.
LINE, LETTER, AWAY = 13.0, 6.3, 8.0
#: Marks that are nearer than this have their names on one side of all of them.
NEAR = 18.0

#: How often names that overlap are pushed apart; there is no need for them to end up free.
PUSHES = 40

#: Marks of the groups; there are as many colours.
SHAPES = (
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0Z",
    "M-4.5-4.5h9v9h-9Z",
    "M0-6L5.6 4.4H-5.6Z",
    "M0-6L6 0L0 6L-6 0Z",
)


def read(picture: PictureKey, asker: Asker) -> WordsPicture:
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
    return WordsPicture(
        **common_facts(picture),
        words=data["words"],
        groups=data["groups"],
        count=len(y),
        frames=tuple(frames),
        losses=losses,
        problem=problem,
    )


def _count_right(outcome: CallOutcome, y: np.ndarray) -> int:
    """Return how many items have the right label, -1 where that can't be told."""
    try:
        *_, o = results_of(value_of(outcome), FORWARD)
        probabilities = array_of(o, (len(y), 2), what="o")
    except UnusableError:
        return -1
    return int(np.sum(probabilities.argmax(axis=1) == y))


# ---- drawing


def draw(picture: WordsPicture) -> Markup:
    """Return a figure: the words and the loss of each frame, a slider, and a sentence."""
    train = picture.functions[0].rpartition(".")[2]
    what = "words move to their places while your code trains them"
    said = notes(picture.problem, has_frames=bool(picture.frames), train=train, what=what)
    if not picture.frames:
        return card(picture.title, picture.text, said, attributes={})
    frames = [_frame(picture, frame) for frame in picture.frames]
    panels = tag(
        "div",
        _words_panel(picture, frames[-1]),
        loss_panel(frames[-1], picture.losses, top=picture.top),
        class_="nnp-panels",
    )
    bar = controls(frames, what=picture.title)
    return card(
        picture.title, picture.text, panels, bar, said, attributes={"data_nnp_player": True}
    )


def _plot(picture: WordsPicture) -> Plot:
    largest = max([float(np.abs(frame.E).max()) for frame in picture.frames])
    side = 1.2 * min(max(picture.span, largest), OFF * picture.span)
    return Plot(28, 6, 264, 264, -side, side, -side, side)


def _group_of(picture: WordsPicture) -> list[int]:
    return [g for g, (_, count) in enumerate(picture.groups) for _ in range(count)]


def _frame(picture: WordsPicture, frame: WordsFrame) -> Frame:
    plot, told = _plot(picture), _told(picture, frame)
    corners = 0.97 * plot.x0, 0.97 * plot.x1  # a square around 0
    places = np.array([plot.at(point) for point in np.clip(frame.E, *corners)])
    names = _name_places(places, [len(word) for word in picture.words], plot)
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
        **loss_frame(picture.losses, frame.epoch, top=picture.top),
    }


def _told(picture: WordsPicture, frame: WordsFrame) -> str:
    text = epochs_in_words(frame.epoch)
    if frame.right >= 0:
        told = "all" if frame.right == picture.count else f"{frame.right} of"
        text += f": {told} {picture.count} phrases have the right label"
    loss = loss_in_words(picture.losses, frame.epoch)
    between = "; " if frame.right >= 0 else ": "
    return f"{text}{between}{loss}." if loss else f"{text}."


def _name_places(places: np.ndarray, lengths: Sequence[int], plot: Plot) -> np.ndarray:
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


def _words_panel(picture: WordsPicture, frame: Frame) -> Markup:
    plot = _plot(picture)
    trails = np.stack([f.E for f in picture.frames], axis=1)
    layers = [
        plot.ground(),
        zero_lines(plot),
        plot.window(
            tag("path", class_="trail", d="".join([path(map(plot.at, t)) for t in trails]))
        ),
        moving(frame, "leads", "path", class_="trail"),
    ]
    groups = _group_of(picture)
    for i in range(len(picture.words)):
        mark = tag("path", class_=f"item-{groups[i] % 4}", d=SHAPES[groups[i] % 4])
        place = frame[f"word-{i}"]["transform"]
        layers.append(tag("g", mark, data_nnp=f"word-{i}", transform=place))
    for i, word in enumerate(picture.words):
        at = {key.replace("-", "_"): value for key, value in frame[f"name-{i}"].items()}
        layers.append(tag("text", word, class_="say", data_nnp=f"name-{i}", **at))
    marks = np.array(ticks(plot.x0, plot.x1))
    layers += numbers(plot, np.stack([marks, marks], axis=1))
    drawing = moving_svg(frame, "table", layers)
    title = "by the two numbers of their embeddings"
    return Markup(panel("Words", title, drawing, is_large=True) + _legend(picture))


def _legend(picture: WordsPicture) -> Markup:
    entries = []
    for i, (name, _) in enumerate(picture.groups):
        mark = tag("path", class_=f"item-{i % 4}", d=SHAPES[i % 4])
        shape = tag("svg", mark, viewBox="-7 -7 14 14", width="14", height="14", aria_hidden="true")
        entries.append(tag("li", shape, f" {name}"))
    return tag("ul", *entries, class_="nnp-legend")
