"""Compare results, number by number: the one place that knows what counts as equal.

A result is a tree as `autograder.core.results` makes it: its leaves are pairs (array, name of the
type it had), a text that says what came back instead of an array, or None. Value, shape and type
are separate facts: `find_difference` looks at the values alone, in C order, whatever the shape.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
    name : str
        What is wrong with the form, short and stable; empty where nothing is, or no name fits.
    """

    label: str
    problem: str = ""
    index: int = -1
    got: np.ndarray | None = None
    expected: np.ndarray | None = None
    name: str = ""


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
    problem = _find_problem(got, expected, names)
    if problem is not None or is_leaf(expected):
        yield shown, got if problem is None else replace(problem, label=shown), expected
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


def _find_problem(got: Any, expected: Any, names: Any) -> Difference | None:
    """Return what is wrong with the form of a result, None where its parts can be looked at."""
    if got is None:
        return Difference("", "nothing came back (None): is a return missing?", name=NOTHING)
    if is_leaf(expected):
        return _find_no_array(got)
    if isinstance(expected, dict):
        is_dict = isinstance(got, dict)
        return _find_keys(got, expected) if is_dict else _find_no_dict(got, expected)
    return _find_wrong_count(got, expected, names)


#: The name of the most common problem.
NOTHING = "nothing-returned"

#: What came back, by `autograder.core.results`, and how that is called.
_FORMS = {
    "a str": "text-returned",
    "a dict": "dict-returned",
    "a tuple": "tuple-returned",
    "a list": "list-returned",
    "a function": "function-returned",
    "a method": "function-returned",
    "an ufunc": "function-returned",
    "a generator": "generator-returned",
    "a tuple whose rows have different lengths": "several-results-for-one",
}


def _name_form(got: Any) -> str:
    if not isinstance(got, str) or got.startswith("one array"):
        return "array-returned"
    return _FORMS.get(got, "")


def _find_no_array(got: Any) -> Difference | None:
    if is_leaf(got):
        return None
    if isinstance(got, str):
        return Difference("", f"{got} came back where an array belongs", name=_name_form(got))
    problem = "several results came back where one array belongs"
    return Difference("", problem, name="several-results-for-one")


def _find_no_dict(got: Any, expected: dict[str, Any]) -> Difference:
    came = got if isinstance(got, str) else "something else"
    problem = f"{came} came back where a dict belongs, with the keys {', '.join(expected)}"
    return Difference("", problem, name=_name_form(got))


def _find_keys(got: dict[str, Any], expected: dict[str, Any]) -> Difference | None:
    """Return which keys are missing, or too many."""
    lacking = [key for key in expected if key not in got]
    extra = [key[:40] for key in got if key not in expected]
    if lacking:
        instead = f", and has the {_list_keys(extra)} instead" if extra else ""
        problem = f"the dict that came back lacks the {_list_keys(lacking)}{instead}"
        return Difference("", problem, name="other-keys" if extra else "keys-missing")
    if extra:
        many = "a key" if len(extra) == 1 else "keys"
        problem = f"the dict that came back has {many} too many: {_list_few(extra)}"
        return Difference("", problem, name="keys-too-many")
    return None


#: Keys that are listed.
_FEW = 6


def _list_keys(keys: list[str]) -> str:
    return f"key{'s' if len(keys) > 1 else ''} {_list_few(keys)}"


def _list_few(keys: list[str]) -> str:
    return ", ".join(keys[:_FEW]) + (", ..." if len(keys) > _FEW else "")


def _find_wrong_count(got: Any, expected: tuple[Any, ...], names: Any) -> Difference | None:
    """Return what came back in place of several results."""
    names = names if isinstance(names, tuple) else ("",) * len(expected)
    are = "result is" if len(expected) == 1 else "results are"
    asked = f"{len(expected)} {are} expected: {', '.join(map(result_name, names))}"
    if not isinstance(got, tuple) or is_leaf(got):
        came = got if isinstance(got, str) else "one array"
        name = "one-result-for-several" if came.startswith("one array") else _name_form(got)
        return Difference("", f"{came} came back where {asked}", name=name)
    if len(got) == len(expected):
        return _find_one_array(got, expected, names, asked)
    count = f"{len(got)} result{'' if len(got) == 1 else 's'}"
    if len(got) < len(expected) and any([_is_tuple_of_arrays(item) for item in got]):
        problem = f"{count} came back where {asked}; inner parentheses make one of several"
        return Difference("", problem, name="nested-results")
    lacking = _find_lacking(got, expected, names)
    problem = f"{count} came back where {asked}{lacking}"
    name = "too-few-results" if len(got) < len(expected) else "too-many-results"
    return Difference("", problem, name=name)


def _is_tuple_of_arrays(item: Any) -> bool:
    return isinstance(item, str) and _name_form(item) == "several-results-for-one"


def _find_lacking(got: tuple[Any, ...], expected: tuple[Any, ...], names: Any) -> str:
    """Say which results are missing, where each that came back is one of the others."""
    places = []
    for item in got:
        same = [n for n, wanted in enumerate(expected) if _is_right(item, wanted)]
        places.append(same[0] if len(same) == 1 else -1)
    if -1 in places or len({*places}) != len(got) or len(got) > len(expected):
        return ""
    lacking = [result_name(name) for n, name in enumerate(names) if n not in places]
    listed = " and ".join(filter(None, [", ".join(lacking[:-1]), lacking[-1]]))
    return f"; {listed} {'is' if len(lacking) == 1 else 'are'} missing"


def _find_one_array(
    got: tuple[Any, ...], expected: tuple[Any, ...], names: Any, asked: str
) -> Difference | None:
    """Return which result came back alone: an array of as many rows as there are results."""
    if not all(map(is_leaf, got)) or len({(array.shape, name) for array, name in got}) > 1:
        return None
    whole = np.stack([array for array, _ in got]), got[0][1]
    for wanted, name in zip(expected, names, strict=True):
        if is_leaf(wanted) and wanted[0].shape == whole[0].shape and _is_right(whole, wanted):
            problem = f"{result_name(name)} alone came back where {asked}"
            return Difference("", problem, name="one-result-for-several")
    return None


def _is_right(got: Any, expected: Any) -> bool:
    """Tell whether a result has the shape and the numbers of an expected one."""
    if not is_leaf(got) or not is_leaf(expected) or got[0].shape != expected[0].shape:
        return False
    near = is_close(got[0].ravel(), expected[0].ravel(), dtype_name=got[1])
    return bool(near.all())


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
