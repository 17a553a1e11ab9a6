"""Compile the rubric's pictures: the calls to make, what is right, and how large it will be.

Training is run once with the reference: a picture whose training the reference does not bring to an
end, all items right in the last frame, fails the compile.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograder.authoring.compiler.reference import Arguments, Reference, structure_of
from autograder.authoring.compiler.rubric_errors import as_sentence, did_you_mean
from autograder.authoring.language.pictures import Curves, Network, Picture, Words
from autograder.authoring.language.questions import Question
from autograder.core.codec import encode
from autograder.errors import RubricError

__all__ = ["MOST_EPOCHS", "compile_pictures"]

#: Points of a curve: even, so that an interval around 0 has none at 0.
POINTS = 160

#: Epochs of all frames together: the reference takes some 50 us for one, and a student's Python
#: loops on a slow machine a hundred times as long as it takes to wait for them gladly.
MOST_EPOCHS = 2500
MOST_FRAMES = 40

#: How far the decision regions reach beyond the items, as a share of the items' own range.
MARGIN = 0.6

#: Seed of the shuffling; all items are one minibatch, so it changes nothing.
SEED = 0

PARAMS = ("H", "b_H", "U", "b_U")


def compile_pictures(
    pictures: Iterable[Picture], questions: Iterable[Question], reference: Reference
) -> tuple[dict[str, Any], ...]:
    """Return the pictures as the key holds them (`autograder.homework.key.PictureKey`).

    Raises
    ------
    RubricError
        If one asks for what is not there, or the reference can't draw it.
    """
    asked = {question.full_name: question for question in questions}
    return tuple([_Compiler(asked, reference, picture).entry() for picture in pictures])


class _Compiler:
    """Compiles one picture."""

    def __init__(
        self, questions: dict[str, Question], reference: Reference, picture: Picture
    ) -> None:
        self.questions = questions
        self.reference = reference
        self.picture = picture

    def entry(self) -> dict[str, Any]:
        with as_sentence(f"the picture {self.picture.title} raised", where=self.picture.where):
            if isinstance(self.picture, Curves):
                return self._curves(self.picture)
            if isinstance(self.picture, Network):
                return self._network(self.picture)
            return self._words(self.picture)

    def _entry(
        self, kind: str, functions: tuple[str, ...], requests: dict[str, bytes], data: Any
    ) -> dict[str, Any]:
        return {
            "kind": kind,
            "title": self.picture.title,
            "functions": functions,
            "requests": requests,
            "data": data,
        }

    def _curves(self, picture: Curves) -> dict[str, Any]:
        x = np.linspace(*picture.x, POINTS)
        arguments = (x[:, None] if picture.is_column else x, *picture.more)
        expected = []
        for name in picture.functions:
            right = self._outcomes(name, [arguments])[0]
            if not isinstance(right, tuple) or np.shape(right[0]) != arguments[0].shape:
                raise self._refused(f"{name} does not give one number for each x")
            expected.append(right[0].astype(np.float64).ravel())
        requests = {name: self._request(name, [arguments]) for name in picture.functions}
        data = {"x": x, "is_column": picture.is_column, "said": picture.said}
        return self._entry(
            "curves", picture.functions, requests, data | {"expected": tuple(expected)}
        )

    def _network(self, picture: Network) -> dict[str, Any]:
        f, y = np.asarray(picture.f, np.float64), np.asarray(picture.y, np.int64)
        H, U = picture.params["H"], picture.params["U"]
        if f.shape != (len(y), 2) or np.shape(H) != (2, 2) or np.shape(U) != (2, 2):
            raise self._refused("it takes 2 features, 2 hidden units and 2 labels")
        calls, trained = self._trained(picture, (f, y), y)
        hidden = [self._forward(picture, f, params)[1][0] for params, _ in trained]
        low, high = f.min(axis=0), f.max(axis=0)
        margin = MARGIN * (high - low)
        data = self._training(picture, trained) | {
            "f": f,
            "y": y,
            "labels": tuple(picture.labels),
            "box": (low - margin, high + margin),
            "span": float(np.max(hidden)),
        }
        self._require_all_right(picture, f, y, trained[-1][0])
        requests = {picture.train: self._request(picture.train, calls)}
        return self._entry("network", (picture.train, picture.forward), requests, data)

    def _words(self, picture: Words) -> dict[str, Any]:
        ids, y = np.asarray(picture.ids, np.int64), np.asarray(picture.y, np.int64)
        E = np.asarray(picture.E, np.float64)
        words = tuple([word for group in picture.words.values() for word in group])
        if E.shape != (len(words), 2) or ids.min() < 0 or ids.max() >= len(words):
            raise self._refused("the embedding table takes 2 numbers a word, and each id a word")
        calls, trained = self._trained(picture, (ids, y, E), y)
        tables = [table[0] for table, *_ in trained]
        x = tables[-1][ids].reshape(len(ids), -1)
        self._require_all_right(picture, x, y, trained[-1][1])
        data = self._training(picture, [rest for _, *rest in trained]) | {
            "ids": ids,
            "y": y,
            "words": words,
            "groups": tuple([(name, len(group)) for name, group in picture.words.items()]),
            "span": float(np.max(np.abs(tables))),
        }
        requests = {picture.train: self._request(picture.train, calls)}
        return self._entry("words", (picture.train, picture.forward), requests, data)

    def _trained(
        self, picture: Network | Words, start: Arguments, y: np.ndarray
    ) -> tuple[list[Arguments], list[Any]]:
        """Return the calls of all frames, and what the reference makes of them."""
        epochs = picture.epochs
        is_rising = list(epochs) == sorted(set(epochs))
        if not epochs or not is_rising or epochs[0] < 0 or not epochs[-1]:
            raise self._refused("epochs is a rising list of how long to train for each frame")
        if len(epochs) > MOST_FRAMES or sum(epochs) > MOST_EPOCHS:
            raise self._refused(
                f"its frames are trained for {sum(epochs)} epochs, each from the start: at most"
                f" {MOST_FRAMES} frames and {MOST_EPOCHS} epochs are quick enough"
            )
        params = {name: np.asarray(picture.params[name], np.float64) for name in PARAMS}
        calls = [(*start, params, float(picture.lr), int(e), len(y), SEED) for e in epochs]
        return calls, self._outcomes(picture.train, calls)

    def _training(self, picture: Network | Words, trained: list[Any]) -> dict[str, Any]:
        shapes = {name: np.shape(picture.params[name]) for name in PARAMS}
        losses = trained[-1][1][0]
        return {
            "text": picture.text,
            "epochs": picture.epochs,
            "shapes": shapes,
            "forward_returns": structure_of(self._question(picture.forward).returns),
            "top": float(np.max(losses)),
        }

    def _require_all_right(
        self, picture: Network | Words, f: np.ndarray, y: np.ndarray, params: Any
    ) -> None:
        o = self._forward(picture, f, params)[3][0]
        wrong = int(np.sum(o.argmax(axis=1) != y))
        if wrong:
            raise self._refused(
                f"after {picture.epochs[-1]} epochs the reference has {wrong} of {len(y)} items"
                " wrong: train longer, or start elsewhere"
            )

    def _forward(self, picture: Network | Words, f: np.ndarray, params: Any) -> Any:
        arrays = [params[name][0] for name in PARAMS]
        return self._outcomes(picture.forward, [(f, *arrays)])[0]

    def _question(self, name: str) -> Question:
        if name not in self.questions:
            near = did_you_mean(name, self.questions)
            raise self._refused(f"there is no question about {name}{near}")
        return self.questions[name]

    def _outcomes(self, name: str, calls: Iterable[Arguments]) -> list[Any]:
        question = self._question(name)
        return [self.reference.own_outcome(question, arguments) for arguments in calls]

    def _request(self, name: str, calls: Iterable[Arguments]) -> bytes:
        structure = structure_of(self._question(name).returns)
        with_layout = tuple([(0, arguments) for arguments in calls])
        return encode({"call": name, "returns": structure, "calls": with_layout})

    def _refused(self, sentence: str) -> RubricError:
        return RubricError(
            f"the picture {self.picture.title}: {sentence}", where=self.picture.where
        )
