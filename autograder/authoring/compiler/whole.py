"""Compile all of one question into plain data, without a word that may change at no cost.

That is its calls, right and wrong results, changes, and recorded calls, encoded as a key holds
them. Titles, points and sentences are added by `autograder.authoring.compiler.build`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.authoring.changes.called_mistakes import list_called
from autograder.authoring.compiler.changes import record_changes
from autograder.authoring.compiler.draw import draw_examples
from autograder.authoring.compiler.memory import Helpers
from autograder.authoring.compiler.questions import (
    CompiledQuestion,
    compile_question,
    keep_wrong,
    open_ended_calls,
)
from autograder.authoring.compiler.recorded import describe_batch, record_calls
from autograder.authoring.compiler.reference import Reference, structure_of
from autograder.authoring.language.checks import PUBLIC
from autograder.authoring.language.questions import Convention, Exam, Question
from autograder.authoring.language.where import as_sentence
from autograder.core.codec import PLAIN, encode
from autograder.core.right_replies import pack_replies
from autograder.core.vectors import bundle, pack
from autograder.errors import RubricError
from autograder.homework.key import PHASES

__all__ = ["compile_whole", "count_steps", "describe_whole"]


def describe_whole(question: Question, exam: Exam, reference: Reference) -> tuple[Any, ...]:
    """Return all that the data of a question depend on, the solution's code aside.

    A change calls other functions of the solution, so that all of it counts; calls are recorded of
    all questions in every way to write them.
    """
    conventions = [
        (c.name, c.shown_by[question.full_name])
        for c in exam.conventions
        if question.full_name in c.shown_by
    ]
    others = [
        (q.full_name, q.returns, [way.right for way in q.ways], describe_batch(q))
        for q in exam.questions
    ]
    checks = [replace(c, title="", points=0, needs={}) for c in question.checks]
    mistakes = [(m.name, m.wrong, m.shows_in) for m in question.mistakes]
    called = _describe_called(question, exam, reference)
    own = (question.full_name, checks, mistakes, called, question.proof, question.open_order)
    return (*own, conventions, others, exam.letters, reference.seed)


def _describe_called(question: Question, exam: Exam, reference: Reference) -> list[Any]:
    """Return the known mistakes of what a question's function calls, which are named in its own."""
    questions = {other.full_name: other for other in exam.questions}
    graded = {name: reference.functions[name] for name in questions}
    names = list_called(graded[question.full_name], graded)
    return [(n, [(m.name, m.wrong) for m in questions[n].mistakes]) for n in names]


def count_steps(question: Question) -> int:
    """Return how many steps compiling a question has: checks, mistakes, changes, recorded calls."""
    return len(question.checks) + len(question.mistakes) + 2


def compile_whole(
    question: Question, exam: Exam, reference: Reference, helpers: Helpers
) -> dict[str, Any]:
    """Compile a question; a RubricError names what is at fault."""
    questions = {other.full_name: other for other in exam.questions}
    done = compile_question(question, reference, helpers)
    changes = record_changes(done, questions, reference)
    helpers.step()
    kinks = {
        convention.name: _add_kink(convention, done, reference)
        for part in exam.parts
        for convention in exam.conventions_of(part)
        if question.full_name in convention.shown_by
    }
    about = describe_whole(question, exam, reference)[5:]  # no mistakes, which have calls by now
    recorded = helpers.memory.recall(
        lambda: record_calls(done, questions, reference),
        ("recorded", helpers.memory.describe_solution(), about, encode(_list_calls(done))),
    )
    helpers.step()
    structure = structure_of(question.returns)
    return {
        "parameters": done.parameters,
        "own_calls": {name: tuple(calls) for name, calls in done.own_calls.items()},
        "counts": {phase: len(done.calls[phase]) for phase in PHASES},
        "requests": {
            phase: encode({"call": question.full_name, "returns": structure, "calls": tuple(calls)})
            for phase, calls in done.calls.items()
        },
        "expected": {phase: _pool_results(map(pack, done.expected[phase])) for phase in PHASES},
        "replies": {phase: _pack_replies(done, phase) for phase in PHASES},
        "mistakes": {m.name: _seal_mistake(m.name, done) for m in question.mistakes},
        "changes": encode(changes),
        "recorded": encode(recorded),
        "kinks": kinks,
        "remark": done.remark,
    }


def _list_calls(done: CompiledQuestion) -> tuple[Any, ...]:
    return tuple([tuple(done.calls[phase]) for phase in PHASES])


def _seal_mistake(name: str, done: CompiledQuestion) -> dict[str, Any]:
    return {
        "smallest": done.smallest[name],
        "by_lot": name in done.by_lot,
        "results": {phase: _pool_results(map(bundle, done.wrong[name][phase])) for phase in PHASES},
    }


def _pack_replies(done: CompiledQuestion, phase: str) -> dict[str, Any]:
    expected = done.expected[phase]
    several = {call for call, right in enumerate(expected) if len(right) > 1}
    return pack_replies([right[0] for right in expected], several | open_ended_calls(done, phase))


def _pool_results(results: Iterable[Any]) -> dict[str, Any]:
    places: dict[bytes, int] = {}
    of = []
    for result in results:
        of.append(-1 if result is None else places.setdefault(encode(result), len(places)))
    return {"stored": tuple(places), "of": tuple(of)}


def _add_kink(
    convention: Convention, done: CompiledQuestion, reference: Reference
) -> Mapping[str, Any]:
    """Add a convention's calls to a question's public calls, and return where they differ."""
    what = f"compiling the convention {convention.name} raised"
    with as_sentence(what, where=convention.where):
        return _draw_kink(convention, done, reference)


def _draw_kink(
    convention: Convention, done: CompiledQuestion, reference: Reference
) -> Mapping[str, Any]:
    name = done.question.full_name
    examples, other = convention.shown_by[name]
    assert examples.inputs is not None
    start = len(done.calls[PUBLIC])
    masks, wrongs = [], []
    drawn = draw_examples(
        examples.inputs.strategy(done.question.letters),
        examples.count,
        seed=start ^ reference.seed,
        where=examples.inputs.where,
    )
    for arguments in drawn:
        right = reference.outcomes(done.question, arguments)
        done.calls[PUBLIC].append((PLAIN, arguments))
        done.expected[PUBLIC].append(right)
        for mistake in done.question.mistakes:
            wrong = reference.wrong_outcomes(mistake.wrong, done.question, arguments)
            done.wrong[mistake.name][PUBLIC].append(keep_wrong(wrong, right))
        wrongs.append(np.asarray(other(*arguments), dtype=np.float64))
        masks.append(wrongs[-1] != right[0][0])
    if not any([mask.any() for mask in masks]):
        raise RubricError(
            f"no input of the convention {convention.name} tells the two conventions of {name}"
            " apart",
            where=convention.where,
        )
    calls = tuple(range(start, len(done.calls[PUBLIC])))
    return {"function": name, "calls": calls, "at": tuple(masks), "wrong": tuple(wrongs)}
