"""Decide one check: passed, or the first fact that is wrong and where.

Each kind of check is one function from the evidence to a `Finding`, None where all is well. Kinds
that are not here are predicates, of `autograder.judge.predicates` or the homework's own.
"""

import inspect
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from autograder.core.compare import Difference, arrays_in, find_difference, is_leaf, leaves
from autograder.core.records import CheckKind, Raised, Returned, Status
from autograder.core.text import clean
from autograder.core.vectors import selected
from autograder.errors import AutograderError, GraderError, KeyFileError
from autograder.homework.key import CheckKey
from autograder.judge.evidence import Evidence, Finding, find_whole_problem, obstacle_finding
from autograder.judge.predicates import PREDICATES

__all__ = ["FACTS", "examine", "is_placeholder", "is_right_dtype"]

#: Facts beside the values: each has its own points, whatever the values are.
FACTS = (CheckKind.SHAPE, CheckKind.DTYPE, CheckKind.ARGUMENTS)

#: What a predicate raised or returned is cut here: numpy prints whole arrays into some.
MAX_CHARACTERS = 300

Decide = Callable[[CheckKey, Evidence], Finding | None]


def examine(check: CheckKey, evidence: Evidence) -> Finding | None:
    """Return the first thing that is wrong, None where the check passes."""
    kinds: dict[str, Decide] = PREDICATES | dict(evidence.key.predicates) | _KINDS
    if check.kind not in kinds:
        raise KeyFileError(
            f"the homework's rubric/predicates.py lacks {check.kind}, which the answer key asks for"
        )
    if check.kind in _KINDS:
        return kinds[check.kind](check, evidence)
    return _ask_predicate(kinds[check.kind], check, evidence)


def _ask_predicate(predicate: Decide, check: CheckKey, evidence: Evidence) -> Finding | None:
    """Return what a predicate finds; a GraderError says where it is at fault itself."""
    code = inspect.unwrap(predicate).__code__
    try:
        finding = predicate(check, evidence)
    except AutograderError:
        raise
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [code.co_firstlineno, *[f.lineno for f in frames if f.filename == code.co_filename]]
        text = clean(" ".join(str(error).split()), limit=MAX_CHARACTERS)
        raise GraderError(
            f"{_place(code.co_filename, lines[-1])}: {check.kind} raised"
            f" {type(error).__name__}: {text}"
        ) from error
    if finding is not None and not isinstance(finding, Finding):
        raise GraderError(
            f"{_place(code.co_filename, code.co_firstlineno)}: {check.kind} returned"
            f" {clean(repr(finding), limit=MAX_CHARACTERS)}, no Finding and not None"
        )
    return finding


def _place(file: str, line: int | None) -> str:
    path = Path(file)
    return f"{path.parent.name}/{path.name} line {line}"


def _search_calls(
    decide: Callable[[CheckKey, Evidence, int], Finding | None],
) -> Callable[[CheckKey, Evidence], Finding | None]:
    """Look at the calls in order, smallest first; one without a result ends the search."""

    def search(check: CheckKey, evidence: Evidence) -> Finding | None:
        for call in check.calls:
            if evidence.is_known_right(call, check.kind):
                continue
            finding = obstacle_finding(evidence, call) or decide(check, evidence, call)
            if finding is not None:
                return finding
        return None

    return search


@_search_calls
def _check_values(check: CheckKey, evidence: Evidence, call: int) -> Finding | None:
    if evidence.match(call, check.select) is not None:
        return None
    right = evidence.nearest(call, check.select)
    got = evidence.wanted_result(call, check.select)
    names = selected(evidence.key.names, check.select)
    difference = find_whole_problem(evidence, call, check.select)
    difference = difference or find_difference(got, right, names=names)
    if evidence.right(call, check.select).count > 1 and difference is not None:
        difference = _find_farthest(got, right, names) or difference
    if difference is None:  # it matches in value but not in structure
        return Finding(Status.FAILED, call, got="another structure than expected")
    return Finding(Status.FAILED, call, difference=difference, may_be_known=True)


def _find_farthest(got: Any, right: Any, names: Any) -> Difference | None:
    """Return the difference of the result that is farthest off, None where one has another form.

    Of what is made step by step it is mostly the cause: the others follow in later steps.
    """
    found = []
    for label, got_leaf, right_leaf in leaves(got, right, names=names):
        if not is_leaf(got_leaf):
            return None
        difference = find_difference(got_leaf, right_leaf, names="")
        if difference is not None and difference.problem:
            return None
        if difference is not None:
            found.append(replace(difference, label=label))
    return max(found, key=_measure, default=None)


def _measure(difference: Difference) -> float:
    """Return how far off a result is, infinity where that is no number."""
    assert difference.got is not None
    assert difference.expected is not None
    with np.errstate(all="ignore"):
        distance = np.abs(difference.got.ravel() - difference.expected.ravel()).max()
    return float(distance) if np.isfinite(distance) else np.inf


@_search_calls
def _check_shape(check: CheckKey, evidence: Evidence, call: int) -> Finding | None:
    got = selected(evidence.result(call), check.select)
    expected = evidence.right(call, check.select).example
    names = selected(evidence.key.names, check.select)
    for label, got_leaf, expected_leaf in leaves(got, expected, names=names):
        if not isinstance(got_leaf, tuple):
            problem = find_whole_problem(evidence, call, check.select) or got_leaf
            return Finding(Status.FAILED, call, difference=problem, may_be_known=True)
        if got_leaf[0].shape != expected_leaf[0].shape:
            problem = find_whole_problem(evidence, call, check.select)
            if problem is not None:
                return Finding(Status.FAILED, call, difference=problem, may_be_known=True)
            prefix = f"{label} of shape " if label else "shape "
            return Finding(
                Status.FAILED,
                call,
                expected=f"{prefix}{expected_leaf[0].shape}",
                got=f"{prefix}{got_leaf[0].shape}",
                label=label,
                may_be_known=True,
            )
    return None


@_search_calls
def _check_dtype(check: CheckKey, evidence: Evidence, call: int) -> Finding | None:
    got = evidence.wanted_result(call, check.select)
    expected = evidence.right(call, check.select).example
    names = selected(evidence.key.names, check.select)
    for label, got_leaf, expected_leaf in leaves(got, expected, names=names):
        if not isinstance(got_leaf, tuple):
            problem = find_whole_problem(evidence, call, check.select) or got_leaf
            return Finding(Status.FAILED, call, difference=problem)
        if not is_right_dtype(got_leaf[1], expected_leaf[1]):
            prefix = f"{label} of type " if label else "type "
            wanted = f"{prefix}{expected_leaf[1]}"
            if expected_leaf[1].startswith("int"):
                wanted = f"{label} of an integer type" if label else "an integer type"
            return Finding(
                Status.FAILED,
                call,
                expected=wanted,
                got=f"{prefix}{got_leaf[1]}",
                label=label,
                mistake=f"type-{got_leaf[1]}" if got_leaf[1] in _KNOWN_TYPES else "",
            )
    return None


#: Types that a result really has; a worker may claim any name.
_KNOWN_TYPES = frozenset(np.dtype(code).name for code in np.typecodes["AllFloat"] + "?bhilBHILO")


def is_right_dtype(got: str, expected: str) -> bool:
    """Tell whether a number type will do for another, by their names."""
    if expected.startswith("int"):
        return got.startswith(("int", "uint"))
    return got == expected


def _check_arguments(check: CheckKey, evidence: Evidence) -> Finding | None:
    for call in check.calls:
        if evidence.is_known_right(call, check.kind):
            continue
        outcome = evidence.outcome(call)
        if isinstance(outcome, Raised) and outcome.is_read_only:
            return _report_change(call, "it writes into a write-protected argument")
        obstacle = obstacle_finding(evidence, call)
        if obstacle is not None:
            return obstacle
        assert isinstance(outcome, Returned)
        changed = [
            evidence.key.parameters[i] for i in outcome.changed if i < len(evidence.key.parameters)
        ]
        if outcome.changed:
            return _report_change(call, f"{', '.join(changed)} changed by the call")
    return None


def _report_change(call: int, got: str) -> Finding:
    return Finding(
        Status.FAILED,
        call,
        expected="arguments as they were before the call",
        got=got,
        mistake="argument-changed",
        sentence="The function writes into its argument; work on a copy, or make a new array.",
    )


_KINDS: dict[str, Callable[[CheckKey, Evidence], Finding | None]] = {
    CheckKind.VALUES: _check_values,
    CheckKind.SHAPE: _check_shape,
    CheckKind.DTYPE: _check_dtype,
    CheckKind.ARGUMENTS: _check_arguments,
}


def is_placeholder(check: CheckKey, evidence: Evidence) -> bool:
    """Tell whether nothing was computed: one number whatever the input, or an argument as is."""
    if all([evidence.match(call, check.select) is not None for call in check.calls]):
        return False
    returned = [
        (call, outcome.value)
        for call, outcome in enumerate(evidence.run.outcomes)
        if isinstance(outcome, Returned)
    ]
    numbers: set[str] = set()  # as text: nan equals nan
    for _, value in returned:
        numbers.update(*[map(repr, array.ravel()[:50].tolist()) for array in arrays_in(value)])
    return len(numbers) <= 1 or all([_is_argument(evidence, *pair) for pair in returned])


def _is_argument(evidence: Evidence, call: int, value: Any) -> bool:
    """Tell whether a call returned one of its arrays."""
    arguments = evidence.key.arguments(evidence.phase, call)
    given = [argument for argument in arguments if isinstance(argument, np.ndarray)]
    return is_leaf(value) and any([np.array_equal(value[0], argument) for argument in given])
