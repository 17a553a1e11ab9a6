"""Keep the call that shows a finding: as arrays for outputs that draw tables, and as Python to run.

The message says the same in words. What is kept is bounded: arrays that no one would look at are
left out, and only failing checks have an example at all. The Python runs as it is in the folder
of the student's files, with no tool of the grader's.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.core.codec import encode
from autograder.core.compare import arrays_in, is_close, is_leaf, is_same_answer, leaves
from autograder.core.message import Snippet
from autograder.core.records import Argument, CheckKind, Compared, Example, Returned
from autograder.core.text import clean, show_value
from autograder.core.vectors import selected
from autograder.homework.key import CheckKey, FunctionKey
from autograder.judge.checks import FACTS, is_right_dtype
from autograder.judge.evidence import Evidence, Finding

__all__ = ["MAX_NUMBERS", "make_example", "make_snippet"]

#: More numbers than this are no example to look at; the key's largest array has a tenth of it.
MAX_NUMBERS = 640

#: Results with more numbers than this are not shown where nothing is compared with them.
MAX_UNCOMPARED = 40

MAX_REMARK = 300

#: Arguments with more numbers than this are not written as Python.
MAX_WRITTEN = 150


def make_example(check: CheckKey, evidence: Evidence, finding: Finding) -> Example | None:
    """Return the call of a finding with its arguments and the results that differ."""
    if finding.call < 0:
        return None
    key = evidence.key
    named = key.named_arguments(evidence.phase, finding.call)
    results: list[Compared] = []
    if finding.obstacle is None and check.kind != CheckKind.ARGUMENTS:
        results = list(_compare_results(check, evidence, finding.call))
    difference = finding.difference
    if difference is not None and difference.name:
        remark = clean(difference.problem, limit=MAX_REMARK)
        results = [Compared(difference.label, remark=remark)]
    return Example(
        call=f"{key.function}({', '.join(named)})",
        arguments=tuple(_list_arguments(named, key.shown_shapes)),
        results=tuple(results),
    )


def _list_arguments(named: Mapping[str, Any], shapes: Mapping[str, Any]) -> Iterator[Argument]:
    for name, value in named.items():
        letters = shapes.get(name, "")
        if isinstance(value, dict):
            inner = {f'{name}["{key}"]': item for key, item in value.items()}
            of = letters if isinstance(letters, dict) else {}
            yield from _list_arguments(inner, {f'{name}["{key}"]': of[key] for key in of})
        elif isinstance(value, np.ndarray):
            words = letters if isinstance(letters, str) and not letters.startswith("=") else ""
            yield Argument(name, _keep_if_small(value), value.shape, words)
        else:
            yield Argument(name, value)


def _compare_results(check: CheckKey, evidence: Evidence, call: int) -> Iterator[Compared]:
    """Yield what the check finds wrong of a call's results, smallest things first."""
    right = evidence.nearest(call, check.select)
    got = evidence.wanted_result(call, check.select)
    if check.kind == CheckKind.SHAPE:  # which asks for no results but those
        got = selected(evidence.result(call), check.select)
    names = selected(evidence.key.names, check.select)
    only = names if isinstance(names, str) else ""
    for label, got_leaf, expected_leaf in leaves(got, right, names=names):
        label = label or only
        if not is_leaf(got_leaf):  # a difference in structure, and nothing follows
            yield Compared(label, remark=clean(got_leaf.problem, limit=MAX_REMARK))
        elif check.kind not in ("values", *FACTS, "kink"):
            if got_leaf[0].size <= MAX_UNCOMPARED:
                yield Compared(label, got=got_leaf[0])
        else:
            compared = _compare(check.kind, label, got_leaf, expected_leaf)
            if compared is not None:
                yield compared


def _compare(
    kind: str, label: str, got: tuple[np.ndarray, str], expected: tuple[np.ndarray, str]
) -> Compared | None:
    """Return one result beside the right one, None where the check's own fact is right of it."""
    right, came = expected[0], got[0]
    if kind == CheckKind.SHAPE:
        return None if came.shape == right.shape else _lay_side_by_side(label, right, came)
    if kind == CheckKind.DTYPE:
        if is_right_dtype(got[1], expected[1]):
            return None
        return Compared(label, expected_type=expected[1], got_type=got[1])
    if came.size != right.size:
        return _lay_side_by_side(label, right, came)
    wrong = ~is_close(came.ravel(), right.ravel(), dtype_name=got[1])
    return _lay_side_by_side(label, right, came, wrong) if wrong.any() else None


def _lay_side_by_side(
    label: str, right: np.ndarray, came: np.ndarray, wrong: np.ndarray | None = None
) -> Compared:
    remark = "" if right.shape == came.shape else f"shape {came.shape}, expected {right.shape}"
    if max(right.size, came.size) > MAX_NUMBERS:
        return Compared(label, remark=remark or f"an array of shape {right.shape}, not shown")
    return Compared(label, right, came, wrong, remark=remark)


def _keep_if_small(array: np.ndarray) -> np.ndarray | None:
    return array if array.size <= MAX_NUMBERS else None


def make_snippet(check: CheckKey, evidence: Evidence, finding: Finding) -> Snippet | None:
    """Return Python that shows a finding: none without a call, or for too many numbers."""
    if finding.call < 0:
        return None
    key = evidence.key
    named = key.named_arguments(evidence.phase, finding.call)
    if sum([array.size for array in arrays_in(named)]) > MAX_WRITTEN:
        return None
    given = [f"{name} = {show_value(value)}" for name, value in named.items()]
    called = f"{key.function}({', '.join(named)})"
    lines = _write_calls(check, evidence, finding, called)
    names = (*named, *_name_results(key.names))
    return Snippet(key.file, key.function, (*given, *lines), names)


def _write_calls(check: CheckKey, evidence: Evidence, finding: Finding, called: str) -> list[str]:
    """Return the lines that call and print."""
    key = evidence.key
    if _is_repeated_call(evidence, finding.call):
        return [f'print("first", {called})', f'print("again", {called})']
    outcome = evidence.outcome(finding.call)
    if not isinstance(outcome, Returned):
        return [f"print({called})"]
    if check.kind == CheckKind.ARGUMENTS:
        changed = [key.parameters[i] for i in outcome.changed if i < len(key.parameters)]
        if changed:
            return [called, *[f'print("{name} after the call", {name})' for name in changed]]
    difference = finding.difference
    is_form = check.kind in (CheckKind.SHAPE, CheckKind.DTYPE) and bool(finding.expected)
    if is_form and (isinstance(key.names, str) or finding.label):
        attribute = CheckKind(check.kind)
        lines, expression = _pick_result(key, called, finding.label)
        shown = f'np.asarray({expression}).{attribute}, "expected: {finding.expected}"'
        return [*lines, f"print({shown})"]
    if difference is None or difference.expected is None:
        expected = [finding.expected] if finding.expected else []
        return [f"print({called})", *[f"# expected: {text}" for text in expected]]
    lines, expression = _pick_result(key, called, difference.label)
    name = f" {difference.label}" if difference.label else ""
    return [
        *lines,
        f'print("got{name}", {expression})',
        f'print("expected{name}", {_write_expected(difference.expected)})',
    ]


def _write_expected(expected: np.ndarray) -> str:
    """Return the right result as Python; -0.0 is 0.0, which no one is asked to tell apart."""
    return show_value(np.where(expected == 0, np.zeros((), expected.dtype), expected))


def _is_repeated_call(evidence: Evidence, call: int) -> bool:
    """Tell whether an earlier call with the same arguments came to something else."""
    outcome = evidence.outcome(call)
    if not isinstance(outcome, Returned):
        return False
    arguments = encode(evidence.key.arguments(evidence.phase, call))
    for other in range(call):
        earlier = evidence.outcome(other)
        if encode(evidence.key.arguments(evidence.phase, other)) != arguments:
            continue
        if isinstance(earlier, Returned) and not is_same_answer(earlier.value, outcome.value):
            return True
    return False


def _pick_result(key: FunctionKey, called: str, label: str) -> tuple[list[str], str]:
    """Return the lines and the expression for one of a call's results."""
    if isinstance(key.names, str):
        return [], called
    if isinstance(key.names, dict):
        return [], f'{called}["{label}"]'
    targets = _name_results(key.names)
    lines = [f"{', '.join(targets)} = {called}"]
    return lines, label if label in targets else f'results["{label}"]'


def _name_results(names: Any) -> list[str]:
    """Return the names that several results are given; one result is printed as it comes."""
    if not isinstance(names, tuple):
        return []
    return [name if isinstance(name, str) else "results" for name in names]
