"""Compare results, number by number: the one place that knows what counts as equal.

A result is a tree as `autograder.core.results` makes it: its leaves are pairs (array, name of the
type it had), a text that says what came back instead of an array, or None. Value, shape and type
are separate facts: `find_difference` looks at the values alone, in C order, whatever the shape.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = [
    "Difference",
    "arrays_in",
    "find_difference",
    "is_leaf",
    "is_same_answer",
    "leaves",
    "result_name",
    "tolerance",
]

#: Relative and absolute tolerance of values, by the type that came back. Students are promised the
#: first line; float32 and float16 are compared at what they can hold of numbers up to 1000.
TOLERANCES = {"float32": (1e-4, 1e-5), "float16": (2e-2, 2e-2)}
FLOAT64_TOLERANCE = (1e-6, 1e-9)


@dataclass(frozen=True)
class Difference:
    """Where a result first differs from the expected one.

    Attributes
    ----------
    label : str
        Which result, in the notes' symbols; empty where there is only one.
    problem : str
        A sentence where the two can't be compared number by number, else empty.
    index : int
        The position of the first wrong number in C order, -1 where `problem` says more.
    got, expected : numpy.ndarray or None
        The arrays that differ.
    """

    label: str
    problem: str = ""
    index: int = -1
    got: np.ndarray | None = None
    expected: np.ndarray | None = None


def tolerance(dtype_name: str) -> tuple[float, float]:
    """Return the relative and the absolute tolerance for a result of type `dtype_name`."""
    return TOLERANCES.get(dtype_name, FLOAT64_TOLERANCE)


def is_close(got: np.ndarray, expected: np.ndarray, *, dtype_name: str) -> np.ndarray:
    """Return where two flat arrays of the same size agree; nan agrees with nothing."""
    relative, absolute = tolerance(dtype_name)
    with np.errstate(all="ignore"):
        distance = np.abs(got.astype(np.float64) - expected)
        near = distance <= absolute + relative * np.abs(expected)
    both: np.ndarray = near & (distance < np.inf)  # nothing finite is near to infinity
    return both


def find_difference(
    got: Any, expected: Any, *, names: Any, values: bool = True
) -> Difference | None:
    """Return the first difference between two results, None where they agree.

    `expected` holds arrays only; `names` are the homework's of the results. Without `values`, the
    numbers do not count, only which results there are and how many numbers each has.
    """
    for label, got_leaf, expected_leaf in leaves(got, expected, names=names):
        if isinstance(got_leaf, Difference):
            return got_leaf
        found = _leaf_difference(label, got_leaf, expected_leaf)
        if found is not None and (values or found.problem):
            return found
    return None


def leaves(got: Any, expected: Any, *, names: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield label, got leaf and expected leaf side by side.

    Where the two trees differ in structure, the got leaf is a `Difference` and nothing follows.
    """
    yield from _walk(got, expected, "" if isinstance(names, str) else None, names)


def _walk(got: Any, expected: Any, label: str | None, names: Any) -> Iterator[tuple[str, Any, Any]]:
    shown = label or ""
    if is_leaf(expected):
        problem = _not_an_array(got)
        yield shown, Difference(shown, problem) if problem else got, expected
        return
    problem = _wrong_structure(got, expected, names)
    if problem:
        yield shown, Difference(shown, problem), expected
    elif isinstance(expected, dict):
        for key in expected:
            yield from _walk(got[key], expected[key], key, "")
    else:
        for position, inner in enumerate(expected):
            name = result_name(names[position]) if isinstance(names, tuple) else ""
            yield from _walk(got[position], inner, name, "")


def result_name(names: Any) -> str:
    """Return the name of one of several results; a dict's stands around its keys'."""
    return names if isinstance(names, str) else str(next(iter(names)))


def is_leaf(tree: Any) -> bool:
    """Tell whether `tree` is one array with the name of the type it had."""
    return (
        isinstance(tree, tuple)
        and len(tree) == 2
        and isinstance(tree[0], np.ndarray)
        and isinstance(tree[1], str)
    )


def arrays_in(tree: Any) -> Iterator[np.ndarray]:
    """Yield every array of a result or an argument."""
    if isinstance(tree, np.ndarray):
        yield tree
    elif isinstance(tree, dict | tuple):
        for item in tree.values() if isinstance(tree, dict) else tree:
            yield from arrays_in(item)


def _not_an_array(got: Any) -> str:
    if got is None:
        return "nothing came back (None): is a return missing?"
    if isinstance(got, str):
        return f"{got} came back where an array belongs"
    return "" if is_leaf(got) else "several results came back where one array belongs"


def _wrong_structure(got: Any, expected: Any, names: Any) -> str:
    if got is None:
        return "nothing came back (None): is a return missing?"
    if isinstance(expected, dict):
        return _wrong_keys(got, expected)
    if isinstance(got, tuple) and not is_leaf(got) and len(got) == len(expected):
        return ""
    asked = ", ".join([result_name(name) for name in names])
    came = got if isinstance(got, str) else "one array"
    if isinstance(got, tuple) and not is_leaf(got):
        came = f"{len(got)} results"
    return f"{came} came back where {len(expected)} results are expected: {asked}"


def _wrong_keys(got: Any, expected: dict[str, Any]) -> str:
    if not isinstance(got, dict):
        came = got if isinstance(got, str) else "something else"
        return f"{came} came back where a dict belongs, with the keys {', '.join(expected)}"
    lacking = [key for key in expected if key not in got]
    if lacking:
        return f"the dict that came back lacks the key {lacking[0]}"
    extra = [key for key in got if key not in expected]
    return f"the dict that came back has a key too many: {extra[0][:40]}" if extra else ""


def _leaf_difference(label: str, got: Any, expected: Any) -> Difference | None:
    array, dtype_name = got
    right = expected[0]
    if array.size != right.size:
        problem = f"its shape is {array.shape}, expected {right.shape}"
        return Difference(label, problem, got=array, expected=right)
    near = is_close(array.ravel(), right.ravel(), dtype_name=dtype_name)
    if near.all():
        return None
    return Difference(label, "", int(np.argmin(near)), array, right)


def is_same_answer(got: Any, wrong: Any, *, shapes: bool = True) -> bool:
    """Tell whether `got` is what a known mistake gives, with nan where it has nan.

    Two results of different structure are never the same; two that are no arrays are if they are
    equal. Without `shapes`, only the numbers in C order have to be equal.
    """
    if is_leaf(got) and is_leaf(wrong):
        is_comparable = got[0].shape == wrong[0].shape if shapes else got[0].size == wrong[0].size
        return is_comparable and _has_same_numbers(got[0], wrong[0], got[1])
    if isinstance(got, tuple) and isinstance(wrong, tuple):
        return len(got) == len(wrong) and all(
            [is_same_answer(*pair, shapes=shapes) for pair in zip(got, wrong, strict=True)]
        )
    if isinstance(got, dict) and isinstance(wrong, dict):
        return got.keys() == wrong.keys() and all(
            [is_same_answer(got[key], wrong[key], shapes=shapes) for key in wrong]
        )
    return type(got) is type(wrong) and not isinstance(got, np.ndarray) and bool(got == wrong)


def _has_same_numbers(got: np.ndarray, wrong: np.ndarray, dtype_name: str) -> bool:
    got_numbers, wrong_numbers = got.astype(np.float64).ravel(), wrong.astype(np.float64).ravel()
    with np.errstate(all="ignore"):
        same = is_close(got_numbers, wrong_numbers, dtype_name=dtype_name)
    same |= (got_numbers == wrong_numbers) | (np.isnan(got_numbers) & np.isnan(wrong_numbers))
    return bool(same.all())
