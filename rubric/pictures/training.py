"""A training, frame by frame: ask for it and for the forward pass, and show it.

The forward pass is called with parameters that the student's own code came to, which are untrusted:
they are checked, copied and encoded again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.core.codec import encode
from autograder.core.records import CallOutcome
from autograder.homework.key import PictureKey
from autograder.outputs.html.player import (
    Frame,
    card,
    epochs_in_words,
    loss_in_words,
    loss_panel,
    notes,
)
from autograder.outputs.html.svg import Markup
from autograder.pictures.collect import PictureAsker
from autograder.pictures.numbers import (
    UnusableError,
    read_array,
    read_arrays,
    read_numbers,
    read_results,
    read_value,
)
from autograder.pictures.records import Problem

__all__ = ["FORWARD", "Training", "after", "ask_forward", "ask_training", "short_name"]

#: For one training with all its frames, and for the forward passes of all frames.
TRAINING_SECONDS, FORWARD_SECONDS = 4.0, 2.0

PARAMS = ("H", "b_H", "U", "b_U")

#: What the forward pass returns.
FORWARD = ("k", "h", "z", "o")

Params = Mapping[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Training:
    """What came of a training by the student's code: checked, finite numbers.

    Attributes
    ----------
    key : PictureKey
        What was asked, and what the right network came to.
    frames : tuple
        As far as they are sound, of the kind that is drawn.
    losses : tuple of float
        For each epoch, as the student's code gives them, nan for what is not finite; empty where
        something else came back.
    problem : Problem or None
        Why there are no frames, or no more.
    """

    key: PictureKey
    frames: tuple[Any, ...]
    losses: tuple[float, ...]
    problem: Problem | None = None

    @property
    def data(self) -> dict[str, Any]:
        """What `declare` says of it."""
        return self.key.data

    def tell(self, epoch: int, right: int, what: str) -> str:
        """Return what a frame shows in a sentence; `right` is below 0 where it is not known."""
        count = len(self.data["y"])
        told = "all" if right == count else f"{right} of"
        facts = [f"{told} {count} {what}"] if right >= 0 else []
        loss = loss_in_words(self.losses, epoch)
        facts += [loss] if loss else []
        return f"{epochs_in_words(epoch)}{': ' if facts else ''}{'; '.join(facts)}."

    def draw(
        self, frames: Sequence[Frame], panels: Sequence[Markup], *, what: str, advice: str = ""
    ) -> Markup:
        """Return the figure: panels and the loss in the last frame, a slider, and sentences."""
        train = short_name(self.key, 0)
        said = notes(self.problem, has_frames=bool(frames), train=train, what=what, advice=advice)
        if frames:
            panels = [*panels, loss_panel(frames[-1], self.losses, top=self.data["top"])]
        return card(self.key.title, self.data["text"], frames, panels, said)


def ask_training(
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
            *tables, params, raw_losses = read_results(read_value(outcome), names)
            arrays = [read_array(E, table, what="E") for E in tables] if table else []
            frames.append((read_arrays(params, shapes, what="params"), *arrays))
        except UnusableError as unusable:
            return frames, losses, Problem(after(epoch, str(unusable)))
        losses = _read_losses(raw_losses, epoch)
    return frames, losses, problem


def _read_losses(tree: Any, epochs: int) -> tuple[float, ...]:
    """Return one loss an epoch, nan for those that are no numbers; none where there are others."""
    try:
        return tuple(read_numbers(tree, (epochs,), what="losses").tolist())
    except UnusableError:
        return ()


def ask_forward(
    picture: PictureKey,
    asker: PictureAsker,
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
        sentence = f"of {short_name(picture, 1)}, which it takes too: {problem.sentence}"
        problem = Problem(sentence, is_started=problem.is_started)
    return outcomes, problem


def after(epoch: int, sentence: str) -> str:
    """Return a sentence that says when."""
    return f"after {epoch} epochs {sentence}" if epoch != 1 else f"after 1 epoch {sentence}"


def short_name(picture: PictureKey, number: int) -> str:
    """Return what the training, or the forward pass, is called in its file."""
    return picture.functions[number].rpartition(".")[2]
