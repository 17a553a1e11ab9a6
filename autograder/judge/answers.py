"""Match a result with the right ones at once, however many there are.

A result's leaves are laid out in one vector of numbers, and the right results in one matrix; a result is right if it
is close to a row. Shape and type of the leaves do not matter here, only how many numbers each has.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.compare import tolerance

__all__ = ["RightAnswers", "Vector", "selected", "vector_of"]


@dataclass(frozen=True)
class Vector:
    """A result as numbers.

    Attributes
    ----------
    form : tuple
        The structure: keys, and the size of each leaf. Two results are comparable if it is equal.
    numbers, relative, absolute : numpy.ndarray
        One entry a number: its value, and the tolerances that its type allows.
    """

    form: Any
    numbers: np.ndarray
    relative: np.ndarray
    absolute: np.ndarray


def selected(tree: Any, select: tuple[int, ...]) -> Any:
    """Return the results at the positions `select`; everything where it is empty or there are fewer."""
    if not select or not isinstance(tree, tuple) or len(tree) <= max(select):
        return tree
    return tuple([tree[position] for position in select])


def vector_of(tree: Any) -> Vector | None:
    """Return `tree` as a vector, None where some leaf is no array."""
    leaves: list[tuple[np.ndarray, str]] = []
    form = _collect(tree, leaves)
    if form is None:
        return None
    numbers = np.concatenate([np.zeros(0), *[array.ravel() for array, _ in leaves]])
    sizes = [array.size for array, _ in leaves]
    bounds = np.array([tolerance(name) for _, name in leaves]).reshape(-1, 2)
    return Vector(form, numbers, np.repeat(bounds[:, 0], sizes), np.repeat(bounds[:, 1], sizes))


def _collect(tree: Any, leaves: list[tuple[np.ndarray, str]]) -> Any:
    if isinstance(tree, dict):
        forms = [(key, _collect(tree[key], leaves)) for key in sorted(tree)]
        return None if any([form is None for _, form in forms]) else tuple(forms)
    if not isinstance(tree, tuple):
        return None
    if len(tree) == 2 and isinstance(tree[0], np.ndarray) and isinstance(tree[1], str):
        leaves.append(tree)
        return tree[0].size
    inner = [_collect(item, leaves) for item in tree]
    return None if any([form is None for form in inner]) else tuple(inner)


class RightAnswers:
    """All right results of one call.

    Parameters
    ----------
    trees : tuple
        The right results.
    select : tuple of int
        The positions of the results that count.
    """

    def __init__(self, trees: tuple[Any, ...], select: tuple[int, ...]) -> None:
        self.trees = tuple([selected(tree, select) for tree in trees])
        vectors = [vector_of(tree) for tree in self.trees]
        assert all([vector is not None for vector in vectors]), "the key's results are arrays"
        self.form = vectors[0].form  # type: ignore[union-attr]
        self.rows = np.stack([vector.numbers for vector in vectors])  # type: ignore[union-attr]

    def match(self, got: Any) -> int | None:
        """Return which right result `got` is, None where it is none of them; nan is never right."""
        vector = vector_of(got)
        if vector is None or vector.form != self.form:
            return None
        with np.errstate(all="ignore"):
            distance = np.abs(vector.numbers - self.rows)
            near = (distance <= vector.absolute + vector.relative * np.abs(self.rows)).all(axis=1)
        return int(np.argmax(near)) if near.any() else None
