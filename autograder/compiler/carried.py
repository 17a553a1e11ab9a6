"""Compute what a mistake in one function makes of the others that call it.

A student's `forward` that calls a wrong `relu` is wrong as well, and right for its own part. So the
key holds each function's results with every known mistake of a function that it may call put in
that one's place, wherever the reference mentions it. Two slips that any function can have are among
them: float32 results, and a result written into an argument.

A student may call functions where the reference does not; the rubric lists such ways to write a
function (`Question.way`), and errors are carried along each of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.compare import is_leaf
from autograder.compiler.questions import READ_ONLY, CompiledQuestion, differs, open_ended_calls
from autograder.compiler.reference import Reference
from autograder.key import PHASES
from autograder.language.words import Question, Way
from autograder.values import encode
from autograder.vectors import pack, vector_of

__all__ = ["carried_entries"]

Function = Callable[..., Any]

#: The names that the judge gives to the two slips that any function can have.
FLOAT32, IN_PLACE = "type-float32", "argument-changed"


@dataclass(frozen=True)
class Source:
    """A function that others call, and one thing that is wrong with it."""

    name: str
    mistake: str
    wrong: Function


def carried_entries(
    done: CompiledQuestion, compiled: Mapping[str, CompiledQuestion], reference: Reference
) -> dict[str, Any]:
    """Return what of other functions' mistakes shows in the results of one.

    Returns
    -------
    dict
        ``stored``: packed results, each once; ``entries``: one for each mistake that shows, with
        the place in ``stored`` for each call, by phase (-1: as if all were right).
    """
    places: dict[bytes, int] = {}
    entries: dict[bytes, dict[str, Any]] = {}
    for structure, sources in _structures(done, compiled, reference):
        for source in sources:
            entry = _entry(done, structure, source, reference, places)
            if entry is not None:
                entries.setdefault(encode(entry), entry)
    return {"stored": tuple(places), "entries": tuple(entries.values())}


def _structures(
    done: CompiledQuestion, compiled: Mapping[str, CompiledQuestion], reference: Reference
) -> Iterator[tuple[dict[str, Function], list[Source]]]:
    """Yield each way to write the functions by one another, with the mistakes that it passes on."""
    own = done.question.full_name
    used = {n for n in compiled if n == own or _calls(n, done, {}, reference)}
    for name, other in compiled.items():
        if name == own or other.question.orders is not None:
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
                yield structure, _sources(other.question, reference)


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
    if done.question.orders is not None and _calls(name, compiled[user], {}, reference):
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
    with _written_as(structure, reference), reference.replacing({name: recorder}):
        reference.wrong_outcomes(_function(done, structure, reference), done.question, arguments)
    return bool(seen)


def _function(
    done: CompiledQuestion, structure: Mapping[str, Function], reference: Reference
) -> Function:
    question = done.question
    way = structure.get(question.full_name)
    return way or question.outcomes or reference.functions[question.full_name]


def _written_as(structure: Mapping[str, Function], reference: Reference) -> Any:
    return reference.replacing(structure)


def _sources(question: Question, reference: Reference) -> list[Source]:
    name = question.full_name
    right = reference.functions[name]
    known = [Source(name, mistake.name, mistake.wrong) for mistake in question.mistakes]

    def in_float32(*arguments: Any, **named: Any) -> Any:
        return _cast(right(*arguments, **named))

    def in_place(*arguments: Any, **named: Any) -> Any:
        return _written_into(arguments, right(*arguments, **named))

    return [*known, Source(name, FLOAT32, in_float32), Source(name, IN_PLACE, in_place)]


def _cast(result: Any) -> Any:
    if isinstance(result, dict):
        return {name: _cast(item) for name, item in result.items()}
    if isinstance(result, tuple):
        return tuple([_cast(item) for item in result])
    is_real = isinstance(result, np.ndarray) and result.dtype == np.float64
    return result.astype(np.float32) if is_real else result


def _written_into(arguments: Sequence[Any], result: Any) -> Any:
    """Write a result into the first argument that is like it, and return that one."""
    for argument in arguments:
        if isinstance(result, dict) and isinstance(argument, dict):
            return {name: _written_into([argument[name]], result[name]) for name in result}
        is_like = isinstance(argument, np.ndarray) and isinstance(result, np.ndarray)
        if is_like and argument.shape == result.shape and argument.dtype == result.dtype:
            argument[...] = result
            return argument
    return result


def _entry(
    done: CompiledQuestion,
    structure: Mapping[str, Function],
    source: Source,
    reference: Reference,
    places: dict[bytes, int],
) -> dict[str, Any] | None:
    """Return one mistake's entry, None where nothing of it shows."""
    of: dict[str, tuple[int, ...]] = {}
    changed: dict[str, tuple[Any, ...]] = {}
    with _written_as(structure, reference), _with_mistake(source, reference):
        function = _function(done, structure, reference)
        for phase in PHASES:
            # Calls that differ in their seed alone have the same results, the same objects.
            known: dict[tuple[int, int], bytes | None] = {}
            pairs = list(_results(done, phase, function, reference))
            for pair in pairs:
                place = (id(pair[0]), id(pair[1]))
                known[place] = known[place] if place in known else _packed(*pair)
            packed = [known[id(results), id(right)] for results, right in pairs]
            of[phase] = tuple([_place(c, places) for c in packed if c is not None])
            if len(of[phase]) < len(packed):
                return None
            changed[phase] = (
                tuple([_changed(done, call, reference) for call in done.calls[phase]])
                if source.mistake == IN_PLACE
                else ()
            )
    shows = any([place >= 0 for phase in PHASES for place in of[phase]])
    if not shows and not any([any(positions) for positions in changed.values()]):
        return None
    return {"source": source.name, "mistake": source.mistake, "of": of, "changed": changed}


def _with_mistake(source: Source, reference: Reference) -> Any:
    """Replace a function by a wrong one that itself sees the right one."""
    right = {source.name: reference.functions[source.name]}

    def wrong(*arguments: Any, **named: Any) -> Any:
        with reference.replacing(right):
            return source.wrong(*arguments, **named)

    return reference.replacing({source.name: wrong})


def _results(
    done: CompiledQuestion, phase: str, function: Function, reference: Reference
) -> Iterator[tuple[Any, Any]]:
    """Yield a call's results as they come, beside the right ones; None where nothing is fixed."""
    fixed_not = open_ended_calls(done, phase)
    for call, (layout, arguments) in enumerate(done.calls[phase]):
        if call in fixed_not:
            yield None, None
        else:
            results = reference.wrong_outcomes(
                function, done.question, arguments, read_only=layout == READ_ONLY
            )
            yield results, done.expected[phase][call]


def _packed(results: Any, right: Any) -> bytes | None:
    """Return what the key holds of a call, empty where it is right; None where it can't be held."""
    if results is None:
        return b""
    if isinstance(results, dict):
        return encode(results)
    if not differs(right, results) and _types(results[0]) == _types(right[0]):
        return b""
    vectors = [vector_of(result) for result in results]
    if len({vector.forms if vector else None for vector in vectors} | {None}) != 2:
        return None
    return encode(pack(results, dtype=np.float32))


def _types(tree: Any) -> Any:
    if is_leaf(tree) or not isinstance(tree, tuple | dict):
        return tree[1] if is_leaf(tree) else None
    items = tree.values() if isinstance(tree, dict) else tree
    return [_types(item) for item in items]


def _place(content: bytes, places: dict[bytes, int]) -> int:
    return places.setdefault(content, len(places)) if content else -1


def _changed(
    done: CompiledQuestion, call: tuple[int, tuple[Any, ...]], reference: Reference
) -> tuple[int, ...]:
    """Return the positions of the arguments that the function changes."""
    _, arguments = call
    return reference.changed_arguments(done.question, arguments)
