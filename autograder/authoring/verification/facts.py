"""A row for each fact about a function that can be wrong by itself.

They are the results' type, their shape, untouched arguments, and being right on other inputs than
those that students have. The right function is called, and this fact alone of what it gives is
spoiled: exactly the checks about it may be lost. The solution's other functions call the right one,
so that nothing is carried on.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from autograder.authoring.compiler.reference import Reference
from autograder.authoring.language.checks import HIDDEN
from autograder.authoring.language.questions import Question
from autograder.authoring.verification.rows import Function, Outcome, Row
from autograder.core.codec import encode
from autograder.core.compare import arrays_in
from autograder.homework.key import FunctionKey, Key

__all__ = ["fact_faults", "fact_rows"]

#: How many of a function's calls are looked at for a leading axis of length 1.
FEW_CALLS = 5

#: A fact's name, the checks about it, and the function that is wrong in it.
Fact = tuple[str, tuple[str, ...], Function]


def fact_rows(questions: Iterable[Question], key: Key, reference: Reference) -> Iterator[Row]:
    """Yield the rows of each function with checks about arguments, or results' type or shape."""
    for question in questions:
        function = key.functions[question.full_name]
        for name, checks, wrong in _list_facts(question, function, reference):
            yield Row(
                kind="fact",
                name=f"{function.name}: {name}",
                functions=(function.name,),
                wrong={function.name: wrong},
                is_alone=True,
                rule=partial(fact_faults, checks),
            )


def _list_facts(question: Question, function: FunctionKey, reference: Reference) -> Iterator[Fact]:
    right = reference.functions[function.name]
    dtype, shape, arguments = (_checks(question, kind) for kind in ("dtype", "shape", "arguments"))
    if dtype:
        yield "float32", dtype, _spoil(right, lambda array: array.astype(np.float32))
    if shape:
        yield "an axis more", shape, _spoil(right, lambda array: array[np.newaxis])
    if shape and _has_leading_axis(question, function, reference):
        yield "leading axis dropped", shape, _spoil(right, _drop_leading_axis)
    if arguments:
        for place, name in _changeable(function):
            yield f"{name} changed", arguments, _change_argument(right, place)
    hidden = [f"{question.full_name}.{c.name}" for c in question.checks if c.visibility == HIDDEN]
    if hidden:
        wrong = _spoil_where_unknown(right, function)
        yield "right on public inputs alone", tuple(hidden), wrong


def _checks(question: Question, kind: str) -> tuple[str, ...]:
    return tuple([f"{question.full_name}.{c.name}" for c in question.checks if c.kind == kind])


def _changeable(function: FunctionKey) -> list[tuple[int, str]]:
    # A call may leave out what has a default value: no array has.
    arguments = enumerate(function.named_arguments("public", 0).items())
    return [(i, name) for i, (name, value) in arguments if isinstance(value, np.ndarray | dict)]


def _has_leading_axis(question: Question, function: FunctionKey, reference: Reference) -> bool:
    """Tell whether some result begins with an axis of length 1 whatever the input."""
    calls = range(min(FEW_CALLS, function.counts["public"]))
    results = [reference.own_outcome(question, function.arguments("public", c)) for c in calls]
    shapes = [[array.shape for array in arrays_in(result)] for result in results]
    return any([all([shape[:1] == (1,) for shape in of]) for of in zip(*shapes, strict=True)])


# ---- spoiled functions


def _spoil(right: Function, change: Callable[[np.ndarray], np.ndarray]) -> Function:
    return lambda *arguments: _spoil_each(right(*arguments), change)


def _spoil_each(result: Any, change: Callable[[np.ndarray], np.ndarray]) -> Any:
    if isinstance(result, dict):
        return {name: _spoil_each(item, change) for name, item in result.items()}
    if isinstance(result, tuple):
        return tuple([_spoil_each(item, change) for item in result])
    return change(np.array(result))


def _drop_leading_axis(array: np.ndarray) -> np.ndarray:
    return array[0] if len(array) == 1 else array


def _change_argument(right: Function, place: int) -> Function:
    """Return the right function that writes into an array, or into the first array of a dict."""

    def changing(*arguments: Any) -> Any:
        result, argument = right(*arguments), arguments[place]
        array = next(iter(argument.values())) if isinstance(argument, dict) else argument
        array += 1
        return result

    return changing


def _spoil_where_unknown(right: Function, function: FunctionKey) -> Function:
    """Return a function that is right in the public calls, and one too large everywhere else."""
    signature = inspect.signature(right)

    def write(arguments: tuple[Any, ...]) -> bytes:
        """Return the same for equal arguments, whether what has a default is left out or not."""
        bound = signature.bind(*arguments)
        bound.apply_defaults()
        return encode(bound.args)

    calls = range(function.counts["public"])
    known = {write(function.arguments("public", call)) for call in calls}

    def spoiled(*arguments: Any) -> Any:
        is_known = write(arguments) in known
        result = right(*arguments)
        return result if is_known else _spoil_each(result, lambda a: a + a.dtype.type(1))

    return spoiled


def fact_faults(checks: tuple[str, ...], outcome: Outcome) -> tuple[str, ...]:
    """Say what is wrong where other checks are lost than those about the fact."""
    lost = [lost.check for lost in outcome.lost]
    faults = [f"does not cost {check}" for check in checks if check not in lost]
    others = [check for check in lost if check not in checks]
    return tuple(faults + ([f"also costs {', '.join(others)}"] if others else []))
