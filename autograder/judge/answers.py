"""Match a result with the right ones at once, however many there are.

A result's leaves are laid out in one vector of numbers, and the right results in one matrix, which
lies in the key ready for use (see `autograder.core.vectors`); a result is right if it is close to
a row.
"""

from functools import cached_property
from typing import Any

import numpy as np

from autograder.core.codec import decode
from autograder.core.vectors import selected, vector_of

__all__ = ["RightAnswers"]


class RightAnswers:
    """All right results of one call.

    Parameters
    ----------
    packed : dict
        As `autograder.core.vectors.pack` makes it.
    select : tuple of int
        The positions of the results that count; empty for all.
    """

    def __init__(self, packed: dict[str, Any], select: tuple[int, ...]) -> None:
        self.select = select
        self.forms: tuple[str, ...] = packed["forms"]
        self.rows: np.ndarray = packed["rows"]
        self.count = len(self.rows)
        self._example: bytes = packed["example"]
        if select:
            starts = packed["starts"]
            columns = [np.arange(starts[i], starts[i + 1]) for i in select]
            self.forms = tuple([self.forms[i] for i in select])
            self.rows = self.rows[:, np.concatenate(columns)]

    @cached_property
    def example(self) -> Any:
        """One of the right results, as a tree: for messages, and for shapes and types."""
        return selected(decode(self._example), self.select)

    @cached_property
    def _is_finite(self) -> bool:
        """Whether all is finite: right results are, those under another's mistake may not be."""
        return bool(np.isfinite(self.rows).all())

    def match(self, got: Any) -> int | None:
        """Return which right result `got` is, None where it is none of them.

        Parameters
        ----------
        got : tree
            Only the selected results.
        """
        vector = vector_of(got)
        if vector is None or vector.forms != self.forms:
            return None
        with np.errstate(invalid="ignore"):  # infinite on both sides, under another's mistake
            distance = np.abs(vector.numbers - self.rows)
        same = distance <= vector.absolute + vector.relative * np.abs(self.rows)
        if not self._is_finite:
            same |= (vector.numbers == self.rows) | (np.isnan(vector.numbers) & np.isnan(self.rows))
        near = same.all(axis=1)
        place = int(near.argmax())
        return place if near[place] else None
