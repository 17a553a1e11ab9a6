"""Calls of a function with their right results, recorded while compiling, and looked up again.

A call is looked up by its arguments: the same shapes, and every number within the tolerance of
values. Calls of the same shapes lie in one matrix, so that one is found in one step. Where batches
come in an open order, a call is the same with its items in another order, and so is its result.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.core.codec import decode, encode
from autograder.core.compare import FLOAT64_TOLERANCE, is_leaf
from autograder.core.vectors import shapes_in, vector_of

__all__ = ["RecordedCalls", "pack_calls"]

#: Items of which all orders are tried.
MAX_PERMUTED = 4

Tree = Any


def pack_calls(
    calls: Iterable[tuple[tuple[Tree, ...], Tree]],
    *,
    defaults: tuple[Tree, ...],
    batch: Mapping[int, int],
    result_axis: int,
) -> dict[str, Any]:
    """Return calls, pairs of arguments and result as trees, as the key holds them.

    The arguments have those that a call left out; the `defaults` are those of the last parameters.
    Where the order of a batch is open, `batch` has by position which axis of an argument counts its
    items, and `result_axis` that of the result, -1 for none.
    """
    groups: dict[tuple[Any, ...], list[tuple[np.ndarray, np.ndarray]]] = {}
    for arguments, result in calls:
        given, told = vector_of(arguments), vector_of(result)
        if given is not None and told is not None:
            template = encode(_with_numbers(result, 0 * told.numbers))
            layout = (given.forms, tuple(shapes_in(arguments)), template)
            groups.setdefault(layout, []).append((given.numbers, told.numbers))
    packed = [
        {
            "forms": forms,
            "shapes": shapes,
            "arguments": np.stack([given for given, _ in pairs]),
            "result": template,
            "results": np.stack([told for _, told in pairs]),
        }
        for (forms, shapes, template), pairs in groups.items()
    ]
    axes = tuple(batch.items())
    return {"defaults": defaults, "batch": axes, "axis": result_axis, "groups": tuple(packed)}


class RecordedCalls:
    """The recorded calls of one function; `packed` is as `pack_calls` makes it."""

    def __init__(self, packed: dict[str, Any]) -> None:
        self._defaults: tuple[Tree, ...] = packed["defaults"]
        self._batch: dict[int, int] = dict(packed["batch"])
        self._result_axis: int = packed["axis"]
        self._groups: tuple[dict[str, Any], ...] = packed["groups"]

    def look_up(self, arguments: tuple[Tree, ...]) -> Any:
        """Return the right result for a call's arguments, as a function returns it.

        It is None where the call was not recorded.
        """
        for count in range(len(self._defaults) + 1):  # how many of them were left out
            whole = arguments + self._defaults[len(self._defaults) - count :]
            for order in self._list_orders(whole):
                found = self._find(_permute_arguments(whole, order, self._batch))
                if found is not None:
                    back = np.argsort(order) if order else ()
                    return _bare(_permute(found, back, self._result_axis))
        return None

    def _list_orders(self, arguments: tuple[Tree, ...]) -> Iterator[Sequence[int]]:
        """Yield the orders of the items to be looked for, first as they are."""
        yield ()
        lengths = {
            _length(arguments[n], axis) for n, axis in self._batch.items() if n < len(arguments)
        }
        length = lengths.pop() if len(lengths) == 1 else 0
        if 1 < length <= MAX_PERMUTED:
            yield from itertools.permutations(range(length))

    def _find(self, arguments: tuple[Tree, ...]) -> Tree:
        vector = vector_of(arguments)
        if vector is None:
            return None
        shapes = tuple(shapes_in(arguments))
        for group in self._groups:
            if group["forms"] == vector.forms and group["shapes"] == shapes:
                place = _find_row(vector.numbers, group["arguments"])
                if place is not None:
                    return _with_numbers(decode(group["result"]), group["results"][place])
        return None


def _find_row(numbers: np.ndarray, rows: np.ndarray) -> int | None:
    """Return which of the rows is nearest to some numbers, None where none is near."""
    relative, absolute = FLOAT64_TOLERANCE
    with np.errstate(all="ignore"):
        distance = np.abs(rows - numbers)
        near = (distance <= absolute + relative * np.abs(rows)).all(axis=1)
        if not near.any():
            return None
        return int(np.where(near, distance.sum(axis=1), np.inf).argmin())


def _length(tree: Tree, axis: int) -> int:
    return int(tree[0].shape[axis]) if is_leaf(tree) and tree[0].ndim > axis else 0


def _permute_arguments(
    arguments: tuple[Tree, ...], order: Sequence[int], batch: Mapping[int, int]
) -> tuple[Tree, ...]:
    if not order:
        return arguments
    return tuple([_permute(tree, order, batch.get(n, -1)) for n, tree in enumerate(arguments)])


def _permute(tree: Tree, order: Any, axis: int) -> Tree:
    """Return a result with the items along an axis of each of its arrays in another order."""
    if axis < 0 or not len(order):
        return tree
    if is_leaf(tree):
        return np.take(tree[0], order, axis), tree[1]
    return tuple([_permute(item, order, axis) for item in tree])


def _bare(tree: Tree) -> Any:
    if is_leaf(tree):
        return tree[0]
    if isinstance(tree, dict):
        return {name: _bare(item) for name, item in tree.items()}
    return tuple(map(_bare, tree))


def _with_numbers(tree: Tree, numbers: np.ndarray) -> Tree:
    """Return a result of the same form with other numbers in it, as `vector_of` has them."""
    filled, rest = _fill(tree, numbers)
    assert not rest.size
    return filled


def _fill(tree: Tree, numbers: np.ndarray) -> tuple[Tree, np.ndarray]:
    if is_leaf(tree):
        array, name = tree
        own, rest = np.split(numbers, [array.size])
        return (own.reshape(array.shape).astype(array.dtype), name), rest
    filled = {}
    for key in sorted(tree) if isinstance(tree, dict) else range(len(tree)):
        filled[key], numbers = _fill(tree[key], numbers)
    return filled if isinstance(tree, dict) else tuple(filled.values()), numbers
