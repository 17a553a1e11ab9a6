"""A row for each known mistake of the rubric: it costs points, by its name, where it was made.

The wrong function takes its place in an otherwise right submission, as a student would have written
it, and the submission's other functions call it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from autograder.authoring.language.questions import Convention, Exam, Mistake, Question
from autograder.authoring.verification.copies import right_copies, signature_of
from autograder.authoring.verification.rows import Outcome, Row
from autograder.authoring.verification.slices import THE_MISTAKE, Slices
from autograder.authoring.verification.variants import patched_submission

__all__ = ["kink_faults", "mistake_faults", "mistake_rows", "written_mistake"]

#: Names of facts that follow from a mistake and are no other mistake.
FOLLOW_UPS = ("type-", "symmetric-")

Files = Mapping[str, bytes]


def mistake_rows(exam: Exam, solution: Files) -> Iterator[Row]:
    """Yield a row for each mistake and each convention.

    Parameters
    ----------
    exam : Exam
        The rubric.
    solution : mapping of str to bytes
        The solution's files by name.

    Raises
    ------
    RubricError
        If a mistake mentions something that no submission can have.
    """
    for question in exam.questions:
        for mistake in question.mistakes:
            yield _mistake_row(question, mistake, solution)
    for convention in exam.conventions:
        yield _convention_row(convention, solution)


def _mistake_row(question: Question, mistake: Mistake, solution: Files) -> Row:
    function = question.full_name
    patches = written_mistake(
        function, mistake.wrong, solution, is_shuffled=question.open_order is not None
    )
    return Row(
        kind="mistake",
        name=f"{function}: {mistake.name}",
        functions=(function,),
        files=patched_submission(solution, patches),
        rule=partial(mistake_faults, function, mistake.name, bool(mistake.charged_along)),
        note=mistake.where,
    )


def _convention_row(convention: Convention, solution: Files) -> Row:
    patches: dict[str, bytes] = {}
    for function, (_, other) in convention.shown_by.items():
        for name, content in written_mistake(function, other, solution).items():
            is_module = name in solution
            patches[name] = patches.get(name, b"") + content if is_module else content
    return Row(
        kind="kink",
        name=convention.mistake,
        functions=tuple(convention.shown_by),
        files=patched_submission(solution, patches),
        rule=partial(kink_faults, convention.mistake, convention.hundredths),
    )


def written_mistake(
    function: str, wrong: Callable[..., Any], solution: Files, *, is_shuffled: bool = False
) -> dict[str, bytes]:
    """Return patches that put a wrong function in the place of one of the solution.

    Parameters
    ----------
    function : str
        ``file.function``.
    wrong : callable
        As the rubric has it.
    solution : mapping of str to bytes
        The solution's files by name; the defaults of the function's parameters are kept.
    is_shuffled : bool
        Whether `wrong` takes the order of the minibatches, too, and lists several results.
    """
    file, _, name = function.partition(".")
    module = f"mistake_{file}_{name}"
    slices = Slices([path.removesuffix(".py") for path in solution])
    slices.add(wrong, module)
    files = {f"{helper}.py": source.encode() for helper, source in slices.sources().items()}
    files |= right_copies(solution, slices.copied)
    parameters, names = signature_of(solution, function)
    body = f"return {module}.{THE_MISTAKE}({', '.join(names)})"
    if is_shuffled:
        files["shuffled.py"] = Path(__file__).with_name("shuffled.py").read_bytes()
        body = f"return shuffled.first_result({module}.{THE_MISTAKE}, locals())"
    lines = [f"import {module}", "import shuffled"] if is_shuffled else [f"import {module}"]
    patch = [*lines, "", "", f"def {name}({parameters}):", f"    {body}", ""]
    return files | {f"{file}.py": "\n".join(patch).encode()}


def mistake_faults(
    function: str, mistake: str, charged_along: bool, outcome: Outcome
) -> tuple[str, ...]:
    """Say what is wrong where a mistake costs nothing, is not named, or is charged twice."""
    own = outcome.lost_by([function])
    if not own:
        return ("costs nothing",)
    faults = _wrong_names(mistake, [lost.misconception for lost in own])
    elsewhere = outcome.lost_elsewhere([function])
    if elsewhere and not charged_along:
        faults.append(f"costs points on {', '.join(elsewhere)}, too")
    if charged_along and not elsewhere:
        faults.append("is said to cost points elsewhere, too, which it does not")
    return tuple(faults)


def _wrong_names(mistake: str, names: Iterable[str | None]) -> list[str]:
    known = dict.fromkeys([name for name in names if name is not None])
    if mistake not in known:
        return [f"is called {', '.join(known) or 'by no name'}, not {mistake}"]
    others = [name for name in known if name != mistake and not name.startswith(FOLLOW_UPS)]
    return [f"is called {', '.join(others)}, too"] if others else []


def kink_faults(misconception: str, points: int, outcome: Outcome) -> tuple[str, ...]:
    """Say what is wrong where a convention does not cost exactly its points."""
    total = sum([lost.points for lost in outcome.lost])
    faults = _wrong_names(misconception, [lost.misconception for lost in outcome.lost])
    if total != points:
        checks = ", ".join([lost.check for lost in outcome.lost])
        faults.append(f"costs {total / 100:g} points, not {points / 100:g}: {checks or 'no check'}")
    return tuple(faults)
