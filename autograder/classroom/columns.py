"""A class as columns of numpy: read once from its results, and all statistics are made of them.

A cell is the number of what a submission's function got; equal cells are one record, however large
the class is. Only graded submissions have a row; what became of the others is in `roll`.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import repeat

import numpy as np

from autograder.classroom.records import FunctionResult, Result, ResultStatus

__all__ = ["NOT_STARTED", "Columns", "read_columns"]

NOT_STARTED = "not started"

#: Where a result says nothing of a function.
_NOTHING = FunctionResult(0.0, 0.0, 0.0, 0.0, NOT_STARTED)


@dataclass(frozen=True)
class Columns:
    """A class of n graded submissions and f functions.

    Attributes
    ----------
    functions : tuple of str
        Each ``file.function``, in the homework's order.
    roll : tuple of Result
        All results, graded or not, without what their functions got.
    graded : tuple of Result
        Those of `roll` that a row is about.
    cells : np.ndarray, shape (n, f), int32
        Where in `outcomes` the function's result is.
    outcomes : tuple of FunctionResult
        Each once.
    """

    functions: tuple[str, ...]
    roll: tuple[Result, ...]
    graded: tuple[Result, ...]
    cells: np.ndarray
    outcomes: tuple[FunctionResult, ...]

    @cached_property
    def score(self) -> np.ndarray:
        """The points of each function, shape (n, f)."""
        return self._take([one.score for one in self.outcomes])

    @cached_property
    def max_score(self) -> np.ndarray:
        """The points that each function is worth, shape (f,)."""
        worth = self._take([one.max_score for one in self.outcomes])
        return np.asarray(worth.max(axis=0, initial=0.0))

    @cached_property
    def is_right(self) -> np.ndarray:
        """Whether a function lost nothing, shape (n, f)."""
        return self._take([_is_right(one) for one in self.outcomes])

    @cached_property
    def is_started(self) -> np.ndarray:
        """Whether a function was written at all, shape (n, f)."""
        return self._take([one.status != NOT_STARTED for one in self.outcomes])

    @cached_property
    def misleads(self) -> np.ndarray:
        """Whether a function passes all that students have and loses points, shape (n, f)."""
        return self._take(
            [
                0 < one.public_max_score <= one.public_score and not _is_right(one)
                for one in self.outcomes
            ]
        )

    @cached_property
    def points(self) -> np.ndarray:
        """The points of all functions together, extra credit too, shape (n,)."""
        # Rounded, so that sums in another order are equal.
        return np.asarray(self.score.sum(axis=1).round(6))

    def _take(self, values: Iterable[float]) -> np.ndarray:
        return np.asarray(np.array(list(values))[self.cells])


def read_columns(results: Iterable[Result]) -> Columns:
    """Read each result once; none of their functions' records is kept twice."""
    functions: dict[str, int] = {}
    outcomes: dict[FunctionResult, int] = {_NOTHING: 0}
    roll: list[Result] = []
    rows: list[array[int]] = []
    for result in results:
        roll.append(replace(result, functions={}))
        if result.status == ResultStatus.GRADED:
            rows.append(_read_row(result, functions, outcomes))
    return Columns(
        tuple(functions),
        tuple(roll),
        tuple([one for one in roll if one.status == ResultStatus.GRADED]),
        _stack(rows, len(functions)),
        tuple(outcomes),
    )


def _read_row(
    result: Result, functions: dict[str, int], outcomes: dict[FunctionResult, int]
) -> "array[int]":
    row = array("i", repeat(0, len(functions)))
    for name, found in result.functions.items():
        place = functions.setdefault(name, len(functions))
        if place == len(row):
            row.append(0)
        row[place] = outcomes.setdefault(found, len(outcomes))
    return row


def _stack(rows: "list[array[int]]", width: int) -> np.ndarray:
    """Put rows below one another; early ones can be shorter, where a function came up later."""
    cells = np.zeros((len(rows), width), np.int32)
    for place, row in enumerate(rows):
        cells[place, : len(row)] = row
    return cells


def _is_right(one: FunctionResult) -> bool:
    return one.status != NOT_STARTED and one.score >= one.max_score
