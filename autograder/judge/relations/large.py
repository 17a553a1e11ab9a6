"""Where a result is wrong because an argument is large: from which size on."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.judge.relations.case import Case, Cause, plain_name

__all__ = ["FEWEST", "aligned_arguments", "large_numbers"]

#: Numbers on either side of a line between right and wrong, for the line to mean something.
FEWEST = 3


def aligned_arguments(case: Case) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the arguments of the result's shape, in one row."""
    for name, values in case.arguments.items():
        pairs = zip(values, case.examples, strict=True)
        if all([isinstance(v, np.ndarray) and v.shape == e.right.shape for v, e in pairs]):
            yield name, case.flat(values)


def large_numbers(case: Case) -> Cause | None:
    """Right where an argument is small, wrong where it is large; or on one side alone."""
    if not case.is_aligned:
        return None
    for name, x in aligned_arguments(case):
        cause = _line(name, x, case.wrong)
        if cause is not None:
            return cause
    for name, values in case.arguments.items():
        cause = _rows(case, name, values)
        if cause is not None:
            return cause
    return None


def _line(name: str, x: np.ndarray, wrong: np.ndarray, *, row: str = "") -> Cause | None:
    """Find the size from which on everything is wrong, and nothing below it."""
    if min(int(wrong.sum()), int((~wrong).sum())) < FEWEST:
        return None
    for side, words, size in (
        ("", "up to {} in size, wrong from {} on", np.abs(x)),
        ("positive ", "up to {}, wrong from {} on", x),
        ("negative ", "down to -{}, wrong from -{} on", -x),
    ):
        right_up_to, wrong_from = size[~wrong].max(), size[wrong].min()
        if 0 < right_up_to < wrong_from:
            numbers = words.format(f"{right_up_to:g}", f"{wrong_from:g}")
            return Cause(
                f"wrong-for-large-{side.replace(' ', '-')}{plain_name(name)}",
                f"this is right for {row}{name} {numbers}",
            )
    return None


def _rows(case: Case, name: str, values: tuple[Any, ...]) -> Cause | None:
    sizes, wrong = [], []
    for number, (x, e) in enumerate(zip(values, case.examples, strict=True)):
        if not isinstance(x, np.ndarray) or x.ndim != 2 or not x.size or x.dtype.kind != "f":
            return None
        if e.right.ndim == 0 or len(e.right) != len(x) or not e.right.size:
            return None
        sizes.append(np.abs(x).max(axis=1))
        wrong.append(case.wrong[case.owner == number].reshape(len(x), -1).any(axis=1))
    return _line(name, np.concatenate(sizes), np.concatenate(wrong), row="rows of ")
