"""Record the calls that the reference makes of other functions of the homework.

A student's `spread` that calls a wrong `mean` gives wrong results, and may be right for its own
part. So the key holds, for each function and phase, what its right version asks of every other one
and what it is told: the grader lets the student's function run again with these results in the
place of the wrong function's (`autograder.judge.carried`).

A student may call functions where the reference does not; the rubric lists such ways to write a
function (`Question.way`), which are recorded too. Where the order of the items is open, every legal
order is recorded; the order of the items in a batch is left to the look-up.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from autograder.authoring.compiler.questions import CompiledQuestion, open_ended_calls
from autograder.authoring.compiler.reference import Reference, copied, quiet, structure_of
from autograder.authoring.language.questions import Question
from autograder.core.codec import encode
from autograder.core.compare import is_leaf, is_same_answer
from autograder.core.recorded import pack_calls
from autograder.core.results import plain_arguments, plain_result
from autograder.core.vectors import shapes_in, vector_of
from autograder.homework.key import PHASES

__all__ = ["describe_batch", "record_calls"]

Function = Callable[..., Any]


def record_calls(
    done: CompiledQuestion, questions: Mapping[str, Question], reference: Reference
) -> dict[str, dict[str, Any]]:
    """Return by phase and function, ``file.function``, the packed calls that one makes of it."""
    found = {}
    for phase in PHASES:
        open_ended = open_ended_calls(done, phase)
        calls = [call for n, (_, call) in enumerate(done.calls[phase]) if n not in open_ended]
        found[phase] = _Recorder(done.question, questions, reference).record(calls)
    return found


class _Recorder:
    """The calls that one function makes of all others, each once."""

    def __init__(
        self, question: Question, questions: Mapping[str, Question], reference: Reference
    ) -> None:
        self._question = question
        self._questions = questions
        self._reference = reference
        self._calls: dict[str, dict[bytes, tuple[Any, ...]]] = {}

    def record(self, calls: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
        """Make `calls` of the function, in every way to write it, and pack what they call."""
        self._record_by({}, calls)
        for name in [self._question.full_name, *self._calls]:
            for way in self._questions[name].ways:
                self._record_by({name: way.right}, calls)
        return {name: self._pack(name) for name in sorted(self._calls)}

    def _record_by(
        self, structure: Mapping[str, Function], calls: Sequence[tuple[Any, ...]]
    ) -> None:
        reference, own = self._reference, self._question.full_name
        with reference.replacing(structure):
            others = {n: self._watch(n) for n in self._questions if n != own}
            with reference.replacing(others):
                function = structure.get(own) or self._pick_function()
                for arguments in calls:
                    reference.try_all(function, self._question, arguments)

    def _pick_function(self) -> Function:
        open_order = self._question.open_order
        if open_order is not None:
            return open_order.results
        return self._reference.functions[self._question.full_name]

    def _watch(self, name: str) -> Function:
        function = self._reference.functions[name]

        def watched(*arguments: Any, **named: Any) -> Any:
            self._keep(name, copied(_bind(function, arguments, named)))
            return function(*arguments, **named)

        return watched

    def _keep(self, name: str, given: tuple[Any, ...]) -> None:
        self._calls.setdefault(name, {}).setdefault(_round_off(given), given)

    def _pack(self, name: str) -> dict[str, Any]:
        calls = list(self._calls[name].values())
        batch = (
            _find_batch_axes(self._questions[name]) if self._question.open_order is not None else {}
        )
        axis = self._find_result_axis(name, calls, batch)
        made = [(plain_arguments(given), self._tell(name, given)) for given in calls]
        return pack_calls(
            made,
            defaults=plain_arguments(_find_defaults(self._reference.functions[name])),
            batch=batch if axis is not None else {},
            result_axis=-1 if axis is None else axis,
        )

    def _tell(self, name: str, given: tuple[Any, ...]) -> Any:
        """Return the right result of a call; None where there is none."""
        structure = structure_of(self._questions[name].returns)
        with suppress(Exception), quiet():
            return plain_result(self._reference.functions[name](*copied(given)), structure)
        return None

    def _find_result_axis(
        self, name: str, calls: Sequence[tuple[Any, ...]], batch: Mapping[int, int]
    ) -> int | None:
        """Return along which axis the results follow the items of a batch.

        It is -1 where their order changes nothing, None where it changes something else.
        """
        turned = []
        for given in calls:
            backward = tuple(
                [np.flip(item, batch[n]) if n in batch else item for n, item in enumerate(given)]
            )
            turned.append((self._tell(name, given), self._tell(name, backward)))
        for axis in [-1, *dict.fromkeys(batch.values())]:
            if all([_is_turned(some, other, axis) for some, other in turned]):
                return axis
        return None


def describe_batch(question: Question) -> tuple[Any, ...]:
    """Return what tells which axis counts the items of a batch: first letter, shapes of inputs."""
    drawn = [c.examples.inputs for c in question.checks if c.examples and c.examples.inputs]
    shapes = [spec.shape for spec in drawn[0].specs.values()] if drawn else []
    return (next(iter(question.letters), ""), shapes)


def _find_batch_axes(question: Question) -> dict[int, int]:
    """Return which axis of which argument counts the items of a batch."""
    batch, shapes = describe_batch(question)
    words = [shape.split() if isinstance(shape, str) else [] for shape in shapes]
    return {n: of.index(batch) for n, of in enumerate(words) if batch in of}


def _is_turned(some: Any, other: Any, axis: int) -> bool:
    if axis >= 0 and not is_leaf(some) and isinstance(some, tuple):
        return all([_is_turned(*pair, axis) for pair in zip(some, other, strict=True)])
    if axis >= 0 and is_leaf(some):
        some = (np.flip(some[0], axis), some[1]) if some[0].ndim > axis else None
    return is_same_answer(some, other)


def _bind(
    function: Function, arguments: tuple[Any, ...], named: Mapping[str, Any]
) -> tuple[Any, ...]:
    """Return a call's arguments by position, those that it leaves out with their defaults."""
    bound = inspect.signature(function).bind(*arguments, **named)
    bound.apply_defaults()
    return bound.args


def _round_off(given: tuple[Any, ...]) -> bytes:
    """Return the same for arguments that differ by rounding: what led to them may be many ways."""
    vector = vector_of(plain_arguments(given))
    if vector is None:
        return encode(plain_arguments(given))
    shapes = tuple(shapes_in(plain_arguments(given)))
    return encode((vector.forms, shapes, vector.numbers.astype(np.float32)))


def _find_defaults(function: Function) -> tuple[Any, ...]:
    parameters = inspect.signature(function).parameters.values()
    return tuple([p.default for p in parameters if p.default is not p.empty])
