"""Compile a homework's rubric and reference into its two answer keys, full and public."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograder.compiler.draw import draw_examples
from autograder.compiler.questions import CompiledQuestion, compile_question
from autograder.compiler.reference import Reference, load_parts, structure_of
from autograder.compiler.sentences import as_sentence
from autograder.compiler.soundness import require_sound
from autograder.errors import RubricError
from autograder.homework import Homework
from autograder.key import PHASES, write_key
from autograder.language.words import (
    HIDDEN,
    PUBLIC,
    Check,
    Kink,
    Part,
)
from autograder.values import decode, encode
from autograder.vectors import pack

__all__ = ["compile_homework", "compile_parts"]

Progress = Callable[[str, int, int], None]


def compile_homework(homework: Homework, *, progress: Progress = lambda *_: None) -> None:
    """Compile both keys of `homework` and write them.

    Parameters
    ----------
    homework : Homework
        Its solution, rubric and data are read, its ``build/`` is written.
    progress : callable, optional
        Called with a question's name, its number and how many there are.

    Raises
    ------
    RubricError
        If the rubric or the reference is at fault.
    """
    digest = homework.digest()
    parts = load_parts(homework.solution)
    content = compile_parts(parts, Reference(homework.solution), progress=progress)
    write_key(
        homework.key_path("public"), _public_half(content) | {"digest": digest, "half": "public"}
    )
    write_key(homework.key_path("full"), content | {"digest": digest, "half": "full"})


def compile_parts(
    parts: Sequence[Part], reference: Reference, *, progress: Progress = lambda *_: None
) -> dict[str, Any]:
    """Return the full key's content, all but its digest.

    Raises
    ------
    RubricError
        If the rubric or the reference is at fault.
    """
    require_sound(parts, reference)
    compiled: dict[str, CompiledQuestion] = {}
    questions = [question for part in parts for question in part.questions]
    for number, question in enumerate(questions):
        progress(question.full_name, number, len(questions))
        with as_sentence(f"compiling {question.full_name} raised", where=question.where):
            compiled[question.full_name] = compile_question(question, reference)
    checks = []
    for part in parts:
        kinks = []
        for kink in part.kinks:
            with as_sentence(f"compiling the kink {kink.name} raised", where=kink.where):
                kinks.append(_kink_entry(part, kink, compiled, reference))
        for question in part.questions:
            done = compiled[question.full_name]
            checks += [_check_entry(part, done, check) for check in question.checks]
            checks += [kink for kink in kinks if kink["function"] == question.full_name]
    return {
        "parts": {part.name: part.title for part in parts},
        "functions": tuple([_function_entry(done) for done in compiled.values()]),
        "checks": tuple(checks),
    }


def _check_entry(part: Part, done: CompiledQuestion, check: Check) -> dict[str, Any]:
    calls = done.calls_of(check)
    if not calls:
        raise RubricError(
            f"the check {check.name} of {done.question.full_name} makes no call of its own:"
            " whatever its inputs give is among the public calls already",
            where=check.where,
        )
    return {
        "id": f"{done.question.full_name}.{check.name}",
        "part": part.name,
        "function": done.question.full_name,
        "title": check.title,
        "kind": check.kind,
        "points": check.points,
        "visibility": check.visibility,
        "calls": calls,
        "select": check.select,
        "data": _plain(check.data),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple([_plain(item) for item in value])
    return value


def _kink_entry(
    part: Part, kink: Kink, compiled: dict[str, CompiledQuestion], reference: Reference
) -> dict[str, Any]:
    """Add a kink's calls to its functions' public calls, and return its check."""
    members = []
    for name, (examples, other) in kink.inputs.items():
        done = compiled[name]
        assert examples.inputs is not None
        start = len(done.calls[PUBLIC])
        masks, wrongs = [], []
        drawn = draw_examples(
            examples.inputs.strategy(), examples.count, seed=start, where=examples.inputs.where
        )
        for arguments in drawn:
            right = reference.outcomes(done.question, arguments)
            done.calls[PUBLIC].append((0, arguments))
            done.expected[PUBLIC].append(right)
            for wrong in done.wrong.values():
                wrong[PUBLIC].append(None)
            wrongs.append(np.asarray(other(*arguments), dtype=np.float64))
            masks.append(wrongs[-1] != right[0][0])
        if not any([mask.any() for mask in masks]):
            raise RubricError(
                f"no input of the kink {kink.name} tells the two conventions of {name} apart",
                where=kink.where,
            )
        calls = tuple(range(start, len(done.calls[PUBLIC])))
        members.append(
            {"function": name, "calls": calls, "at": tuple(masks), "wrong": tuple(wrongs)}
        )
    first = next(iter(kink.inputs))
    return {
        "id": f"{first}.{kink.name}",
        "part": part.name,
        "function": first,
        "title": kink.title,
        "kind": "kink",
        "points": kink.points,
        "visibility": PUBLIC,
        "calls": members[0]["calls"],
        "select": (),
        "data": {
            "members": tuple(members),
            "misconception": kink.misconception,
            "sentence": kink.sentence,
        },
    }


def _function_entry(done: CompiledQuestion) -> dict[str, Any]:
    question = done.question
    structure = structure_of(question.returns)
    requests = {
        phase: encode(
            {"call": question.full_name, "returns": structure, "calls": tuple(done.calls[phase])}
        )
        for phase in PHASES
    }
    mistakes = tuple(
        [
            {
                "name": mistake.name,
                "sentence": mistake.sentence,
                "smallest": done.smallest[mistake.name],
                "results": {phase: _pool(done.wrong[mistake.name][phase]) for phase in PHASES},
            }
            for mistake in question.mistakes
        ]
    )
    return {
        "name": question.full_name,
        "parameters": done.parameters,
        "names": question.returns,
        "notes": question.part.notes,
        "trains": question.trains,
        "counts": {phase: len(done.calls[phase]) for phase in PHASES},
        "requests": requests,
        "expected": {phase: _pool(map(pack, done.expected[phase])) for phase in PHASES},
        "mistakes": encode(mistakes),
    }


def _pool(results: Iterable[Any]) -> dict[str, Any]:
    places: dict[bytes, int] = {}
    of = []
    for result in results:
        of.append(-1 if result is None else places.setdefault(encode(result), len(places)))
    return {"stored": tuple(places), "of": tuple(of)}


def _public_half(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content without any hidden check, call or result."""
    functions = []
    for function in content["functions"]:
        kept = {
            name: {PUBLIC: function[name][PUBLIC]} for name in ("counts", "requests", "expected")
        }
        functions.append(function | kept | {"mistakes": _public_mistakes(function["mistakes"])})
    checks = tuple([check for check in content["checks"] if check["visibility"] != HIDDEN])
    return content | {"functions": tuple(functions), "checks": checks}


def _public_mistakes(encoded: bytes) -> bytes:
    mistakes = decode(encoded)
    return encode(tuple([m | {"results": {PUBLIC: m["results"][PUBLIC]}} for m in mistakes]))
