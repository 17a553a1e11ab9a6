"""Explain a wrong shape by lengths alone, where no relation between the numbers does.

It works where many results are right as well, since these have one shape. What is said of a length
holds for every call of the check that returned a result, and these have different lengths.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.core.compare import is_leaf, leaves
from autograder.core.records import CheckKind, ExplainedBy, Returned, Status
from autograder.core.vectors import selected
from autograder.homework.key import CheckKey
from autograder.judge.evidence import Evidence, Finding
from autograder.judge.relations.case import Relation, plain_name, same

__all__ = ["with_form"]

_Shape = tuple[int, ...]


@dataclass(frozen=True)
class _Form:
    """One result of one call: the arguments of that call, what came back, and a right result."""

    arguments: Mapping[str, Any]
    got: np.ndarray
    right: np.ndarray


_Forms = Sequence[_Form]


def with_form(check: CheckKey, evidence: Evidence, finding: Finding) -> Finding:
    """Return the finding with what its shape tells, where nothing else explains it."""
    is_for_us = finding.status == Status.FAILED and finding.may_be_known and not finding.mistake
    if not is_for_us or finding.obstacle is not None:
        return finding
    if check.kind not in (CheckKind.VALUES, CheckKind.SHAPE):
        return finding
    try:
        label, found = _explain(_collect(check, evidence))
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return finding  # what came back is a stranger's; an explanation is never worth a grade
    if found is None:
        return finding
    clause = found.sentence
    sentence = f"{label}: {clause}." if label else f"{clause[0].upper()}{clause[1:]}."
    return replace(
        finding,
        mistake=found.name,
        sentence=sentence,
        explained_by=ExplainedBy.RELATION,
    )


def _explain(results: Mapping[str, _Forms]) -> tuple[str, Relation | None]:
    """Return what explains the first result that has a wrong shape, and which one that is."""
    for label, forms in results.items():
        if any([form.got.shape != form.right.shape for form in forms]):
            return label, next(filter(None, [search(forms) for search in _SEARCHES]), None)
    return "", None


def _collect(check: CheckKey, evidence: Evidence) -> dict[str, list[_Form]]:
    """Return the results by name; none where one call returned something of another form."""
    names = selected(evidence.key.names, check.select)
    found: dict[str, list[_Form]] = {}
    for call in check.calls:
        if not isinstance(evidence.outcome(call), Returned):
            continue
        right = evidence.right(call, check.select).example
        got = evidence.wanted_result(call, check.select)
        arguments = dict(_take_out_of_dicts(evidence.key.named_arguments(evidence.phase, call)))
        for label, got_leaf, right_leaf in leaves(got, right, names=names):
            if not is_leaf(got_leaf):
                return {}
            form = _Form(arguments, got_leaf[0], right_leaf[0])
            found.setdefault(label, []).append(form)
    return found


def _take_out_of_dicts(named: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in named.items():
        if isinstance(value, dict):
            yield from [(f'{name}["{key}"]', item) for key, item in value.items()]
        else:
            yield name, value


def _find_integers(form: _Form, *, arrays: bool) -> dict[str, Any]:
    """Return the arguments that are integers, or arrays of them."""
    if not arrays:
        given = form.arguments.items()
        return {name: v for name, v in given if isinstance(v, int) and not isinstance(v, bool)}
    return {
        name: value
        for name, value in form.arguments.items()
        if isinstance(value, np.ndarray) and value.dtype.kind in "iu" and value.size
    }


def _vary(numbers: Sequence[Any]) -> bool:
    return len(set(numbers)) > 1


def _counted_by_the_largest(forms: _Forms) -> Relation | None:
    """One axis is as long as the largest of some integers says, plus one."""
    if any([form.got.ndim != form.right.ndim for form in forms]):
        return None
    for axis in range(min([form.right.ndim for form in forms])):
        others = [(np.delete(f.got.shape, axis), np.delete(f.right.shape, axis)) for f in forms]
        lengths = [form.got.shape[axis] for form in forms]
        if not _vary(lengths) or not all([np.array_equal(*pair) for pair in others]):
            continue
        for name in _find_integers(forms[0], arrays=True):
            tops = [_find_integers(form, arrays=True).get(name, np.array(-1)) for form in forms]
            if lengths == [int(top.max()) + 1 for top in tops]:
                where = "" if forms[0].right.ndim == 1 else f" along axis {axis}"
                return Relation(
                    f"length-from-largest-{plain_name(name)}",
                    f"its length{where} is {name}.max() + 1: numbers that do not occur in {name}"
                    " need their places, too",
                )
    return None


#: From the length that is right, the number of items and the size of their parts to a length.
_Rule = Callable[[int, int, int], float]

#: A length that is wrong, as Python, and how it comes about.
_LENGTHS: tuple[tuple[str, str, _Rule], ...] = (
    ("one-more-than-expected", "{right} + 1", lambda right, items, size: right + 1),
    ("one-less-than-expected", "{right} - 1", lambda right, items, size: right - 1),
    ("one-for-each-item", "{right} * len({items})", lambda right, items, size: right * items),
    ("one-for-each-item", "len({items})", lambda right, items, size: items),
    (
        "one-for-each-batch",
        "{right} * len({items}) / {size}",
        lambda right, items, size: right * items / size,
    ),
    (
        "one-for-each-batch",
        "{right} * len({items}) / {size}, rounded up",
        lambda right, items, size: right * -(-items // size),
    ),
    (
        "one-for-each-batch",
        "{right} * len({items}) / {size}, rounded down",
        lambda right, items, size: right * (items // size),
    ),
    (
        "one-for-each-batch",
        "len({items}) / {size}, rounded up",
        lambda right, items, size: -(-items // size),
    ),
)


def _of_other_parts(forms: _Forms) -> Relation | None:
    """One axis, whose length an argument says, has an entry for each of something else."""
    if any([form.got.ndim != 1 or form.right.ndim != 1 for form in forms]):
        return None
    lengths = [form.got.size for form in forms]
    numbers = [_find_integers(form, arrays=False) for form in forms]
    wanted = [form.right.size for form in forms]
    names = [name for name in numbers[0] if [n.get(name) for n in numbers] == wanted]
    if len(names) != 1 or not _vary(lengths):
        return None
    items, counts = _find_items(forms)
    for name, words, rule in _LENGTHS:
        for size in [other for other in numbers[0] if other != names[0]] or [""]:
            sizes = [max(n.get(size, 1), 1) for n in numbers]
            given = zip(wanted, counts, sizes, strict=True)
            is_known = bool(items) and (bool(size) or "{size}" not in words)
            if is_known and lengths == [rule(*of_one) for of_one in given]:
                said = words.format(right=names[0], items=items, size=size)
                expected = f"one number for each of the {names[0]} is expected"
                return Relation(name, f"its length is {said}: {expected}")
    return None


def _find_items(forms: _Forms) -> tuple[str, list[int]]:
    """Return the first array argument and its lengths."""
    for name, value in forms[0].arguments.items():
        if isinstance(value, np.ndarray) and value.ndim:
            arrays = [form.arguments.get(name) for form in forms]
            if all([isinstance(array, np.ndarray) and array.ndim > 0 for array in arrays]):
                return name, [len(array) for array in arrays if array is not None]
    return "", []


def _of_each_item(forms: _Forms) -> Relation | None:
    """There is one axis more, along the items: nothing is averaged, or added up, over them."""
    forms = [form for form in forms if form.right.size]  # of nothing, an axis is not seen
    items, counts = _find_items(forms) if forms else ("", [])
    shapes = [(*form.right.shape, count) for form, count in zip(forms, counts, strict=False)]
    if not items or not _vary(counts) or [form.got.shape for form in forms] != shapes:
        return None
    return Relation(
        "one-for-each-item",
        f"there is one axis more, as long as {items}: one number for each item came back where one"
        " for all of them is expected",
    )


def _one_of_several(forms: _Forms) -> Relation | None:
    """Several arrays came back in one, and one of these is right."""
    counts = {form.got.shape[:1] for form in forms}
    is_stacked = all([form.got.shape[1:] == form.right.shape for form in forms])
    if not is_stacked or len(counts) != 1 or not _vary([form.right.tobytes() for form in forms]):
        return None
    (count,) = counts.pop()
    for place in range(count if 2 <= count <= 8 else 0):
        if all([_is_right(form.got[place], form.right) for form in forms]):
            return Relation(
                "several-results-for-one",
                f"{count} arrays came back in one: entry {place} is the right result, return that"
                " one alone",
            )
    return None


def _is_right(got: np.ndarray, right: np.ndarray) -> bool:
    with np.errstate(all="ignore"):
        return bool(same(got.astype(np.float64), right.astype(np.float64), 1e-6, 1e-9).all())


def _picked_by_a_list(forms: _Forms) -> Relation | None:
    """Whole rows came back twice, where one entry of each row is expected."""
    for rows, value in forms[0].arguments.items():
        for places in _find_integers(forms[0], arrays=True):
            is_so = isinstance(value, np.ndarray) and value.ndim > 1
            if is_so and all([_is_picked(form, rows, places) for form in forms]):
                return Relation(
                    "list-of-indices",
                    f"this is the shape of {rows}[[i, {places}]], which picks whole rows:"
                    f" {rows}[i, {places}] picks one entry of each",
                )
    return None


def _is_picked(form: _Form, rows: str, places: str) -> bool:
    array, numbers = form.arguments.get(rows), form.arguments.get(places)
    if not isinstance(array, np.ndarray) or not isinstance(numbers, np.ndarray):
        return False
    is_one_each = form.right.shape == numbers.shape == array.shape[:1]
    return is_one_each and form.got.shape == (2, *numbers.shape, *array.shape[1:])


def _product_of_matrices(forms: _Forms) -> Relation | None:
    """It is as wide as high, as the matrix product of two arrays of the right shape is."""
    if any([form.right.ndim != 2 or form.got.ndim != 2 for form in forms]):
        return None
    shapes = {form.right.shape for form in forms}
    for axis, product in enumerate(("A @ B.T", "A.T @ B")):
        is_so = all([form.got.shape == (form.right.shape[axis],) * 2 for form in forms])
        # Two shapes that differ in this length, and are not as wide as high themselves.
        lengths = {shape[axis] for shape in shapes if shape[0] != shape[1]}
        if is_so and len(lengths) > 1:
            return Relation(
                "matrix-product-of-two",
                f"this has the shape of {product}, the matrix product, for two arrays of the"
                " expected shape: * is the product entry by entry",
            )
    return None


def _single_number(forms: _Forms) -> Relation | None:
    """One number came back for an array."""
    if all([form.got.ndim == 0 and form.right.ndim > 0 for form in forms]):
        return Relation(
            "single-number", "a single number came back, where an array of several is expected"
        )
    return None


_SEARCHES: tuple[Callable[[_Forms], Relation | None], ...] = (
    _of_each_item,
    _one_of_several,
    _counted_by_the_largest,
    _picked_by_a_list,
    _of_other_parts,
    _product_of_matrices,
    _single_number,
)
