"""Compile a homework's rubric and reference into its two answer keys, full and public."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.compiler.carried import carried_entries
from autograder.compiler.draw import draw_examples
from autograder.compiler.parallel import each_in_parallel
from autograder.compiler.questions import CompiledQuestion, compile_question
from autograder.compiler.reference import Reference, load_parts, structure_of
from autograder.errors import RubricError
from autograder.homework import Homework
from autograder.key import PHASES, write_key
from autograder.language.words import (
    HIDDEN,
    PREDICATES,
    PUBLIC,
    RESULT_KINDS,
    Check,
    Kink,
    Part,
)
from autograder.values import decode, encode
from autograder.vectors import pack

__all__ = ["compile_homework", "compile_parts"]

FULL_POINTS = 100_00

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
    _require_points(parts)
    _require_questions(parts, reference)
    _require_sound_checks(parts)
    questions = {q.full_name: q for part in parts for q in part.questions}
    # Training lists many orders: it takes longest, and begins first.
    names = sorted(questions, key=lambda name: questions[name].orders is None)
    count = 2 * len(names)
    found: dict[str, CompiledQuestion] = {}
    for name, done in each_in_parallel(
        lambda name: compile_question(questions[name], reference).without_question(), names
    ):
        progress(name, len(found), count)
        found[name] = replace(done, question=questions[name])
    compiled = {name: found[name] for name in questions}
    checks = []
    for part in parts:
        kinks = [_kink_entry(part, kink, compiled, reference) for kink in part.kinks]
        for question in part.questions:
            done = compiled[question.full_name]
            checks += [_check_entry(part, done, check) for check in question.checks]
            checks += [kink for kink in kinks if kink["function"] == question.full_name]
    carried: dict[str, bytes] = {}
    for name, content in each_in_parallel(
        lambda name: encode(carried_entries(compiled[name], compiled, reference)), names
    ):
        progress(name, len(names) + len(carried), count)
        carried[name] = content
    return {
        "parts": {part.name: part.title for part in parts},
        "functions": tuple(
            [_function_entry(d) | {"carried": carried[name]} for name, d in compiled.items()]
        ),
        "checks": tuple(checks),
    }


def _require_points(parts: Sequence[Part]) -> None:
    total = sum([c.points for part in parts for q in part.questions for c in q.checks])
    total += sum([kink.points for part in parts for kink in part.kinks])
    if total != FULL_POINTS:
        shares = ", ".join([f"{part.name} {_points_of(part) / 100:g}" for part in parts])
        raise RubricError(f"the points add up to {total / 100:g}, not to 100: {shares}")


def _points_of(part: Part) -> int:
    checks = [check.points for question in part.questions for check in question.checks]
    return sum(checks) + sum([kink.points for kink in part.kinks])


def _require_questions(parts: Sequence[Part], reference: Reference) -> None:
    asked = [question.full_name for part in parts for question in part.questions]
    for name in asked:
        if name not in reference.functions:
            raise RubricError(f"the rubric asks for {name}, which the solution does not have")
        if asked.count(name) > 1:
            raise RubricError(f"the rubric asks for {name} twice")
    for name in reference.functions:
        if name not in asked:
            raise RubricError(f"{name} of the solution has no check in the rubric")


def _require_sound_checks(parts: Sequence[Part]) -> None:
    """Catch the slips that would otherwise show when a student is graded."""
    for question in [question for part in parts for question in part.questions]:
        name = question.full_name
        checks = [check.name for check in question.checks]
        _require_single(name, "check", checks)
        _require_single(name, "mistake", [mistake.name for mistake in question.mistakes])
        for check in question.checks:
            if check.kind not in (*RESULT_KINDS, *PREDICATES):
                raise RubricError(
                    f"the check {check.name} of {name} is of the kind {check.kind}, which there is"
                    f" not: use one of {', '.join((*RESULT_KINDS, *PREDICATES))}"
                )
            for other in check.calls_of:
                if other not in checks:
                    raise RubricError(
                        f"the check {check.name} of {name} looks at the calls of {other}, which"
                        " there is not"
                    )


def _require_single(question: str, what: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise RubricError(f"{question} has two {what}s called {name}")


def _check_entry(part: Part, done: CompiledQuestion, check: Check) -> dict[str, Any]:
    calls = done.calls_of(check)
    if not calls:
        raise RubricError(f"the check {check.name} of {done.question.full_name} makes no call")
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
        for arguments in draw_examples(examples.inputs.strategy(), examples.count, seed=start):
            right = reference.outcomes(done.question, arguments)
            done.calls[PUBLIC].append((0, arguments))
            done.expected[PUBLIC].append(right)
            for wrong in done.wrong.values():
                wrong[PUBLIC].append(None)
            wrongs.append(np.asarray(other(*arguments), dtype=np.float64))
            masks.append(wrongs[-1] != right[0][0])
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
        kept: dict[str, Any] = {
            name: {PUBLIC: function[name][PUBLIC]} for name in ("counts", "requests", "expected")
        }
        kept["mistakes"] = _public_mistakes(function["mistakes"])
        kept["carried"] = _public_carried(function["carried"])
        functions.append(function | kept)
    checks = tuple([check for check in content["checks"] if check["visibility"] != HIDDEN])
    return content | {"functions": tuple(functions), "checks": checks}


def _public_mistakes(encoded: bytes) -> bytes:
    mistakes = decode(encoded)
    return encode(tuple([m | {"results": {PUBLIC: m["results"][PUBLIC]}} for m in mistakes]))


def _public_carried(encoded: bytes) -> bytes:
    """Return the same without what only hidden calls come to."""
    carried = decode(encoded)
    kept = [
        entry | {key: {PUBLIC: entry[key][PUBLIC]} for key in ("of", "changed")}
        for entry in carried["entries"]
    ]
    used = sorted({place for entry in kept for place in entry["of"][PUBLIC] if place >= 0})
    places = {place: number for number, place in enumerate(used)}
    for entry in kept:
        entry["of"] = {PUBLIC: tuple([places.get(place, -1) for place in entry["of"][PUBLIC]])}
    stored = tuple([carried["stored"][place] for place in used])
    return encode({"stored": stored, "entries": tuple(kept)})
