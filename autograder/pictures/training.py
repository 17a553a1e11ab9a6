"""Collect the numbers of a training: ask, look at what comes back, ask on with it.

The forward pass is called with parameters that the student's own code came to, which are untrusted:
they are checked, copied and encoded anew.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.core.codec import encode
from autograder.core.records import CallOutcome
from autograder.homework.key import PictureKey
from autograder.pictures.asking import PictureAsker
from autograder.pictures.numbers import (
    UnusableError,
    array_of,
    numbers_of,
    params_of,
    results_of,
    value_of,
)
from autograder.pictures.records import (
    NetworkFrame,
    NetworkPicture,
    Problem,
    WordsFrame,
    WordsPicture,
)
from autograder.worker.protocol import PLAIN

__all__ = ["network", "words"]

#: For one training with all its frames, and for the forward passes of all frames.
TRAINING_SECONDS, FORWARD_SECONDS = 4.0, 2.0

#: Points of the decision regions along each side.
SIDE = 33

#: Probabilities below it are taken for it, so that a score is finite.
SMALLEST = 1e-12

PARAMS = ("H", "b_H", "U", "b_U")


# ---- a network in training


def network(picture: PictureKey, asker: PictureAsker) -> NetworkPicture:
    """Train the network, and pass its box of inputs through what it was after each frame."""
    data = picture.data
    trained, losses, problem = _trained(picture, asker)
    (low, high), f = data["box"], data["f"]
    axes = [np.linspace(low[i], high[i], SIDE) for i in (0, 1)]
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    points = np.concatenate([f, grid])
    params = [params for params, *_ in trained]
    outcomes, stopped = _passed_forward(picture, asker, [points] * len(params), params)
    frames: list[NetworkFrame] = []
    for (own, *_), epoch, outcome in zip(trained, data["epochs"], outcomes, strict=False):
        try:
            frames.append(_network_frame(epoch, own, outcome, data["y"]))
        except UnusableError as unusable:
            stopped = Problem(_at(epoch, f"in the result of {_short(picture, 1)}, {unusable}"))
            break
    return NetworkPicture(
        title=picture.title,
        text=data["text"],
        functions=picture.functions,
        f=f,
        y=data["y"],
        labels=data["labels"],
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        span=data["span"],
        top=data["top"],
        frames=tuple(frames),
        losses=losses,
        problem=problem or stopped,
    )


def _network_frame(
    epoch: int, params: dict[str, np.ndarray], outcome: CallOutcome, y: np.ndarray
) -> NetworkFrame:
    _, h, _, o = results_of(value_of(outcome), ("k", "h", "z", "o"))
    shape = (len(y) + SIDE * SIDE, 2)
    hidden, o = array_of(h, shape, what="h"), array_of(o, shape, what="o")
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


# ---- embeddings in training


def words(picture: PictureKey, asker: PictureAsker) -> WordsPicture:
    """Train the embeddings, and count which items they lead to the right label."""
    data = picture.data
    trained, losses, problem = _trained(picture, asker, table=(len(data["words"]), 2))
    ids, y = data["ids"], data["y"]
    inputs = [E[ids].reshape(len(ids), -1) for _, E in trained]
    params = [params for params, _ in trained]
    outcomes, _ = _passed_forward(picture, asker, inputs, params)
    right = [_right(outcome, y) for outcome in outcomes]
    right += [-1] * (len(trained) - len(right))
    frames = [
        WordsFrame(epoch, E, count)
        for epoch, (_, E), count in zip(data["epochs"], trained, right, strict=False)
    ]
    return WordsPicture(
        title=picture.title,
        text=data["text"],
        functions=picture.functions,
        words=data["words"],
        groups=data["groups"],
        count=len(y),
        span=data["span"],
        top=data["top"],
        frames=tuple(frames),
        losses=losses,
        problem=problem,
    )


def _right(outcome: CallOutcome, y: np.ndarray) -> int:
    """Return how many items have the right label, -1 where that can't be told."""
    try:
        *_, o = results_of(value_of(outcome), ("k", "h", "z", "o"))
        probabilities = array_of(o, (len(y), 2), what="o")
    except UnusableError:
        return -1
    return int(np.sum(probabilities.argmax(axis=1) == y))


# ---- what both trainings share


def _trained(
    picture: PictureKey, asker: PictureAsker, *, table: tuple[int, int] | None = None
) -> tuple[list[tuple[Any, ...]], tuple[float, ...], Problem | None]:
    """Return params (and E) of each sound frame, the losses, and why there are no more frames."""
    epochs, shapes = picture.data["epochs"], picture.data["shapes"]
    names = ("E", "params", "losses") if table else ("params", "losses")
    train = picture.functions[0]
    request = picture.requests[train]
    outcomes, problem = asker.ask(train, request, len(epochs), seconds=TRAINING_SECONDS)
    frames: list[tuple[Any, ...]] = []
    losses: tuple[float, ...] = ()
    for epoch, outcome in zip(epochs, outcomes, strict=False):
        try:
            *tables, params, raw_losses = results_of(value_of(outcome), names)
            arrays = [array_of(E, table, what="E") for E in tables] if table else []
            frames.append((params_of(params, shapes), *arrays))
        except UnusableError as unusable:
            return frames, losses, Problem(_at(epoch, str(unusable)))
        losses = _losses(raw_losses, epoch)
    return frames, losses, problem


def _losses(tree: Any, epochs: int) -> tuple[float, ...]:
    """Return one loss an epoch, nan for those that are no numbers; none where there are others."""
    try:
        return tuple(numbers_of(tree, (epochs,), what="losses").tolist())
    except UnusableError:
        return ()


def _passed_forward(
    picture: PictureKey,
    asker: PictureAsker,
    inputs: Sequence[np.ndarray],
    params: Sequence[dict[str, np.ndarray]],
) -> tuple[tuple[CallOutcome, ...], Problem | None]:
    """Call the student's forward pass with what their training came to."""
    if not params:
        return (), None
    calls = [
        (PLAIN, (np.ascontiguousarray(x), *[own[name] for name in PARAMS]))
        for x, own in zip(inputs, params, strict=True)
    ]
    forward = picture.functions[1]
    returns = picture.data["forward_returns"]
    request = encode({"call": forward, "returns": returns, "calls": tuple(calls)})
    outcomes, problem = asker.ask(forward, request, len(calls), seconds=FORWARD_SECONDS)
    if problem is not None:
        sentence = f"of {_short(picture, 1)}, which it takes too: {problem.sentence}"
        problem = Problem(sentence, is_started=problem.is_started)
    return outcomes, problem


def _at(epoch: int, sentence: str) -> str:
    return f"after {epoch} epochs {sentence}" if epoch != 1 else f"after 1 epoch {sentence}"


def _short(picture: PictureKey, number: int) -> str:
    return picture.functions[number].rpartition(".")[2]
