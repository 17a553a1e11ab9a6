"""Compile a homework's rubric and reference into its two answer keys, full and public."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from autograder.authoring.compiler.changes import cut_changes, say_called
from autograder.authoring.compiler.fingerprint import Fingerprints
from autograder.authoring.compiler.memory import Helpers, Memory
from autograder.authoring.compiler.parallel import each_in_parallel
from autograder.authoring.compiler.predicates import Predicates, load_alone, require_accepted
from autograder.authoring.compiler.reference import Arguments, Reference, load_exam, structure_of
from autograder.authoring.compiler.soundness import require_sound
from autograder.authoring.compiler.whole import compile_whole, count_steps, describe_whole
from autograder.authoring.compiler.written_shapes import list_any_shape, rename_letters
from autograder.authoring.language.checks import HIDDEN, PUBLIC, Check
from autograder.authoring.language.pictures import Picture
from autograder.authoring.language.questions import Convention, Exam, Mistake, Part, Question
from autograder.authoring.language.where import as_sentence, did_you_mean
from autograder.core.codec import PLAIN, decode, encode
from autograder.errors import RubricError
from autograder.homework.folder import Homework
from autograder.homework.key import write_key

__all__ = ["compile_exam", "compile_homework", "compile_pictures"]

Progress = Callable[[str, int, int], None]

#: What `autograder.authoring.compiler.whole` makes of a question.
Compiled = dict[str, Any]


def compile_homework(
    homework: Homework, *, progress: Progress = lambda *_: None
) -> tuple[str, ...]:
    """Compile both keys of a homework from solution, rubric and data, and write them.

    `progress` is called with a question's name, how many steps are done, and of how many. Returned
    is a sentence for letters that the exam does not declare, and for each gradient that is proved
    on some of its examples only.

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
    memory = Memory(
        homework.root / "build" / "compiled",
        homework.compiler_digest(),
        Fingerprints(homework.root),
    )
    content = compile_exam(exam, reference, predicates=predicates, progress=progress, memory=memory)
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
    memory: Memory | None = None,
) -> dict[str, Any]:
    """Return the full key's content, all but its digest, and ``remarks`` to the rubric's author.

    The homework's own `predicates` are the exam's, if not given. Without a `memory` everything is
    compiled again.
    """
    require_sound(exam, reference)
    compiled = _compile_questions(
        exam, reference, memory or Memory(None, "", Fingerprints(Path())), progress
    )
    checks = [entry for part in exam.parts for entry in _make_check_entries(part, exam, compiled)]
    functions = [
        _make_function_entry(
            question,
            compiled[question.full_name],
            reference.functions[question.full_name],
            {other.full_name: other for other in exam.questions},
        )
        for question in exam.questions
    ]
    if predicates is None:
        predicates = {function.__name__: function for function in exam.predicates}
    require_accepted(checks, functions, predicates, (exam, reference))

    return {
        "parts": {part.name: part.title for part in exam.parts},
        "bonus": tuple([part.name for part in exam.parts if part.bonus]),
        "letters": {name: letter.counts for name, letter in exam.letters.items()},
        "functions": tuple(functions),
        "checks": tuple(checks),
        "hidden_points": _count_hidden_points(checks),
        "remarks": (
            *_list_undeclared(exam),
            *[done["remark"] for done in compiled.values() if done["remark"]],
        ),
    }


def _compile_questions(
    exam: Exam, reference: Reference, memory: Memory, progress: Progress
) -> dict[str, Compiled]:
    """Return what is compiled of each question, in their order; what is known is not again."""
    questions = {question.full_name: question for question in exam.questions}
    keys, found = {}, {}
    for name, question in questions.items():
        keys[name] = memory.make_key(*describe_whole(question, exam, reference))
        found[name] = memory.of(name).recall_whole(keys[name])

    def compile_one(name: str, step: Callable[[], None]) -> Compiled:
        remembered = memory.of(name)
        with as_sentence(f"compiling {name} raised", where=questions[name].where):
            done = compile_whole(questions[name], exam, reference, Helpers(remembered, step))
        remembered.keep(keys[name], done)
        return done

    # Training lists many orders: it takes longest, and begins first.
    new = [name for name in questions if found[name] is None]
    new.sort(key=lambda name: questions[name].open_order is None)
    steps, count = itertools.count(1), sum([count_steps(questions[name]) for name in new])

    def on_step(name: str) -> None:
        progress(name, next(steps), count)

    with closing(each_in_parallel(compile_one, new, on_step=on_step)) as compiled:
        found.update(compiled)
    memory.forget_others(questions)
    return found


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
    part: Part, exam: Exam, compiled: dict[str, Compiled]
) -> list[dict[str, Any]]:
    """Return a part's checks in the order of the report, conventions after their owner's."""
    shared = [_make_convention_entry(part, c, compiled) for c in exam.conventions_of(part)]
    entries = []
    for question in part.questions:
        done = compiled[question.full_name]
        entries += [_make_check_entry(question, done, check) for check in question.checks]
        entries += [entry for entry in shared if entry["function"] == question.full_name]
    return entries


def _make_check_entry(question: Question, done: Compiled, check: Check) -> dict[str, Any]:
    others = [call for name in check.calls_of for call in done["own_calls"][name]]
    calls = tuple(dict.fromkeys([*others, *done["own_calls"].get(check.name, ())]))
    if not calls:
        raise RubricError(
            f"the check {check.name} of {question.full_name} makes no call of its own:"
            " whatever its inputs give is among the public calls already",
            where=check.where,
        )
    return {
        "id": f"{question.full_name}.{check.name}",
        "part": question.part.name,
        "function": question.full_name,
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
    part: Part, convention: Convention, compiled: dict[str, Compiled]
) -> dict[str, Any]:
    members = [compiled[name]["kinks"][convention.name] for name in convention.shown_by]
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


def _make_function_entry(
    question: Question,
    done: Compiled,
    function: Callable[..., Any],
    questions: Mapping[str, Question],
) -> dict[str, Any]:
    mistakes = tuple(
        [_make_mistake_entry(question, m, done["mistakes"][m.name]) for m in question.mistakes]
    )
    shapes, docstring = _find_shapes(question), function.__doc__ or ""
    return {
        "name": question.full_name,
        "parameters": done["parameters"],
        "names": question.returns,
        "notes": question.part.notes,
        "trains": question.trains,
        "counts": done["counts"],
        "requests": done["requests"],
        "expected": done["expected"],
        "replies": done["replies"],
        "mistakes": encode(mistakes),
        "changes": encode(say_called(decode(done["changes"]), questions)),
        "shapes": rename_letters(shapes, docstring),
        "any_shape": list_any_shape(shapes, docstring),
        "recorded": done["recorded"],
    }


def _make_mistake_entry(
    question: Question, mistake: Mistake, done: dict[str, Any]
) -> dict[str, Any]:
    return {
        "name": mistake.name,
        "sentence": mistake.sentence,
        "smallest": done["smallest"],
        "by_lot": done["by_lot"],
        "costs": tuple([f"{question.full_name}.{name}" for name in mistake.costs]),
        "results": done["results"],
    }


def _find_shapes(question: Question) -> dict[str, Any]:
    """Return each parameter's shape in letters, from the first check that draws its inputs."""
    drawn = [c.examples.inputs for c in question.checks if c.examples and c.examples.inputs]
    return _make_plain({name: spec.shape for name, spec in drawn[0].specs.items()}) if drawn else {}


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
