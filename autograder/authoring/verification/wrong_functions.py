"""Rows of wrong functions: each known mistake of the rubric, each fact, and each promise.

The wrong function of a mistake takes the right one's place, and the solution's other functions call
it, as they would in the submission of a student who wrote it: it costs points, by its name, where
it was made. A fact is the results' type, their shape, untouched arguments, or being right on other
inputs than those that students have. This fact alone of what the right function gives is spoiled:
exactly the checks about it may be lost. A promise is broken by a function that is right but for the
calls that are about it. In both, the solution's other functions call the right one, so that nothing
is carried on.
"""

import hashlib
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from autograder.authoring.compiler.reference import Reference, call_by_name
from autograder.authoring.language.checks import HIDDEN, RESULT_KINDS
from autograder.authoring.language.questions import (
    Convention,
    Exam,
    Mistake,
    OpenOrder,
    Promise,
    Question,
)
from autograder.authoring.verification.rows import Function, Lost, Outcome, Row
from autograder.core.codec import encode
from autograder.core.compare import arrays_in
from autograder.homework.key import FunctionKey, Key

__all__ = [
    "fact_faults",
    "fact_rows",
    "kink_faults",
    "mistake_faults",
    "mistake_rows",
    "promise_faults",
    "promise_rows",
]

# ---- mistakes


def mistake_rows(exam: Exam, reference: Reference) -> Iterator[Row]:
    """Yield a row for each mistake and each convention."""
    questions = {question.full_name: question for question in exam.questions}
    for question in exam.questions:
        for mistake in question.mistakes:
            yield _mistake_row(question, mistake, reference)
    for convention in exam.conventions:
        yield _convention_row(convention, questions, reference)


def _mistake_row(question: Question, mistake: Mistake, reference: Reference) -> Row:
    function = question.full_name
    return Row(
        kind="mistake",
        name=f"{function}: {mistake.name}",
        functions=(function,),
        wrong={function: _as_submitted(mistake.wrong, question, reference)},
        rule=partial(mistake_faults, question, mistake),
        note=mistake.where,
    )


def _convention_row(
    convention: Convention, questions: Mapping[str, Question], reference: Reference
) -> Row:
    return Row(
        kind="kink",
        name=convention.mistake,
        functions=tuple(convention.shown_by),
        wrong={
            name: _as_submitted(other, questions[name], reference)
            for name, (_, other) in convention.shown_by.items()
        },
        rule=partial(kink_faults, convention.mistake, convention.hundredths),
    )


def _as_submitted(
    wrong: Function | OpenOrder, question: Question, reference: Reference
) -> Function:
    """Return a wrong function of the rubric as a student would have it.

    It has the defaults of the solution's, and one result where the rubric lists what may come of
    an order that is open.
    """
    signature = inspect.signature(reference.functions[question.full_name])
    if isinstance(wrong, OpenOrder):
        open_order: OpenOrder | None = wrong
        function: Function = wrong.results
    else:
        open_order, function = question.open_order, wrong

    def submitted(*arguments: Any, **named: Any) -> Any:
        bound = signature.bind(*arguments, **named)
        bound.apply_defaults()
        if open_order is None:
            return function(*bound.arguments.values())
        given = {**bound.arguments, "order": _choose_order(open_order, bound.arguments)}
        return call_by_name(function, given)[0]

    return submitted


def _choose_order(open_order: OpenOrder, given: Mapping[str, Any]) -> Any:
    """Return one of the orders: the same for the same arguments, hardly ever for another seed."""
    if open_order.draw is not None:
        return call_by_name(open_order.draw, given)
    orders = list(call_by_name(open_order.orders, given))
    digest = hashlib.sha256(encode(tuple(given.values()))).digest()
    return orders[int.from_bytes(digest, "little") % len(orders)]


def mistake_faults(question: Question, mistake: Mistake, outcome: Outcome) -> tuple[str, ...]:
    """Say what is wrong where a mistake costs nothing, is not named, or is charged twice.

    One whose rubric says what it costs loses no other check.
    """
    own = outcome.lost_by([question.full_name])
    if not own:
        return ("costs nothing",)
    faults = _find_wrong_names(mistake.name, own, follow_ups=_follow_ups(question, own))
    said = [f"{question.full_name}.{name}" for name in mistake.costs]
    beside = [one.check for one in own if said and one.check not in said]
    if beside:
        faults.append(f"costs {', '.join(beside)}, which is not among its costs")
    elsewhere = outcome.lost_elsewhere([question.full_name])
    if elsewhere:
        faults.append(f"costs points on {', '.join(elsewhere)}, too")
    return tuple(faults)


def _follow_ups(question: Question, lost: Iterable[Lost]) -> set[str]:
    """Return the names of facts that follow from a mistake and are no other mistake.

    They are the judge's own, of results that are not compared one by one: their type, or whether
    they have a property.
    """
    kinds = {f"{question.full_name}.{check.name}": check.kind for check in question.checks}
    compared = [kind for kind in RESULT_KINDS if kind != "dtype"]
    known = [mistake.name for mistake in question.mistakes]
    named = {one.misconception for one in lost if kinds.get(one.check, "values") not in compared}
    return {name for name in named if name is not None and name not in known}


def _find_wrong_names(
    name: str, lost: Iterable[Lost], *, follow_ups: Collection[str] = ()
) -> list[str]:
    found = dict.fromkeys([one.misconception for one in lost if one.misconception is not None])
    if name not in found:
        return [f"is called {', '.join(found) or 'by no name'}, not {name}"]
    others = [other for other in found if other != name and other not in follow_ups]
    return [f"is called {', '.join(others)}, too"] if others else []


def kink_faults(misconception: str, points: int, outcome: Outcome) -> tuple[str, ...]:
    """Say what is wrong where a convention does not cost exactly its points."""
    total = sum([lost.points for lost in outcome.lost])
    faults = _find_wrong_names(misconception, outcome.lost)
    if total != points:
        checks = ", ".join([lost.check for lost in outcome.lost])
        faults.append(f"costs {total / 100:g} points, not {points / 100:g}: {checks or 'no check'}")
    return tuple(faults)


# ---- facts

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
    return [
        (i, name) for i, (name, value) in arguments if isinstance(value, np.ndarray | dict | list)
    ]


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
    """Return the right function that writes into an array, a list or a dict."""

    def changing(*arguments: Any) -> Any:
        # A copy: the result may be the argument itself.
        result, argument = _spoil_each(right(*arguments), np.copy), arguments[place]
        _write_into(argument)
        return result

    return changing


def _write_into(argument: Any) -> None:
    """Change a list or a dict, of a dict of arrays the first one, or an array."""
    if isinstance(argument, list):
        argument.append(0)
    elif not isinstance(argument, dict):
        argument += 1
    elif isinstance(first := next(iter(argument.values())), np.ndarray):
        first += 1
    else:
        argument.popitem()


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


# ---- promises


def promise_rows(promises: Iterable[Promise], reference: Reference) -> Iterator[Row]:
    """Yield a row for each promise."""
    for promise in promises:
        right = reference.functions[promise.function]
        yield Row(
            kind="promise",
            name=f"{promise.function}: {promise.text}",
            functions=(promise.function,),
            wrong={promise.function: _break_promise(right, promise)},
            is_alone=True,
            rule=partial(promise_faults, promise),
            note=promise.where,
        )


def _break_promise(right: Function, promise: Promise) -> Function:
    """Return a function that is one too large where the promise is tried, and right elsewhere."""
    signature, names = inspect.signature(right), inspect.signature(promise.when).parameters

    def broken(*arguments: Any, **named: Any) -> Any:
        bound = signature.bind(*arguments, **named)
        bound.apply_defaults()
        is_tried = promise.when(**{name: bound.arguments[name] for name in names})
        result = right(*arguments, **named)
        return _spoil_each(result, lambda a: a + a.dtype.type(1)) if is_tried else result

    return broken


def promise_faults(promise: Promise, outcome: Outcome) -> tuple[str, ...]:
    """Say what is wrong where breaking a promise costs nothing."""
    return () if outcome.lost_by([promise.function]) else ("costs nothing: no call tries it",)
