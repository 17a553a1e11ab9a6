"""Compile a homework's rubric and reference into its two answer keys, full and public."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.authoring.compiler.changes import cut_changes, record_changes
from autograder.authoring.compiler.draw import draw_examples
from autograder.authoring.compiler.parallel import each_in_parallel
from autograder.authoring.compiler.predicates import Predicates, load_alone, require_accepted
from autograder.authoring.compiler.questions import (
    CompiledQuestion,
    compile_question,
    keep_wrong,
    open_ended_calls,
)
from autograder.authoring.compiler.recorded import record_calls
from autograder.authoring.compiler.reference import Arguments, Reference, load_exam, structure_of
from autograder.authoring.compiler.soundness import require_sound
from autograder.authoring.compiler.written_shapes import list_any_shape, rename_letters
from autograder.authoring.language.checks import HIDDEN, PUBLIC, Check
from autograder.authoring.language.pictures import Picture
from autograder.authoring.language.questions import Convention, Exam, Part, Question
from autograder.authoring.language.where import as_sentence, did_you_mean
from autograder.core.codec import PLAIN, decode, encode
from autograder.core.right_replies import pack_replies
from autograder.core.vectors import bundle, pack
from autograder.errors import RubricError
from autograder.homework.folder import Homework
from autograder.homework.key import PHASES, write_key

__all__ = ["compile_exam", "compile_homework", "compile_pictures"]

Progress = Callable[[str, int, int], None]


def compile_homework(
    homework: Homework, *, progress: Progress = lambda *_: None
) -> tuple[str, ...]:
    """Compile both keys of a homework from solution, rubric and data, and write them.

    `progress` is called with a question's name, its number and how many there are. Returned is a
    sentence for letters that the exam does not declare, and for each gradient that is proved on
    some of its examples only.

    Raises
    ------
    RubricError
        If the rubric or the reference is at fault.
    """
    digest = homework.digest()
    exam, reference = load_exam(homework.solution), Reference(homework.solution)
    # Before the parts, which take their time: whoever writes a picture learns of an error at once.
    drawn = compile_pictures(exam.pictures, exam.questions, reference)
    predicates = load_alone(homework, exam)
    content = compile_exam(exam, reference, predicates=predicates, progress=progress)
    content["pictures"] = drawn
    remarks: tuple[str, ...] = content.pop("remarks")
    write_key(
        homework.key_path("public"),
        _cut_public_half(content) | {"digest": digest, "half": "public"},
    )
    write_key(homework.key_path("full"), content | {"digest": digest, "half": "full"})
    return remarks


def compile_exam(
    exam: Exam,
    reference: Reference,
    *,
    predicates: Predicates | None = None,
    progress: Progress = lambda *_: None,
) -> dict[str, Any]:
    """Return the full key's content, all but its digest, and ``remarks`` to the rubric's author.

    The homework's own `predicates` are the exam's, if not given.
    """
    require_sound(exam, reference)
    questions = {question.full_name: question for question in exam.questions}
    # Training lists many orders: it takes longest, and begins first.
    names = sorted(questions, key=lambda name: questions[name].open_order is None)

    def compile_one(name: str) -> CompiledQuestion:
        with as_sentence(f"compiling {name} raised", where=questions[name].where):
            done = compile_question(questions[name], reference)
            changes = record_changes(done, questions, reference)
            return replace(done, changes=changes).without_question()

    found: dict[str, CompiledQuestion] = {}
    for name, done in each_in_parallel(compile_one, names):
        progress(name, len(found), len(names))
        found[name] = replace(done, question=questions[name])
    compiled = {name: found[name] for name in questions}
    checks = [
        entry
        for part in exam.parts
        for entry in _make_check_entries(part, exam, compiled, reference)
    ]
    functions = [
        _make_function_entry(done, reference.functions[name].__doc__ or "")
        for name, done in compiled.items()
    ]
    if predicates is None:
        predicates = {function.__name__: function for function in exam.predicates}
    require_accepted(checks, functions, predicates, (exam, reference))

    recorded: dict[str, bytes] = {}
    for name in names:
        with as_sentence(f"compiling {name} raised", where=questions[name].where):
            recorded[name] = encode(record_calls(compiled[name], compiled, reference))
    return {
        "parts": {part.name: part.title for part in exam.parts},
        "letters": {name: letter.counts for name, letter in exam.letters.items()},
        "functions": tuple([f | {"recorded": recorded[f["name"]]} for f in functions]),
        "checks": tuple(checks),
        "hidden_points": _count_hidden_points(checks),
        "remarks": (
            *_list_undeclared(exam),
            *[done.remark for done in compiled.values() if done.remark],
        ),
    }


def _count_hidden_points(checks: list[dict[str, Any]]) -> dict[str, int]:
    """Return by function what the public half does not check: its reports say so."""
    counts: dict[str, int] = {}
    for check in checks:
        if check["visibility"] == HIDDEN:
            counts[check["function"]] = counts.get(check["function"], 0) + check["points"]
    return counts


def _list_undeclared(exam: Exam) -> tuple[str, ...]:
    """Return a remark where inputs have letters of which the exam says nothing."""
    examples = [c.examples for q in exam.questions for c in q.checks if c.examples is not None]
    found: dict[str, str] = {}
    for inputs in [e.inputs for e in examples if e.inputs is not None]:
        for letter in inputs.list_undeclared(exam.letters):
            found.setdefault(letter, inputs.where)
    if not found:
        return ()
    listed = [f"{letter} (drawn from small lengths, first at {at})" for letter, at in found.items()]
    return (f"letters that the exam does not declare: {', '.join(listed)}",)


def _make_check_entries(
    part: Part, exam: Exam, compiled: dict[str, CompiledQuestion], reference: Reference
) -> list[dict[str, Any]]:
    """Return a part's checks in the order of the report, conventions after their owner's."""
    shared = []
    for convention in exam.conventions_of(part):
        what = f"compiling the convention {convention.name} raised"
        with as_sentence(what, where=convention.where):
            shared.append(_make_convention_entry(part, convention, compiled, reference))
    entries = []
    for question in part.questions:
        done = compiled[question.full_name]
        entries += [_make_check_entry(part, done, check) for check in question.checks]
        entries += [entry for entry in shared if entry["function"] == question.full_name]
    return entries


def _make_check_entry(part: Part, done: CompiledQuestion, check: Check) -> dict[str, Any]:
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
        "points": check.hundredths,
        "visibility": check.visibility,
        "calls": calls,
        "select": check.select,
        "data": _make_plain(check.needs),
    }


def _make_plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _make_plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple([_make_plain(item) for item in value])
    return value


def _make_convention_entry(
    part: Part, convention: Convention, compiled: dict[str, CompiledQuestion], reference: Reference
) -> dict[str, Any]:
    """Add a convention's calls to its functions' public calls, and return its check."""
    members = []
    for name, (examples, other) in convention.shown_by.items():
        done = compiled[name]
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
        members.append(
            {"function": name, "calls": calls, "at": tuple(masks), "wrong": tuple(wrongs)}
        )
    return {
        "id": f"{convention.owner}.{convention.name}",
        "part": part.name,
        "function": convention.owner,
        "title": convention.title,
        "kind": "kink",
        "points": convention.hundredths,
        "visibility": PUBLIC,
        "calls": members[0]["calls"],
        "select": (),
        "data": {
            "members": tuple(members),
            "misconception": convention.mistake,
            "sentence": convention.sentence,
            "halfway": convention.halfway,
        },
    }


def _make_function_entry(done: CompiledQuestion, docstring: str) -> dict[str, Any]:
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
                "by_lot": mistake.name in done.by_lot,
                "costs": tuple([f"{question.full_name}.{name}" for name in mistake.costs]),
                "results": {
                    phase: _pool_results(map(bundle, done.wrong[mistake.name][phase]))
                    for phase in PHASES
                },
            }
            for mistake in question.mistakes
        ]
    )
    shapes = _find_shapes(question)
    return {
        "name": question.full_name,
        "parameters": done.parameters,
        "names": question.returns,
        "notes": question.part.notes,
        "trains": question.trains,
        "counts": {phase: len(done.calls[phase]) for phase in PHASES},
        "requests": requests,
        "expected": {phase: _pool_results(map(pack, done.expected[phase])) for phase in PHASES},
        "replies": {phase: _pack_replies(done, phase) for phase in PHASES},
        "mistakes": encode(mistakes),
        "changes": encode(done.changes),
        "shapes": rename_letters(shapes, docstring),
        "any_shape": list_any_shape(shapes, docstring),
    }


def _pack_replies(done: CompiledQuestion, phase: str) -> dict[str, Any]:
    expected = done.expected[phase]
    several = {call for call, right in enumerate(expected) if len(right) > 1}
    return pack_replies([right[0] for right in expected], several | open_ended_calls(done, phase))


def _find_shapes(question: Question) -> dict[str, Any]:
    """Return each parameter's shape in letters, from the first check that draws its inputs."""
    drawn = [c.examples.inputs for c in question.checks if c.examples and c.examples.inputs]
    return _make_plain({name: spec.shape for name, spec in drawn[0].specs.items()}) if drawn else {}


def _pool_results(results: Iterable[Any]) -> dict[str, Any]:
    places: dict[bytes, int] = {}
    of = []
    for result in results:
        of.append(-1 if result is None else places.setdefault(encode(result), len(places)))
    return {"stored": tuple(places), "of": tuple(of)}


def _cut_public_half(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content without any hidden check, call or result."""
    functions = []
    for function in content["functions"]:
        kept: dict[str, Any] = {
            name: {PUBLIC: function[name][PUBLIC]}
            for name in ("counts", "requests", "expected", "replies")
        }
        kept["mistakes"] = _cut_mistakes(function["mistakes"])
        kept["changes"] = encode(cut_changes(decode(function["changes"]), PUBLIC))
        kept["recorded"] = encode({PUBLIC: decode(function["recorded"])[PUBLIC]})
        functions.append(function | kept)
    checks = tuple([check for check in content["checks"] if check["visibility"] != HIDDEN])
    return content | {"functions": tuple(functions), "checks": checks}


def _cut_mistakes(encoded: bytes) -> bytes:
    mistakes = decode(encoded)
    return encode(tuple([m | {"results": {PUBLIC: m["results"][PUBLIC]}} for m in mistakes]))


# ---- pictures


def compile_pictures(
    pictures: Iterable[Picture], questions: Iterable[Question], reference: Reference
) -> tuple[dict[str, Any], ...]:
    """Return the key's entries, in the rubric's order; a RubricError for what can't be shown."""
    asked = {question.full_name: question for question in questions}
    return tuple([_compile_one(p, _OneReference(asked, reference, p)) for p in pictures])


def _compile_one(picture: Picture, reference: "_OneReference") -> dict[str, Any]:
    with as_sentence(f"the picture {picture.title} raised", where=picture.where):
        own = vars(picture.compile(reference))
    return {"kind": picture.kind, "title": picture.title, "name": picture.name} | own


class _OneReference:
    """See `autograder.authoring.language.pictures.PictureReference`."""

    def __init__(
        self, questions: dict[str, Question], reference: Reference, picture: Picture
    ) -> None:
        self._questions = questions
        self._reference = reference
        self._picture = picture

    def results(self, name: str, calls: Iterable[Arguments]) -> list[Any]:
        question = self._question(name)
        return [self._reference.own_outcome(question, arguments) for arguments in calls]

    def request(self, name: str, calls: Iterable[Arguments]) -> bytes:
        with_layout = tuple([(PLAIN, arguments) for arguments in calls])
        return encode({"call": name, "returns": self.structure(name), "calls": with_layout})

    def structure(self, name: str) -> Any:
        return structure_of(self._question(name).returns)

    def _question(self, name: str) -> Question:
        if name not in self._questions:
            near = did_you_mean(name, self._questions)
            self._picture.refuse(f"there is no question about {name}{near}")
        return self._questions[name]
