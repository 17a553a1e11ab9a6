"""Run a question's changed functions on its calls, and keep sketches of what comes out.

A change is kept if it gives other results than the right function, every known mistake and every
change before it. What it gives is kept as sketches (`autograder.core.sketches`): one number for an
array, so that hundreds of changes take no more room than a known mistake. So is what comes out
where a function that it calls has one of its own known mistakes. Where batches come in an open
order, only those calls are looked at that have one right result in every order.
"""

import inspect
import re
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from autograder.authoring.changes.called_mistakes import list_called, replace_called
from autograder.authoring.changes.changed_functions import (
    changed_functions,
    changed_pairs,
    find_helpers,
)
from autograder.authoring.changes.confusions import Homework
from autograder.authoring.changes.sentences import NAMES, Words
from autograder.authoring.compiler.questions import CompiledQuestion
from autograder.authoring.compiler.reference import Reference, copied, quiet, structure_of
from autograder.authoring.language.checks import Check
from autograder.authoring.language.questions import OpenOrder, Question
from autograder.core.compare import arrays_in, is_same_answer, result_name
from autograder.core.results import plain_result
from autograder.core.sketches import Sketch, sketch
from autograder.core.vectors import selected
from autograder.homework.key import PHASES

__all__ = ["NO_CHANGES", "cut_changes", "record_changes", "say_called"]

#: Begins what stands for the sentence of a mistake of a called function: whose, and its name.
_CALLED = "\0called "

Function = Callable[..., Any]

#: A changed function that takes this many times the steps of the right one has no end.
MOST_STEPS = 20
FREE_STEPS = 1000

#: A change that raises on so many of the first calls is given up.
FIRST_CALLS = 3

#: A change is kept if it gives a result for more than this share of the calls.
LEAST_SHARE = 0.5

#: What people give a parameter by default.
DEFAULTS = (0.0, 0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.3, 0.5, 1.0, 2.0)

#: What is kept of a function without any.
NO_CHANGES: dict[str, Any] = {"names": (), "sentences": (), "tables": {}}


@dataclass(frozen=True)
class _Call:
    """A call whose results are kept, in columns from `start` on."""

    phase: str
    number: int
    arguments: tuple[Any, ...]
    right: Sketch
    start: int
    is_whole: bool


@dataclass(frozen=True)
class _Row:
    """What one function gives: a number for each column, its margin and its shape."""

    numbers: np.ndarray
    margins: np.ndarray
    shapes: np.ndarray


def record_changes(
    done: CompiledQuestion, questions: Mapping[str, Question], reference: Reference
) -> dict[str, Any]:
    """Return the names and sentences of a function's changes, and their results by phase."""
    question = done.question
    calls = _list_calls(done)
    if not calls or not any([check.kind == "values" for check in question.checks]):
        return NO_CHANGES  # many results are right
    recorder = _Recorder(question, calls)
    known = [
        recorder.right,
        *[recorder.row_of_known(done.wrong[m.name]) for m in question.mistakes],
    ]
    homework = _make_homework(question, questions, reference)
    wholes = [reference.functions[question.full_name]]
    changes = list(_run_called_mistakes(recorder, questions, reference))
    changes += _run_defaults(recorder, wholes[0])
    wholes += [way.right for way in question.ways]
    # What the function's own formula shows is said before what another way to write it does.
    for whole in wholes:
        found = _run_changes(recorder, homework, whole)
        changes += sorted(found, key=lambda change: NAMES.index(change[0]))
    if not recorder.is_whole:  # labels come out of many a formula
        for whole in wholes:
            changes += _run_pairs(recorder, homework, whole)
    return recorder.pack(_choose_different(changes, known))


def say_called(changes: dict[str, Any], questions: Mapping[str, Question]) -> dict[str, Any]:
    """Return changes with the sentences of the known mistakes of called functions.

    These are no part of what is recorded: a sentence may change, and nothing is compiled again.
    """
    return changes | {"sentences": tuple([_say(s, questions) for s in changes["sentences"]])}


def _say(sentence: str, questions: Mapping[str, Question]) -> str:
    if not sentence.startswith(_CALLED):
        return sentence
    other, name = sentence.removeprefix(_CALLED).split(" ")
    (mistake,) = [m for m in questions[other].mistakes if m.name == name]
    start = f"This is what comes out with a mistake that is known of {questions[other].name}:"
    return f"{start} {mistake.sentence}"


def cut_changes(changes: dict[str, Any], phase: str) -> dict[str, Any]:
    """Return what is recorded of one phase alone."""
    return changes | {"tables": {n: t for n, t in changes["tables"].items() if n == phase}}


def _list_calls(done: CompiledQuestion) -> list[_Call]:
    """Return the calls that checks of values and of shapes look at."""
    looked_at: dict[str, set[int]] = {phase: set() for phase in PHASES}
    for check in done.question.checks:
        if check.kind in ("values", "shape"):
            looked_at[check.visibility].update(_list_certain(done, check))
    calls, start = [], 0
    for phase in PHASES:
        for number in sorted(looked_at[phase]):
            result = done.expected[phase][number][0]
            right, is_whole = sketch(result), all(map(_is_whole, arrays_in(result)))
            assert right is not None
            arguments = done.calls[phase][number][1]
            calls.append(_Call(phase, number, arguments, right, start, is_whole))
            start += len(right.numbers)
    return calls


def _list_certain(done: CompiledQuestion, check: Check) -> Iterator[int]:
    """Yield a check's calls of which every right result has the same in what it looks at."""
    for call in done.calls_of(check):
        several = [selected(right, check.select) for right in done.expected[check.visibility][call]]
        if all([is_same_answer(several[0], other) for other in several[1:]]):
            yield call


def _is_whole(array: np.ndarray) -> bool:
    return bool((array == np.rint(array)).all())


class _Recorder:
    """The calls of one question, and the shapes that came up."""

    def __init__(self, question: Question, calls: list[_Call]) -> None:
        self.question = question
        self.calls = calls
        self._structure = structure_of(question.returns)
        self._shapes: dict[tuple[int, ...], int] = {}
        self.right = self._join([call.right for call in calls])

    @cached_property
    def is_whole(self) -> bool:
        """Whether all right results are whole numbers."""
        return all([call.is_whole for call in self.calls])

    def row_of_known(self, results: Mapping[str, list[Any]]) -> _Row:
        """Return what a known mistake gives."""
        sketches = []
        for call in self.calls:
            wrong = results[call.phase][call.number]
            given = None if isinstance(wrong, dict) else sketch(wrong[0]) if wrong else call.right
            sketches.append(given)
        return self._join(sketches)

    def run(self, function: Function, steps: list[int] | None, *, fits: bool) -> _Row | None:
        """Call a changed function; None where what comes out can't be taken for a result.

        It `fits` where all results have to have the right shapes. Without `steps`, it has no loop
        that may run on.
        """
        sketches: list[Sketch | None] = []
        limits: Sequence[int | None] = steps or [None] * len(self.calls)
        for call, most in zip(self.calls, limits, strict=True):
            given = self._call(function, call, most)
            if fits and (given is None or given.shapes != call.right.shapes):
                return None
            sketches.append(given)
            if len(sketches) == FIRST_CALLS and sketches == [None] * FIRST_CALLS:
                return None
        is_often = sum([given is not None for given in sketches]) > LEAST_SHARE * len(sketches)
        return self._join(sketches) if is_often else None

    def _call(self, function: Function, call: _Call, most: int | None) -> Sketch | None:
        try:
            with _limited(most) if most is not None else nullcontext():
                result = function(*copied(call.arguments))
            return sketch(plain_result(result, self._structure))
        except (Exception, SystemExit, _NoEndError):
            return None

    def count_steps(self, function: Function) -> list[int]:
        """Return how many steps each call of the right function takes."""
        counts = []
        for call in self.calls:
            with _limited(sys.maxsize) as counter:
                function(*copied(call.arguments))
            counts.append(counter.taken)
        return counts

    def _join(self, sketches: list[Sketch | None]) -> _Row:
        numbers, margins, shapes = [], [], []
        for call, given in zip(self.calls, sketches, strict=True):
            count = len(call.right.numbers)
            if given is None or given.form != call.right.form:
                numbers.append(np.zeros(count))
                margins.append(np.zeros(count))
                shapes += [-1] * count
            else:
                numbers.append(given.numbers)
                margins.append(given.margins)
                shapes += [self._shapes.setdefault(s, len(self._shapes)) for s in given.shapes]
        return _Row(np.concatenate(numbers), np.concatenate(margins), np.array(shapes))

    def pack(self, kept: list[tuple[str, str, _Row]]) -> dict[str, Any]:
        rows = [self.right, *[row for _, _, row in kept]]
        tables = {phase: self._make_table(phase, rows) for phase in PHASES}
        return {
            "names": tuple([name for name, _, _ in kept]),
            "sentences": tuple([sentence for _, sentence, _ in kept]),
            "tables": tables,
        }

    def _make_table(self, phase: str, rows: list[_Row]) -> dict[str, Any]:
        """Return the rows' columns of a phase, that of the right results first."""
        calls = [call for call in self.calls if call.phase == phase]
        columns = [
            n for call in calls for n in range(call.start, call.start + len(call.right.numbers))
        ]
        first = calls[0].start if calls else 0
        layouts: dict[bytes, int] = {}
        of = [layouts.setdefault(row.shapes[columns].tobytes(), len(layouts)) for row in rows]
        return {
            "calls": tuple([call.number for call in calls]),
            "starts": tuple([call.start - first for call in calls]),
            "forms": tuple([call.right.form for call in calls]),
            "numbers": np.stack([row.numbers[columns] for row in rows]),
            "shapes": tuple(self._shapes),
            "layouts": tuple([np.frombuffer(layout, np.int64) for layout in layouts]),
            "of": np.array(of),
        }


def _choose_different(
    changes: list[tuple[str, str, _Row]], known: list[_Row]
) -> list[tuple[str, str, _Row]]:
    """Leave out changes that give what is known, or what one before gives, on every call."""
    numbers = [row.numbers for row in known]
    shapes = [row.shapes for row in known]
    kept = []
    for change in changes:
        row = change[2]
        near = np.abs(np.stack(numbers) - row.numbers) <= row.margins
        if not (near & (np.stack(shapes) == row.shapes)).all(axis=1).any():
            kept.append(change)
            numbers.append(row.numbers)
            shapes.append(row.shapes)
    return kept


# ---- running


def _run_changes(
    recorder: _Recorder, homework: "_Callable", whole: Function
) -> Iterator[tuple[str, str, _Row]]:
    """Yield the name, the sentence and the results of each change that gives results."""
    words = homework.words_of(whole, recorder.calls[0].arguments)
    with quiet():
        steps = [MOST_STEPS * n + FREE_STEPS for n in recorder.count_steps(whole)]
        for part in [whole, *find_helpers(whole, homework.graded)]:
            is_helper = part is not whole
            for change in changed_functions(part, words, homework.names, is_helper=is_helper):
                function = homework.build(whole, change.code)
                row = recorder.run(function, steps, fits=change.is_confusion)
                if row is not None:
                    yield change.name, change.sentence, row


def _run_called_mistakes(
    recorder: _Recorder, questions: Mapping[str, Question], reference: Reference
) -> Iterator[tuple[str, str, _Row]]:
    """Yield the same for the known mistakes of the functions that the right one calls."""
    whole = reference.functions[recorder.question.full_name]
    graded = {name: reference.functions[name] for name in questions}
    with quiet():
        steps = [MOST_STEPS * n + FREE_STEPS for n in recorder.count_steps(whole)]
        for other in list_called(whole, graded):
            name = questions[other].name
            for mistake in questions[other].mistakes:
                if isinstance(mistake.wrong, OpenOrder) or questions[other].open_order is not None:
                    continue
                function = replace_called(whole, graded[other], mistake.wrong)
                row = recorder.run(function, steps, fits=False)
                if row is not None:
                    yield f"{name}-{mistake.name}", f"{_CALLED}{other} {mistake.name}", row


def _run_defaults(recorder: _Recorder, whole: Function) -> Iterator[tuple[str, str, _Row]]:
    """Yield what comes out with another default, which calls with a value of their own refute."""
    for parameter in inspect.signature(whole).parameters.values():
        right = parameter.default
        for value in _list_other_defaults(right):
            row = recorder.run(_with_default(whole, parameter.name, value), None, fits=True)
            if row is not None:
                sentence = (
                    f"{parameter.name} counts as {value:g} where it is not given; its default is"
                    f" {right:g}."
                )
                yield "other-default", sentence, row


def _list_other_defaults(right: Any) -> list[float]:
    """Return the numbers that a default may have instead; none where it is no number."""
    if isinstance(right, bool) or not isinstance(right, int | float):
        return []
    near = (-right, 10 * right, right / 10, right + 1, right - 1, 2 * right, right / 2)
    others = [value for value in dict.fromkeys((*near, *DEFAULTS)) if value != right]
    return [int(v) for v in others if v == int(v)] if isinstance(right, int) else others


def _with_default(function: Function, name: str, value: float) -> Function:
    """Return a function that gives a parameter another value where it is left out."""
    signature = inspect.signature(function)

    def call(*arguments: Any) -> Any:
        given = signature.bind(*arguments)
        given.arguments.setdefault(name, value)
        return function(*given.args, **given.kwargs)

    return call


def _run_pairs(
    recorder: _Recorder, homework: "_Callable", whole: Function
) -> Iterator[tuple[str, str, _Row]]:
    """Yield the same of two changes at once."""
    words = homework.words_of(whole, recorder.calls[0].arguments)
    with quiet():
        for change in changed_pairs(whole, words, homework.names):
            row = recorder.run(homework.build(whole, change.code), None, fits=True)
            if row is not None:
                yield change.name, change.sentence, row


@dataclass(frozen=True)
class _Callable:
    """What changed functions of a question may call and name."""

    question: Question
    names: Homework
    graded: dict[str, Function]
    numbers: frozenset[float]

    def words_of(self, function: Function, example: tuple[Any, ...]) -> Words:
        returns = self.question.returns
        results = tuple(map(result_name, returns)) if isinstance(returns, tuple) else (returns,)
        parameters = tuple(inspect.signature(function).parameters)
        given = dict(zip(parameters, example, strict=False))
        return Words(
            parameters,
            tuple([name for name in results if isinstance(name, str)]),
            self.names.aliases,
            [n for n, a in given.items() if isinstance(a, np.ndarray) and a.dtype.kind == "i"],
            self.numbers,
        )

    def build(self, whole: Function, code: types.CodeType) -> Function:
        """Return a function with one changed definition, its own or a helper's, in its file."""
        namespace = whole.__globals__ | {"np": np} | self.graded
        for part in [whole, *find_helpers(whole, self.graded)]:
            namespace[part.__name__] = _move(part, namespace)
        exec(code, namespace)  # the homework's own code, with one change
        function: Function = namespace[whole.__name__]
        return function


def _move(function: Function, namespace: dict[str, Any]) -> Function:
    """Return a function that finds its names in another namespace."""
    moved = types.FunctionType(
        function.__code__,
        namespace,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    moved.__kwdefaults__ = function.__kwdefaults__
    return moved


def _make_homework(
    question: Question, questions: Mapping[str, Question], reference: Reference
) -> _Callable:
    own = question.full_name.partition(".")[2]
    aliases, arities, graded = {}, {}, {}
    for full_name in questions:
        name, function = full_name.partition(".")[2], reference.functions[full_name]
        aliases[name] = f"_the_homeworks_{name}"
        arities[name] = _count_arguments(function)
        graded[aliases[name]] = function
    numbers = _list_numbers(reference.functions[question.full_name])
    return _Callable(question, Homework(own, aliases, arities), graded, numbers)


def _list_numbers(function: Function) -> frozenset[float]:
    """Return the numbers that every student sees: of the docstring's formulas, and the defaults."""
    said = (inspect.getdoc(function) or "").partition("\nExamples\n")[0]
    said = re.sub(r"(?i)\bsections? [\d.]+(?:(?:, | and )[\d.]+)*", "", said)
    found = {float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w])", said)}
    defaults = [p.default for p in inspect.signature(function).parameters.values()]
    found |= {float(d) for d in defaults if isinstance(d, int | float) and not isinstance(d, bool)}
    return frozenset(found)


def _count_arguments(function: Function) -> tuple[int, int]:
    parameters = inspect.signature(function).parameters.values()
    return len([p for p in parameters if p.default is p.empty]), len(parameters)


class _NoEndError(BaseException):
    """A function takes far more steps than the right one."""


class _Counter:
    """Counts the lines that run, and ends what has no end; numpy's own are not looked at."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = 0

    def __call__(self, frame: Any, event: str, argument: Any) -> Any:
        self.taken += 1
        if self.taken > self.most:
            raise _NoEndError
        is_numpys = str(frame.f_globals.get("__name__", "")).startswith("numpy")
        return None if is_numpys else self


@contextmanager
def _limited(most: int) -> Iterator[_Counter]:
    before, counter = sys.gettrace(), _Counter(most)
    sys.settrace(counter)
    try:
        yield counter
    finally:
        sys.settrace(before)
