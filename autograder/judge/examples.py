"""Keep the call that shows a finding as arrays, for outputs that draw tables.

The message says the same in words. What is kept is bounded: arrays that nobody would look at are
left out, and only failing checks have an example at all.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.core.compare import is_close, is_leaf, leaves
from autograder.core.records import Argument, Compared, Example
from autograder.core.text import clean
from autograder.core.vectors import selected
from autograder.homework.key import CheckKey
from autograder.judge.checks import FACTS, is_right_dtype
from autograder.judge.evidence import Evidence
from autograder.judge.finding import Finding

__all__ = ["MAX_NUMBERS", "make_example"]

#: More numbers than this are no example to look at; the key's largest array has a tenth of it.
MAX_NUMBERS = 640

#: Results with more numbers than this are not shown where nothing is compared with them.
MAX_UNCOMPARED = 40

MAX_REMARK = 300


def make_example(check: CheckKey, evidence: Evidence, finding: Finding) -> Example | None:
    """Return the call of a finding with its arguments and the results that differ.

    Parameters
    ----------
    check : CheckKey
        The check that failed.
    evidence : Evidence
        Of its function, or of the one that the finding is about.
    finding : Finding
        What is wrong.

    Returns
    -------
    Example or None
        None where no call was made.
    """
    if finding.call < 0:
        return None
    key = evidence.key
    named = key.named_arguments(evidence.phase, finding.call)
    results: list[Compared] = []
    if finding.obstacle is None and check.kind != "arguments":
        results = list(_results(check, evidence, finding.call))
    return Example(
        call=f"{key.function}({', '.join(named)})",
        arguments=tuple(_arguments(named, key.shapes)),
        results=tuple(results),
    )


def _arguments(named: Mapping[str, Any], shapes: Mapping[str, Any]) -> Iterator[Argument]:
    for name, value in named.items():
        letters = shapes.get(name, "")
        if isinstance(value, dict):
            inner = {f'{name}["{key}"]': item for key, item in value.items()}
            of = letters if isinstance(letters, dict) else {}
            yield from _arguments(inner, {f'{name}["{key}"]': of[key] for key in of})
        elif isinstance(value, np.ndarray):
            words = letters if isinstance(letters, str) and not letters.startswith("=") else ""
            yield Argument(name, _bounded(value), value.shape, words)
        else:
            yield Argument(name, value)


def _results(check: CheckKey, evidence: Evidence, call: int) -> Iterator[Compared]:
    """Yield what the check finds wrong of a call's results, smallest things first."""
    right = evidence.right(call, check.select)
    got = evidence.wanted_result(call, check.select)
    if check.kind == "shape":  # which asks for no results but those
        got = selected(evidence.result(call), check.select)
    names = selected(evidence.key.names, check.select)
    only = names if isinstance(names, str) else ""
    for label, got_leaf, expected_leaf in leaves(got, right.example, names=names):
        label = label or only
        if not is_leaf(got_leaf):  # a difference in structure, and nothing follows
            yield Compared(label, remark=clean(got_leaf.problem, limit=MAX_REMARK))
        elif check.kind not in ("values", *FACTS, "kink"):
            if got_leaf[0].size <= MAX_UNCOMPARED:
                yield Compared(label, got=got_leaf[0])
        else:
            compared = _compared(check.kind, label, got_leaf, expected_leaf)
            if compared is not None:
                yield compared


def _compared(
    kind: str, label: str, got: tuple[np.ndarray, str], expected: tuple[np.ndarray, str]
) -> Compared | None:
    """Return one result beside the right one, None where the check's own fact is right of it."""
    right, came = expected[0], got[0]
    if kind == "shape":
        return None if came.shape == right.shape else _pair(label, right, came)
    if kind == "dtype":
        if is_right_dtype(got[1], expected[1]):
            return None
        return Compared(label, expected_type=expected[1], got_type=got[1])
    if came.size != right.size:
        return _pair(label, right, came)
    wrong = ~is_close(came.ravel(), right.ravel(), dtype_name=got[1])
    return _pair(label, right, came, wrong) if wrong.any() else None


def _pair(
    label: str, right: np.ndarray, came: np.ndarray, wrong: np.ndarray | None = None
) -> Compared:
    remark = "" if right.shape == came.shape else f"shape {came.shape}, expected {right.shape}"
    if max(right.size, came.size) > MAX_NUMBERS:
        return Compared(label, remark=remark or f"an array of shape {right.shape}, not shown")
    return Compared(label, right, came, wrong, remark=remark)


def _bounded(array: np.ndarray) -> np.ndarray | None:
    return array if array.size <= MAX_NUMBERS else None
