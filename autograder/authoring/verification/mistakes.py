"""A row for each known mistake of the rubric: it costs points, by its name, where it was made.

The wrong function takes the right one's place, and the solution's other functions call it, as they
would in the submission of a student who wrote it.
"""

import functools
import hashlib
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from autograder.authoring.compiler.reference import Reference
from autograder.authoring.language.checks import RESULT_KINDS
from autograder.authoring.language.questions import Convention, Exam, Mistake, Question
from autograder.authoring.verification.rows import Lost, Outcome, Row
from autograder.core.codec import encode

__all__ = ["kink_faults", "mistake_faults", "mistake_rows"]


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
    wrong: Callable[..., Any], question: Question, reference: Reference
) -> Callable[..., Any]:
    """Return a wrong function of the rubric as a student would have it.

    It has the defaults of the solution's, and one result where the rubric lists what may come of
    an order that is open.
    """
    signature = inspect.signature(reference.functions[question.full_name])

    @functools.wraps(wrong)
    def submitted(*arguments: Any, **named: Any) -> Any:
        bound = signature.bind(*arguments, **named)
        bound.apply_defaults()
        if question.open_order is None:
            return wrong(*bound.arguments.values())
        given = {**bound.arguments, "order": _choose_order(question, bound.arguments)}
        return _call(wrong, given)[0]

    return submitted


def _call(function: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    """Call a function with those of the given arguments that it names."""
    names = inspect.signature(function).parameters
    return function(**{name: given[name] for name in names if name in given})


def _choose_order(question: Question, given: Mapping[str, Any]) -> Any:
    """Return a legal order: the same for the same arguments, hardly ever for another seed."""
    assert question.open_order is not None
    if question.open_order.draw is not None:
        return _call(question.open_order.draw, given)
    orders = list(_call(question.open_order.orders, given))
    digest = hashlib.sha256(encode(tuple(given.values()))).digest()
    return orders[int.from_bytes(digest, "little") % len(orders)]


def mistake_faults(question: Question, mistake: Mistake, outcome: Outcome) -> tuple[str, ...]:
    """Say what is wrong where a mistake costs nothing, is not named, or is charged twice."""
    own = outcome.lost_by([question.full_name])
    if not own:
        return ("costs nothing",)
    faults = _find_wrong_names(mistake.name, own, follow_ups=_follow_ups(question, own))
    elsewhere = outcome.lost_elsewhere([question.full_name])
    if elsewhere and not mistake.charged_along:
        faults.append(f"costs points on {', '.join(elsewhere)}, too")
    if mistake.charged_along and not elsewhere:
        faults.append("is said to cost points elsewhere, too, which it does not")
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
