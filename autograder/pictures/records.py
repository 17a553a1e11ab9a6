"""What a report's pictures show: frozen records of checked, finite numbers, and no drawing yet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.core.compare import is_close

__all__ = ["Curve", "CurvesPicture", "OwnPicture", "Picture", "Pictures", "Problem"]


@dataclass(frozen=True)
class Problem:
    """Why a picture, or the rest of its frames, is missing."""

    #: Without the first capital and the full stop; clean text, not HTML.
    sentence: str
    #: False where a function is not written yet, which is no mistake.
    is_started: bool = True


@dataclass(frozen=True, eq=False)
class Curve:
    """The values of one ``file.function`` over x, beside what is right there.

    `got` is not finite where the student's is not; it is None where there is a problem.
    """

    function: str
    x: np.ndarray
    expected: np.ndarray
    got: np.ndarray | None
    problem: Problem | None = None

    @property
    def name(self) -> str:
        """The function's name in its file."""
        return self.function.rpartition(".")[2]

    @property
    def is_wrong(self) -> np.ndarray:
        """Where it differs from what is right; nowhere if there is no curve."""
        if self.got is None:
            return np.zeros(self.x.shape, bool)
        return ~is_close(self.got, self.expected, dtype_name="float64")


@dataclass(frozen=True)
class CurvesPicture:
    """A function, and its derivative where there is one; title and text are the rubric's."""

    title: str
    said: str
    curves: tuple[Curve, ...]


@dataclass(frozen=True)
class OwnPicture:
    """A picture of the homework's own kind: its record, and what draws that as HTML."""

    record: Any
    draw: Callable[[Any], str]


Picture = CurvesPicture | OwnPicture


@dataclass(frozen=True)
class Pictures:
    """All pictures of a report, in the rubric's order."""

    pictures: tuple[Picture, ...] = ()
    #: A sentence where some, or all, are missing for another reason than the student's code.
    notice: str = ""
