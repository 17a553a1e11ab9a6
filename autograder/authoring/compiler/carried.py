"""Compute what a mistake in one function makes of the others that call it.

A student's `spread` that calls a wrong `mean` is wrong as well, and right for its own part. So the
key holds each function's results with every known mistake of a function that it may call put in
that one's place, wherever the reference mentions it. Two that any function can have are among
them: float32 results, and a result written into an argument.

A student may call functions where the reference does not; the rubric lists such ways to write a
function (`Question.way`), and errors are carried along each of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.authoring.compiler.questions import CompiledQuestion, open_ended_calls
from autograder.authoring.compiler.reference import Reference
from autograder.authoring.language.questions import Question, Way
from autograder.core.codec import READ_ONLY, encode
from autograder.core.compare import is_leaf, is_same_answer
from autograder.core.vectors import pack, vector_of
from autograder.homework.key import PHASES

__all__ = ["carried_entries"]

Function = Callable[..., Any]

#: The names that the judge gives to the two errors that any function can have.
FLOAT32, IN_PLACE = "type-float32", "argument-changed"


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong with a function, and the function that has it."""

    name: str
    mistake: str
    function: Function


#: What is wrong at once: one thing, two with one function, or the same in several.
Slip = tuple[Wrong, ...]


def carried_entries(
    done: CompiledQuestion, compiled: Mapping[str, CompiledQuestion], reference: Reference
) -> dict[str, Any]:
    """Return what of other functions' mistakes shows in the results of one.

    ``stored`` has packed results, each once; ``entries`` one for each mistake that shows, with the
    place in ``stored`` for each call, by phase (-1: as if all were right).
    """
    places: dict[bytes, int] = {}
    entries: dict[bytes, dict[str, Any]] = {}

    def add(structure: Mapping[str, Function], slip: Slip) -> bool:
        entry = _make_entry(done, structure, slip, reference, places)
        if entry is not None:
            entries.setdefault(encode(entry), entry)
        return entry is not None

    shared: dict[str, dict[str, Wrong]] = {}
    for structure, question in _list_structures(done, compiled, reference):
        for wrong in _list_mistakes(question):
            if add(structure, (wrong,)) and not structure:
                shared.setdefault(wrong.mistake, {})[wrong.name] = wrong
        add(structure, (_give_float32(question, reference),))
        if add(structure, (_write_in_place(question, reference),)) and not structure:
            for wrong in _list_mistakes(question):
                add({}, (wrong, _write_in_place(question, reference)))
    for habit in shared.values():
        if len(habit) > 1:
            add({}, tuple(habit.values()))
    return {"stored": tuple(places), "entries": tuple(entries.values())}


def _list_structures(
    done: CompiledQuestion, compiled: Mapping[str, CompiledQuestion], reference: Reference
) -> Iterator[tuple[dict[str, Function], Question]]:
    """Yield each way to write the functions by one another, and a function that then is called."""
    own = done.question.full_name
    used = {n for n in compiled if n == own or _calls(n, done, {}, reference)}
    for name, other in compiled.items():
        if name == own or other.question.open_order is not None:
            continue
        ways = [
            (user, way.right)
            for user in compiled
            if user in used and user != name
            for way in compiled[user].question.ways
            if _leads_to(name, way, user, compiled, done, reference)
        ]
        together = [dict(ways)] if len(ways) > 1 else []
        for structure in [{}, *[{user: way} for user, way in ways], *together]:
            if _calls(name, done, structure, reference):
                yield structure, other.question


def _leads_to(
    name: str,
    way: Way,
    user: str,
    compiled: Mapping[str, CompiledQuestion],
    done: CompiledQuestion,
    reference: Reference,
) -> bool:
    """Tell whether a way to write `user` carries the mistakes of `name` where nothing else does."""
    if way.only:
        return way.only == name
    # Training takes long: there, only where the reference itself would not carry them.
    if done.question.open_order is not None and _calls(name, compiled[user], {}, reference):
        return False
    return _calls(name, compiled[user], {user: way.right}, reference)


def _calls(
    name: str, done: CompiledQuestion, structure: Mapping[str, Function], reference: Reference
) -> bool:
    """Tell whether a function's first call comes by `name`."""
    right = reference.functions[name]
    seen = []

    def recorder(*arguments: Any, **named: Any) -> Any:
        seen.append(name)
        return right(*arguments, **named)

    _, arguments = done.calls["public"][0]
    with reference.replacing(structure), reference.replacing({name: recorder}):
        reference.wrong_outcomes(
            _pick_function(done, structure, reference), done.question, arguments
        )
    return bool(seen)


def _pick_function(
    done: CompiledQuestion, structure: Mapping[str, Function], reference: Reference
) -> Function:
    question = done.question
    way = structure.get(question.full_name)
    if way is None and question.open_order is not None:
        return question.open_order.results
    return way or reference.functions[question.full_name]


def _list_mistakes(question: Question) -> list[Wrong]:
    return [Wrong(question.full_name, m.name, m.wrong) for m in question.mistakes]


def _give_float32(question: Question, reference: Reference) -> Wrong:
    right = reference.functions[question.full_name]
    return Wrong(
        question.full_name, FLOAT32, lambda *a, **named: _cast_to_float32(right(*a, **named))
    )


def _write_in_place(question: Question, reference: Reference) -> Wrong:
    right = reference.functions[question.full_name]
    return Wrong(
        question.full_name, IN_PLACE, lambda *a, **named: _write_into(a, right(*a, **named))
    )


def _cast_to_float32(result: Any) -> Any:
    if isinstance(result, dict):
        return {name: _cast_to_float32(item) for name, item in result.items()}
    if isinstance(result, tuple):
        return tuple([_cast_to_float32(item) for item in result])
    is_real = isinstance(result, np.ndarray) and result.dtype == np.float64
    return result.astype(np.float32) if is_real else result


def _write_into(arguments: Sequence[Any], result: Any) -> Any:
    """Write a result into the first argument that is like it, and return that one."""
    for argument in arguments:
        if isinstance(result, dict) and isinstance(argument, dict):
            return {name: _write_into([argument[name]], result[name]) for name in result}
        is_like = isinstance(argument, np.ndarray) and isinstance(result, np.ndarray)
        if is_like and argument.shape == result.shape and argument.dtype == result.dtype:
            argument[...] = result
            return argument
    return result


def _make_entry(
    done: CompiledQuestion,
    structure: Mapping[str, Function],
    slip: Slip,
    reference: Reference,
    places: dict[bytes, int],
) -> dict[str, Any] | None:
    """Return one error's entry, None where nothing of it shows."""
    of: dict[str, tuple[int, ...]] = {}
    changed: dict[str, tuple[Any, ...]] = {}
    with reference.replacing(structure), _replace_by_mistakes(slip, reference):
        function = _pick_function(done, structure, reference)
        for phase in PHASES:
            packed = _pack_calls(done, phase, function, reference)
            of[phase] = tuple([_find_place(c, places) for c in packed if c is not None])
            if len(of[phase]) < len(packed):
                return None
            changed[phase] = ()
            if slip[-1].mistake == IN_PLACE:
                calls = [arguments for _, arguments in done.calls[phase]]
                changed[phase] = tuple(
                    [reference.changed_arguments(done.question, call) for call in calls]
                )
    shows = any([place >= 0 for phase in PHASES for place in of[phase]])
    if not shows and not any([any(positions) for positions in changed.values()]):
        return None
    made = tuple([(wrong.name, wrong.mistake) for wrong in slip])
    return {"made": made, "of": of, "changed": changed}


def _replace_by_mistakes(slip: Slip, reference: Reference) -> Any:
    """Replace functions by wrong ones, each of which itself sees the right one."""
    if len({wrong.name for wrong in slip}) < len(slip):  # a mistake, written into an argument
        mistake, _ = slip
        return reference.replacing({mistake.name: _make_wrong_outside(mistake, reference, True)})
    return reference.replacing(
        {wrong.name: _make_wrong_outside(wrong, reference, False) for wrong in slip}
    )


def _make_wrong_outside(wrong: Wrong, reference: Reference, in_place: bool) -> Function:
    right = {wrong.name: reference.functions[wrong.name]}

    def replaced(*arguments: Any, **named: Any) -> Any:
        with reference.replacing(right):
            result = wrong.function(*arguments, **named)
        return _write_into(arguments, result) if in_place else result

    return replaced


def _pack_calls(
    done: CompiledQuestion, phase: str, function: Function, reference: Reference
) -> list[bytes | None]:
    """Pack every call's results; those that differ in their seed alone have equal results."""
    known: dict[tuple[int, int], bytes | None] = {}
    pairs = list(_make_results(done, phase, function, reference))
    for results, right, raised in pairs:
        place = (id(results), id(right))
        known[place] = known[place] if place in known else _pack_results(results, right, raised)
    return [known[id(results), id(right)] for results, right, _ in pairs]


def _make_results(
    done: CompiledQuestion, phase: str, function: Function, reference: Reference
) -> Iterator[tuple[Any, Any, str]]:
    """Yield a call's results, the right ones, what some order raises; None for nothing fixed."""
    fixed_not = open_ended_calls(done, phase)
    for call, (layout, arguments) in enumerate(done.calls[phase]):
        if call in fixed_not:
            yield None, None, ""
        else:
            results, raised = reference.try_all(
                function, done.question, arguments, read_only=layout == READ_ONLY
            )
            yield results, done.expected[phase][call], raised


def _pack_results(results: Any, right: Any, raised: str) -> bytes | None:
    """Return what the key holds of a call, empty where it is right; None where it can't be held."""
    if results is None:
        return b""
    if isinstance(results, dict):
        return encode(results)
    if _are_the_same(results, right):
        return b""
    vectors = [vector_of(result) for result in results]
    if len({vector.forms if vector else None for vector in vectors} | {None}) != 2:
        return None
    packed = pack(results, dtype=np.float32)
    return encode(packed | {"raises": raised} if raised else packed)


def _are_the_same(results: Any, right: Any) -> bool:
    """Tell whether all results are right, one by one, and of the right types."""
    if len(results) != len(right) or _find_types(results[0]) != _find_types(right[0]):
        return False
    return all([is_same_answer(a, b) for a, b in zip(results, right, strict=True)])


def _find_types(tree: Any) -> Any:
    if is_leaf(tree) or not isinstance(tree, tuple | dict):
        return tree[1] if is_leaf(tree) else None
    items = tree.values() if isinstance(tree, dict) else tree
    return [_find_types(item) for item in items]


def _find_place(content: bytes, places: dict[bytes, int]) -> int:
    return places.setdefault(content, len(places)) if content else -1
