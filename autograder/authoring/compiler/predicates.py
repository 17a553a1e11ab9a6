"""Try each predicate of the exam on the solution's own results: it must accept them."""

import importlib.abc
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from autograder.authoring.compiler.reference import Reference
from autograder.authoring.language.checks import RESULT_KINDS
from autograder.authoring.language.questions import Exam
from autograder.authoring.language.where import line_of, said
from autograder.core.codec import decode, encode
from autograder.core.records import FileState, FunctionRun, Returned
from autograder.errors import GraderError, KeyFileError, RubricError
from autograder.homework.folder import Homework, load_predicates
from autograder.homework.key import CheckKey, FunctionKey, Pool, Segment
from autograder.judge.checks import examine
from autograder.judge.evidence import Evidence, Finding
from autograder.judge.predicates import PREDICATES, read_numbers

__all__ = ["Predicates", "load_alone", "require_accepted"]

Predicates = Mapping[str, Callable[..., Any]]


def load_alone(homework: Homework, exam: Exam) -> Predicates:
    """Load the homework's predicates as a grader does: without solution and rubric.

    A RubricError says why they can't be imported, or which of the exam's they lack.
    """
    names = {file.stem for file in homework.solution.glob("*.py")} | {"solution", "rubric"}
    try:
        with _hide(names):
            predicates = load_predicates(homework.predicates_path)
    except KeyFileError as error:
        raise RubricError(
            f"rubric/predicates.py can't be imported: {said(error.__cause__ or error)} (it may not"
            " import the solution: it runs where students' code is judged)"
        ) from error
    for function in exam.predicates:
        if function.__name__ not in predicates:
            raise RubricError(
                f"the exam's predicate {function.__name__} is not in rubric/predicates.py, the"
                " only file of predicates where students' code is judged",
                where=line_of(function),
            )
    return predicates


@contextmanager
def _hide(names: set[str]) -> Iterator[None]:
    """Let nothing of some top-level modules be imported inside the block."""
    hidden = {name: sys.modules.pop(name) for name in [*sys.modules] if _top(name) in names}
    finder = _Refuse(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        sys.modules.update(hidden)


class _Refuse(importlib.abc.MetaPathFinder):
    def __init__(self, names: set[str]) -> None:
        self._names = names

    def find_spec(self, name: str, *_: Any) -> None:
        """Raise for a module that is hidden; leave any other to the finders that follow."""
        if _top(name) in self._names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def _top(name: str) -> str:
    return name.partition(".")[0]


def require_accepted(
    checks: Sequence[dict[str, Any]],
    functions: Sequence[dict[str, Any]],
    predicates: Predicates,
    asked: tuple[Exam, Reference],
) -> None:
    """Require each check's predicate to run on the solution's own results, and to accept them.

    `checks` and `functions` are entries of the key, `asked` is what they were compiled from.
    """
    exam, reference = asked
    questions = {question.full_name: question for question in exam.questions}
    where = {f"{q.full_name}.{c.name}": c.where for q in exam.questions for c in q.checks}
    entries = {entry["name"]: entry for entry in functions}
    for entry in checks:
        if entry["kind"] in RESULT_KINDS or entry["id"] not in where:  # a convention is proved
            continue
        check, name = CheckKey(**decode(encode(entry))), entry["function"]
        key = _make_function_key(entries[name], predicates)
        outcomes = [
            Returned(reference.own_outcome(questions[name], key.arguments(check.visibility, call)))
            if call in check.calls
            else None
            for call in range(key.counts[check.visibility])
        ]
        file = FileState(functions={key.function: {"is_there": True, "is_callable": True}})
        run = FunctionRun(tuple(outcomes))  # type: ignore[arg-type]
        _require_accepted(check, Evidence(key, check.visibility, file, run), where[check.id])


def _make_function_key(entry: dict[str, Any], predicates: Predicates) -> FunctionKey:
    return FunctionKey(
        name=entry["name"],
        parameters=entry["parameters"],
        names=entry["names"],
        notes=entry["notes"],
        trains=entry["trains"],
        counts=entry["counts"],
        requests=entry["requests"],
        expected={phase: Pool(**pool) for phase, pool in entry["expected"].items()},
        raw_mistakes=Segment.of(()),
        raw_recorded=Segment.of({}),
        predicates=predicates,
    )


def _require_accepted(check: CheckKey, evidence: Evidence, where: str) -> None:
    is_own = check.kind not in PREDICATES
    try:
        finding = examine(check, evidence)
    except GraderError as error:
        called = _tell_names(check, evidence) if is_own else ""
        raise RubricError(
            f"{error} on the solution's own results{called}", where="" if is_own else where
        ) from error
    if finding is not None:
        raise RubricError(
            f"{check.kind} refuses the solution's own results in the check {check.id}:"
            f" expected {finding.expected or 'what it asks for'}, got {finding.got or 'them'}",
            where=line_of(evidence.key.predicates[check.kind]) if is_own else where,
        )


def _tell_names(check: CheckKey, evidence: Evidence) -> str:
    numbers = read_numbers(check, evidence, check.calls[0])
    return "" if isinstance(numbers, Finding) else f"; the results are called {', '.join(numbers)}"
