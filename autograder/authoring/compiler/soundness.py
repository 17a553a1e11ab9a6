"""Find the errors in a rubric that can be seen without drawing or calling anything.

Whoever writes a rubric learns of them at once, not after half a minute of compiling, and not when a
student is graded.
"""

import inspect
from collections.abc import Iterable, Sequence
from itertools import pairwise

from autograder.authoring.compiler.reference import Reference
from autograder.authoring.language.checks import (
    HIDDEN,
    PUBLIC,
    RESULT_KINDS,
    Check,
    Examples,
    require_points,
)
from autograder.authoring.language.questions import Convention, Exam, Mistake, Part, Question
from autograder.authoring.language.where import did_you_mean, line_of
from autograder.core.records import FULL_POINTS
from autograder.errors import RubricError
from autograder.judge.predicates import PREDICATES

__all__ = ["require_sound"]

LAYOUTS = ("mixed", "read-only")


def require_sound(exam: Exam, reference: Reference) -> None:
    """Check names, kinds, points and inputs of a whole rubric.

    Raises
    ------
    RubricError
        For the first error; the sentence begins with its file and line.
    """
    _require_parts(exam.parts)
    _require_functions(exam, reference)
    kinds = (*RESULT_KINDS, *PREDICATES, *[function.__name__ for function in exam.predicates])
    for question in exam.questions:
        _require_checks(question, kinds)
        _require_mistakes(question)
        for check in question.checks:
            _require_arguments(question, check, reference)
    for convention in exam.conventions:
        _require_convention(convention, exam)
    _require_total(exam)


def _require_parts(parts: Sequence[Part]) -> None:
    _require_single([(part.name, part.where) for part in parts], "the rubric has two parts called")
    for part in parts:
        if not part.questions:
            raise RubricError(f"the part {part.name} has no questions", where=part.where)
    for before, part in pairwise(parts):
        if before.bonus and not part.bonus:
            raise RubricError(
                f"the part {before.name} is extra credit: it comes after all others, and"
                f" {part.name} follows",
                where=before.where,
            )


def _require_single(places: Iterable[tuple[str, str]], what: str) -> None:
    """Raise where a name comes twice; `places` are names and their lines."""
    first: dict[str, str] = {}
    for name, where in places:
        if name in first:
            raise RubricError(f"{what} {name}; the first is at {first[name]}", where=where)
        first[name] = where


def _require_functions(exam: Exam, reference: Reference) -> None:
    """Require a question for each function of the solution, and no others."""
    asked: dict[str, str] = {}
    for question in exam.questions:
        name = question.full_name
        if name not in reference.functions:
            near = did_you_mean(name, reference.functions)
            raise RubricError(
                f"the rubric asks for {name}, which the solution does not have{near}",
                where=question.where,
            )
        if name in asked:
            raise RubricError(
                f"the rubric asks for {name} twice; the first is at {asked[name]}",
                where=question.where,
            )
        asked[name] = question.where
    for name, function in reference.functions.items():
        if name not in asked:
            raise RubricError(
                f"{name} of the solution has no check in the rubric"
                f"{_hint_at_part(name, exam.parts)}",
                where=line_of(function),
            )


def _hint_at_part(name: str, parts: Sequence[Part]) -> str:
    file = name.partition(".")[0]
    return "" if file in [part.name for part in parts] else f", and EXAM has no part {file}"


def _require_checks(question: Question, kinds: Sequence[str]) -> None:
    _require_single(
        [(check.name, check.where) for check in question.checks],
        f"{question.full_name} has two checks called",
    )
    for check in question.checks:
        what = f"the check {check.name} of {question.full_name}"
        _require_one_of(f"{what} is of the kind", check.kind, kinds, check)
        _require_one_of(f"{what} has the visibility", check.visibility, (PUBLIC, HIDDEN), check)
        if check.examples is not None:
            layout = check.examples.layout
            _require_one_of(f"{what} has examples of the layout", layout, LAYOUTS, check)
        _require_calls(what, question, check)
        _require_select(what, question, check)


def _require_one_of(what: str, name: str, known: Sequence[str], check: Check) -> None:
    if name not in known:
        near = did_you_mean(name, known) or f": use one of {', '.join(known)}"
        raise RubricError(f"{what} {name}, which does not exist{near}", where=check.where)


def _require_calls(what: str, question: Question, check: Check) -> None:
    """Require the checks whose calls are looked at, too; each call belongs to one phase."""
    others = {other.name: other for other in question.checks}
    for name in check.calls_of:
        if name not in others:
            near = did_you_mean(name, others)
            raise RubricError(
                f"{what} looks at the calls of {name}, which does not exist{near}",
                where=check.where,
            )
        if others[name].visibility != check.visibility:
            raise RubricError(
                f"{what} is {check.visibility} and looks at the calls of {name}, which is"
                f" {others[name].visibility}: both are public, or both hidden",
                where=check.where,
            )
    own = [other.examples for other in (check, *[others[name] for name in check.calls_of])]
    if not any([_makes_calls(examples) for examples in own]):
        raise RubricError(f"{what} makes no call", where=check.where)


def _makes_calls(examples: Examples | None) -> bool:
    if examples is None:
        return False
    is_drawn = examples.inputs is not None and examples.count > 0
    return bool(is_drawn or examples.edges or examples.pinned)


def _require_select(what: str, question: Question, check: Check) -> None:
    count = len(question.returns) if isinstance(question.returns, tuple) else 0
    for position in check.select:
        if position not in range(count):
            has = f"has the results 0 to {count - 1}" if count else "has one result"
            raise RubricError(
                f"{what} selects the result {position}, but {question.name} {has}",
                where=check.where,
            )


def _require_mistakes(question: Question) -> None:
    mistakes = question.mistakes
    _require_single(
        [(mistake.name, mistake.where) for mistake in mistakes],
        f"{question.full_name} has two mistakes called",
    )
    checks = [check.name for check in question.checks]
    for mistake in mistakes:
        if mistake.shows_in not in checks:
            raise RubricError(
                f"{question.full_name} has no check called {mistake.shows_in}, in which the mistake"
                f" {mistake.name} shows{did_you_mean(mistake.shows_in, checks)}",
                where=mistake.where,
            )
        _require_costs(question, mistake, checks)


def _require_costs(question: Question, mistake: Mistake, checks: Sequence[str]) -> None:
    """Require the checks that a mistake costs to exist, with the one that shows it among them."""
    what = f"the mistake {mistake.name} of {question.full_name}"
    for name in mistake.costs:
        if name not in checks:
            raise RubricError(
                f"{what} costs the check {name}, which does not exist{did_you_mean(name, checks)}",
                where=mistake.where,
            )
    if mistake.costs and mistake.shows_in not in mistake.costs:
        raise RubricError(
            f"{what} shows in {mistake.shows_in}, which is not among the checks that it costs",
            where=mistake.where,
        )


def _require_arguments(question: Question, check: Check, reference: Reference) -> None:
    """Require inputs that are called as the function's parameters."""
    name, examples = question.full_name, check.examples
    kinds = inspect.signature(reference.functions[name]).parameters.values()
    takes_any = any([kind.kind is inspect.Parameter.VAR_POSITIONAL for kind in kinds])
    if examples is None or takes_any:
        return
    wanted = reference.parameters(name)
    needed = [kind.name for kind in kinds if kind.default is inspect.Parameter.empty]
    for inputs in filter(None, (examples.inputs, *examples.edges)):
        given = tuple(inputs.specs)
        if given != wanted[: len(given)] or len(given) < len(needed):
            raise RubricError(
                f"these inputs are called {', '.join(given)}, but {name} takes"
                f" {', '.join(wanted)}: use its names, in its order",
                where=inputs.where,
            )


def _require_total(exam: Exam) -> None:
    """Require each part, and the whole, to be worth what is said."""
    for part in exam.parts:
        worth = exam.hundredths_of(part) / 100
        if part.points is not None and abs(part.points - worth) > 1e-6:
            raise RubricError(
                f"the part {part.name} should be worth {part.points:g} points, but its"
                f" questions are worth {worth:g}",
                where=part.where,
            )
    counted = [part for part in exam.parts if not part.bonus]
    total = sum([exam.hundredths_of(part) for part in counted])
    if total != FULL_POINTS:
        shares = [f"{p.name} {exam.hundredths_of(p) / 100:g} ({p.where})" for p in counted]
        beside = ", extra credit aside" if len(counted) < len(exam.parts) else ""
        lines = "\n    ".join(shares)
        raise RubricError(
            f"the points add up to {total / 100:g}, not to {FULL_POINTS / 100:g}{beside}:\n"
            f"    {lines}"
        )


def _require_convention(convention: Convention, exam: Exam) -> None:
    asked = {question.full_name: question for question in exam.questions}
    what, where = f"the convention {convention.name}", convention.where
    require_points(what, convention.points, exam.step, where)
    if not convention.shown_by:
        raise RubricError(f"{what} names no function", where=where)
    for name, (examples, _) in convention.shown_by.items():
        if name not in asked:
            near = did_you_mean(name, asked)
            raise RubricError(
                f"{what} is about {name}, for which there is no question{near}", where=where
            )
        if examples.inputs is None or examples.count < 1:
            raise RubricError(f"{what} draws nothing for {name}", where=where)
    kinds = {asked[name].part.bonus: name for name in convention.shown_by}
    if len(kinds) > 1:
        raise RubricError(
            f"{what} is shared by {kinds[False]}, which counts, and {kinds[True]}, which is extra"
            " credit: its points can't be both",
            where=where,
        )
    if convention.name in [check.name for check in asked[convention.owner].checks]:
        raise RubricError(
            f"{convention.owner} has a check called {convention.name} already", where=where
        )
