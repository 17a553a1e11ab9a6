"""The verb ``class``: grade an export, or look at and decide on what was graded.

The first word is the export's path, or the name of an action: on a class that was graded, or, to
unpack it, on an export. A folder that has the name of an action is given as ``./accept``.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from autograder.errors import UsageError
from autograder.homework.find import find_homework
from autograder.homework.folder import Homework

__all__ = ["run_class"]

#: What each action takes beside ``--out``: how many words after its own, and which options.
ACTIONS = {
    "accept": (0, frozenset()),
    "undo": (0, frozenset()),
    "diff": (0, frozenset()),
    "adjust": (1, frozenset({"points", "days", "excuse", "reason"})),
    "show": (1, frozenset()),
    "who": (0, frozenset({"mistake", "emails"})),
    "comment": (2, frozenset()),
    "unpack": (1, frozenset({"roster", "platform", "count"})),
}

#: What grading takes, with what holds where it is not given.
GRADING = {
    "roster": None,
    "platform": "",
    "count": "last",
    "jobs": 0,
    "scheduler": "",
    "insecure": False,
    "fresh": False,
    "changed": False,
    "archive": None,
    "fill": None,
    "column": "",
}


def run_class(
    words: Sequence[str], out: Path, *, homework: Homework | None = None, **options: Any
) -> int:
    """Grade the export at the path in `words`, or do what their first one says; return 0.

    Raises
    ------
    UsageError
        If a word, a path or an option is wrong; the sentence says what to do.
    """
    action = words[0]
    if action not in ACTIONS:
        if len(words) > 1:
            raise UsageError(f"name one export, not {len(words)}: {' '.join(words)}")
        return _grade(homework, Path(action), out, options)
    count, taken = ACTIONS[action]
    _refuse_others(f"class {action}", options, taken)
    if len(words) != 1 + count:
        raise UsageError(f"class {action} takes {count} words after it, not {len(words) - 1}")
    from autograder.classroom.commands import after_grading, unpack

    module = unpack if action == "unpack" else after_grading
    run: Callable[..., int] = getattr(module, f"run_{action}")
    return run(out, *words[1:], **{name: options[name] for name in sorted(taken)})


def _grade(homework: Homework | None, submissions: Path, out: Path, options: dict[str, Any]) -> int:
    from autograder.classroom.commands.grade_class import Asked, grade_class

    _refuse_others("grading a class", options, GRADING.keys())
    if options["column"] and not options["fill"]:
        raise UsageError("--column NAME belongs to --fill FILE: give both")
    if options["changed"] and options["fresh"]:
        raise UsageError("--changed grades a part, --fresh everything: give one of them")
    named = homework.root if homework else None
    # Never one that the submissions bring along.
    found = Homework(find_homework(named, submission=submissions))
    if named and named.is_relative_to(submissions.resolve()):
        raise UsageError(f"the homework {named} is inside the submissions: name another folder")
    return grade_class(found, Asked(submissions, out, **{n: options[n] for n in GRADING}))


def _refuse_others(what: str, options: dict[str, Any], taken: Any) -> None:
    for name, value in options.items():
        if name not in taken and value not in (None, "", False) and value != GRADING.get(name):
            option = {"platform": "from"}.get(name, name)
            raise UsageError(f"{what} has no use for --{option}")
