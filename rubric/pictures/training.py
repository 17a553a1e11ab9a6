"""Ask for a training: the frames, the losses, and the forward pass with what they came to.

The forward pass is called with parameters that the student's own code came to, which are untrusted:
they are checked, copied and encoded anew.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.core.codec import encode
from autograder.core.records import CallOutcome
from autograder.homework.key import PictureKey
from autograder.pictures.asking import Asker
from autograder.pictures.numbers import (
    UnusableError,
    array_of,
    arrays_of,
    numbers_of,
    results_of,
    value_of,
)
from autograder.pictures.records import Problem

__all__ = ["FORWARD", "after", "ask_forward", "ask_training", "common_facts", "short_name"]

#: For one training with all its frames, and for the forward passes of all frames.
TRAINING_SECONDS, FORWARD_SECONDS = 4.0, 2.0

PARAMS = ("H", "b_H", "U", "b_U")

#: What the forward pass returns.
FORWARD = ("k", "h", "z", "o")

Params = Mapping[str, np.ndarray]


def ask_training(
    picture: PictureKey, asker: Asker, *, table: tuple[int, int] | None = None
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
            frames.append((arrays_of(params, shapes, what="params"), *arrays))
        except UnusableError as unusable:
            return frames, losses, Problem(after(epoch, str(unusable)))
        losses = _read_losses(raw_losses, epoch)
    return frames, losses, problem


def _read_losses(tree: Any, epochs: int) -> tuple[float, ...]:
    """Return one loss an epoch, nan for those that are no numbers; none where there are others."""
    try:
        return tuple(numbers_of(tree, (epochs,), what="losses").tolist())
    except UnusableError:
        return ()


def ask_forward(
    picture: PictureKey,
    asker: Asker,
    inputs: Sequence[np.ndarray],
    params: Sequence[Params],
) -> tuple[tuple[CallOutcome, ...], Problem | None]:
    """Call the student's forward pass with what their training came to."""
    if not params:
        return (), None
    calls = [
        (0, (np.ascontiguousarray(x), *[own[name] for name in PARAMS]))
        for x, own in zip(inputs, params, strict=True)
    ]
    forward = picture.functions[1]
    returns = picture.data["forward_returns"]
    request = encode({"call": forward, "returns": returns, "calls": tuple(calls)})
    outcomes, problem = asker.ask(forward, request, len(calls), seconds=FORWARD_SECONDS)
    if problem is not None:
        sentence = f"of {short_name(picture)}, which it takes too: {problem.sentence}"
        problem = Problem(sentence, is_started=problem.is_started)
    return outcomes, problem


def after(epoch: int, sentence: str) -> str:
    """Return a sentence that says when."""
    return f"after {epoch} epochs {sentence}" if epoch != 1 else f"after 1 epoch {sentence}"


def short_name(picture: PictureKey) -> str:
    """Return what the forward pass is called in its file."""
    return picture.functions[1].rpartition(".")[2]


def common_facts(picture: PictureKey) -> dict[str, Any]:
    """Return what the records of both kinds take over from the key."""
    return {
        "title": picture.title,
        "functions": picture.functions,
        **{name: picture.data[name] for name in ("text", "span", "top")},
    }
