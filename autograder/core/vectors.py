"""Lay results out as vectors of numbers, so that many can be compared in one step.

Shape and type of the leaves are left out on purpose: only how many numbers each result has, and
under which keys.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from autograder.core.codec import decode, encode
from autograder.core.compare import FLOAT64_TOLERANCE, is_leaf, is_same_answer, tolerance

__all__ = [
    "RightAnswers",
    "Vector",
    "bundle",
    "is_among",
    "pack",
    "selected",
    "shapes_in",
    "share_an_answer",
    "unbundle",
    "vector_of",
    "without_extra_keys",
]


@dataclass(frozen=True)
class Vector:
    """A result as numbers.

    Attributes
    ----------
    forms : tuple of str
        For each of the results its keys and sizes; two results can be compared where it is equal.
    starts : tuple of int
        Where each of the results begins in `numbers`, and the end.
    numbers : numpy.ndarray, float64
        All leaves, in order (of keys, in a dict).
    relative, absolute : float or numpy.ndarray
        The tolerances that each number's type allows.
    """

    forms: tuple[str, ...]
    starts: tuple[int, ...]
    numbers: np.ndarray
    relative: Any
    absolute: Any


def selected(tree: Any, select: tuple[int, ...]) -> Any:
    """Return the results at the positions `select`; all where it is empty or out of range."""
    if not select or not isinstance(tree, tuple) or is_leaf(tree) or len(tree) <= max(select):
        return tree
    return tuple([tree[position] for position in select])


def without_extra_keys(tree: Any, example: Any) -> Any:
    """Return `tree` with no other keys than `example` has: they are the shape's affair."""
    if isinstance(tree, dict) and isinstance(example, dict) and example.keys() < tree.keys():
        return {key: tree[key] for key in example}
    is_several = isinstance(tree, tuple) and isinstance(example, tuple) and not is_leaf(example)
    if is_several and len(tree) == len(example):
        return tuple([without_extra_keys(*pair) for pair in zip(tree, example, strict=True)])
    return tree


def vector_of(tree: Any) -> Vector | None:
    """Return `tree` as a vector, None where some leaf is no array."""
    if is_leaf(tree):  # by far the most frequent case
        array, name = tree
        relative, absolute = tolerance(name)
        return Vector((str(array.size),), (0, array.size), _flat(array), relative, absolute)
    items = tree if isinstance(tree, tuple) else (tree,)
    leaves: list[tuple[np.ndarray, str]] = []
    forms, starts = [], [0]
    for item in items:
        form = _collect(item, leaves)
        if form is None:
            return None
        forms.append(form)
        starts.append(sum([array.size for array, _ in leaves]))
    return _joined(tuple(forms), tuple(starts), leaves)


def _flat(array: np.ndarray) -> np.ndarray:
    return array.reshape(-1).astype(np.float64, copy=False)


def _joined(
    forms: tuple[str, ...], starts: tuple[int, ...], leaves: list[tuple[np.ndarray, str]]
) -> Vector:
    numbers = np.concatenate([np.zeros(0), *[_flat(array) for array, _ in leaves]])
    bounds = [tolerance(name) for _, name in leaves]
    if all([bound == FLOAT64_TOLERANCE for bound in bounds]):
        return Vector(forms, starts, numbers, *FLOAT64_TOLERANCE)
    sizes = [array.size for array, _ in leaves]
    table = np.repeat(np.array(bounds), sizes, axis=0)
    return Vector(forms, starts, numbers, table[:, 0], table[:, 1])


def _collect(tree: Any, leaves: list[tuple[np.ndarray, str]]) -> str | None:
    """Add the leaves of `tree`; return its form, None where some leaf is no array."""
    if is_leaf(tree):
        leaves.append(tree)
        return str(tree[0].size)
    if not isinstance(tree, dict):
        return None
    forms = []
    for key in sorted(tree):
        form = _collect(tree[key], leaves)
        if form is None:
            return None
        forms.append(f"{key!r}: {form}")
    return f"{{{', '.join(forms)}}}"


def pack(trees: tuple[Any, ...], *, dtype: type[np.floating] = np.float64) -> dict[str, Any]:
    """Return all right results of a call, of one form and of arrays only, as the key holds them.

    `dtype` is that of the numbers to compare with: float32 takes half the place, and is far finer
    than the tolerance of values.
    """
    vectors = [vector_of(tree) for tree in trees]
    first = vectors[0]
    assert first is not None
    rows = np.stack([vector.numbers for vector in vectors if vector is not None])
    assert len(rows) == len(trees)
    with np.errstate(over="ignore"):  # a wrong result may be larger than a float32
        rows = rows.astype(dtype, copy=False)
    return {
        "forms": first.forms,
        "starts": first.starts,
        "rows": rows,
        "example": encode(trees[0]),
    }


def bundle(trees: Any) -> Any:
    """Return several results that differ in their numbers alone in a form that takes little place.

    Their numbers become float32, far finer than the tolerance of values. What is no such tuple of
    results comes back as it is.
    """
    vectors = [vector_of(tree) for tree in trees] if isinstance(trees, tuple) else []
    if len(vectors) < 2 or not all([v and v.relative is FLOAT64_TOLERANCE[0] for v in vectors]):
        return trees
    layouts = [(v.forms, shapes_in(t)) for v, t in zip(vectors, trees, strict=True) if v]
    if any([layout != layouts[0] for layout in layouts]):
        return trees
    return {"bundle": encode(trees[0]), "rows": pack(trees, dtype=np.float32)["rows"]}


def unbundle(value: Any) -> Any:
    """Return what `bundle` was given."""
    if not isinstance(value, dict) or "bundle" not in value:
        return value
    return tuple(_spread(decode(value["bundle"]), value["rows"].astype(np.float64))[0])


def _spread(like: Any, rows: np.ndarray) -> tuple[list[Any], np.ndarray]:
    """Return a tree like `like` for each row, in the order of `vector_of`, and what is left."""
    if is_leaf(like):
        size, shape = like[0].size, like[0].shape
        arrays = rows[:, :size].reshape(len(rows), *shape)
        return [(array, like[1]) for array in arrays], rows[:, size:]
    parts = []
    for key in sorted(like) if isinstance(like, dict) else range(len(like)):
        part, rows = _spread(like[key], rows)
        parts.append(part)
    each = zip(*parts, strict=True)
    if isinstance(like, dict):
        named = [dict(zip(sorted(like), several, strict=True)) for several in each]
        return [{key: one[key] for key in like} for one in named], rows
    return list(each), rows


class RightAnswers:
    """All right results of one call; a result is right if it is close to one of their rows.

    `packed` is as `pack` makes it, `select` the positions of the results that count; empty for all.
    """

    def __init__(self, packed: dict[str, Any], select: tuple[int, ...]) -> None:
        self.select = select
        self.forms: tuple[str, ...] = packed["forms"]
        self.rows: np.ndarray = packed["rows"]
        self._example: bytes = packed["example"]
        if select:
            starts = packed["starts"]
            columns = [np.arange(starts[i], starts[i + 1]) for i in select]
            self.forms = tuple([self.forms[i] for i in select])
            self.rows = self.rows[:, np.concatenate(columns)]

    @cached_property
    def count(self) -> int:
        """How many right results there are that differ in what is selected."""
        return 1 if bool((self.rows == self.rows[0]).all()) else len(self.rows)

    @cached_property
    def example(self) -> Any:
        """One of the right results, as a tree: for messages, and for shapes and types."""
        return selected(decode(self._example), self.select)

    @cached_property
    def _is_finite(self) -> bool:
        """Whether all is finite: right results are, those under another's mistake may not be."""
        return bool(np.isfinite(self.rows).all())

    def match(self, got: Any) -> int | None:
        """Return which right result `got`, the selected results, is; None where it is none."""
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

    def find_nearest(self, got: Any) -> int | None:
        """Return which right result `got`, the selected results, is nearest to.

        It is the one with which the most numbers agree, and of several the one that is the least
        far away. None where `got` has another form than all of them.
        """
        vector = vector_of(got)
        if vector is None or vector.forms != self.forms:
            return None
        with np.errstate(all="ignore"):
            distance = np.abs(vector.numbers - self.rows)
            same = distance <= vector.absolute + vector.relative * np.abs(self.rows)
            far = np.nan_to_num(distance / (1 + np.abs(self.rows)), nan=1e9, posinf=1e9)
        return int(np.lexsort((far.sum(axis=1), -same.sum(axis=1)))[0])

    def tree(self, number: int) -> Any:
        """Return one of the right results, as a tree; of all results, whatever is selected."""
        return _spread(decode(self._example), self.rows[[number]])[0][0]


def is_among(got: Any, trees: Sequence[Any]) -> bool:
    """Tell whether `got` is the same answer as one of `trees`, whatever the shapes."""
    vector = vector_of(got)
    if vector is None or len(trees) < MANY_PAIRS:
        return any([is_same_answer(got, tree, shapes=False) for tree in trees])
    others = [other for other in map(vector_of, trees) if other and other.forms == vector.forms]
    if not others:
        return False
    rows = np.stack([other.numbers for other in others])
    with np.errstate(all="ignore"):
        same = np.abs(vector.numbers - rows) <= vector.absolute + vector.relative * np.abs(rows)
    same |= (vector.numbers == rows) | (np.isnan(vector.numbers) & np.isnan(rows))
    return bool(same.all(axis=1).any())


def share_an_answer(some: tuple[Any, ...], others: tuple[Any, ...]) -> bool:
    """Tell whether a result of `some` is the same answer as one of `others`.

    As `is_same_answer`, but all pairs at once where they are many; remembered for the same two
    tuples, since many calls differ in their seed alone.
    """
    return _share_an_answer(_Same(some), _Same(others))


class _Same:
    """A tuple of results as a key: equal to itself alone, and kept alive."""

    def __init__(self, trees: tuple[Any, ...]) -> None:
        self.trees = trees

    def __hash__(self) -> int:
        return id(self.trees)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.trees is other.trees


#: From how many pairs of results on they are compared as matrices.
MANY_PAIRS = 16


@functools.lru_cache(maxsize=256)
def _share_an_answer(some: _Same, others: _Same) -> bool:
    if len(some.trees) * len(others.trees) < MANY_PAIRS:
        return _has_equal_pair(some, others)
    first, second = _by_layout(some), _by_layout(others)
    if first is None or second is None:
        return _has_equal_pair(some, others)
    relative, absolute = FLOAT64_TOLERANCE
    for layout in first.keys() & second.keys():
        rows = second[layout]
        margin = absolute + relative * np.abs(rows)
        for row in first[layout]:
            with np.errstate(all="ignore"):
                near = np.abs(row - rows) <= margin
            same = near | (row == rows) | (np.isnan(row) & np.isnan(rows))
            if same.all(axis=1).any():
                return True
    return False


def _has_equal_pair(some: _Same, others: _Same) -> bool:
    return any([is_same_answer(a, b) for a in some.trees for b in others.trees])


@functools.lru_cache(maxsize=256)
def _by_layout(some: _Same) -> dict[tuple[Any, ...], np.ndarray] | None:
    """Return the numbers of float64 results by their forms and shapes, None where others are."""
    found: dict[tuple[Any, ...], list[np.ndarray]] = {}
    for tree in some.trees:
        vector = vector_of(tree)
        if vector is None or vector.relative is not FLOAT64_TOLERANCE[0]:
            return None
        found.setdefault((vector.forms, *shapes_in(tree)), []).append(vector.numbers)
    return {layout: np.stack(rows) for layout, rows in found.items()}


def shapes_in(tree: Any) -> list[tuple[int, ...]]:
    """Return the shapes of a result's arrays, in the order of its numbers."""
    if is_leaf(tree):
        return [tree[0].shape]
    items = [tree[key] for key in sorted(tree)] if isinstance(tree, dict) else tree
    return [shape for item in items for shape in shapes_in(item)]
