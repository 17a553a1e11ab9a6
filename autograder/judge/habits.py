"""Find habits: the same slip in several functions, said once for the submission as a whole."""

import re
from collections.abc import Sequence
from typing import Any

from autograder.core.message import Message
from autograder.core.records import CheckResult, Status
from autograder.homework.key import Key

__all__ = ["habits"]

#: In so many functions the same slip is a habit, whatever else fails.
MANY = 3

#: Notes about one submission.
MAX_NOTES = 3

#: Slips that have two names, one of a relation and one of a rubric.
SAME = {
    "biases-flat": "leading-axis-missing",
    "kept-as-a-column": "trailing-axis-added",
    "opposite-sign": "sign",
    "t-times-too-large": "not-divided-by-t",
    "t-times-too-small": "divided-by-t",
}


#: What is said of numbers, and is no slip that functions could share.
NO_SLIPS = (
    "approximation",
    "clipped",
    "constant-",
    "differs-",
    "kept-between",
    "right-",
    "wrong-",
)


def habits(results: Sequence[CheckResult], key: Key) -> tuple[str, ...]:
    """Return a note for each slip that several functions have in common.

    It is one in three functions or more, or in two of a file in which no other function fails.

    Parameters
    ----------
    results : sequence of CheckResult
        Of all checks, in order.
    key : Key
        The key that they were judged by.
    """
    lost = [r for r in results if r.misconception is not None and r.score < r.max_score]
    slips: dict[str, dict[str, list[str]]] = {}
    for result in lost:
        for name in _slips(result, key):
            sentences = slips.setdefault(name, {}).setdefault(result.function, [])
            sentences += _sentences(result, key)
    common = [name for name, found in slips.items() if _is_habit(list(found), results)]
    common.sort(key=lambda name: -len(slips[name]))
    return tuple([_note(name, slips[name]) for name in common[:MAX_NOTES]])


def _slips(result: CheckResult, key: Key) -> list[str]:
    """Return the names of what is wrong: one, or two that the judge has joined."""
    name = result.misconception or ""
    known = [mistake.name for mistake in key.functions[result.function].mistakes]
    parts = [name] if name in known else name.split("-and-")
    return [SAME.get(part, part) for part in parts if not part.startswith(NO_SLIPS)]


def _is_habit(functions: Sequence[str], results: Sequence[CheckResult]) -> bool:
    if len(functions) >= MANY:
        return True
    files = {function.partition(".")[0] for function in functions}
    started = [r for r in results if r.part in files and r.status != Status.NOT_STARTED]
    failing = {r.function for r in started if r.score < r.max_score}
    return len(functions) > 1 and len(files) == 1 and failing == set(functions)


def _note(name: str, found: dict[str, list[str]]) -> str:
    functions = [function.partition(".")[2] for function in found]
    sentences = [sentence for several in found.values() for sentence in several]
    words = name.replace("type-", "the results are of type ").replace("-", " ")
    # The shortest one says the least of the function that it was said of.
    said = min(sentences, key=len, default=f"{words[0].upper()}{words[1:]}.")
    return f"The same slip in {len(functions)} functions ({', '.join(functions)}): {said}"


def _sentences(result: CheckResult, key: Key) -> list[str]:
    """Return what the message says is likely, where it is one thing, without results' names."""
    if result.misconception is None or len(_slips(result, key)) > 1:
        return []
    said = Message.parse(result.message).texts("likely")
    return [_without_labels(sentence, key.functions[result.function].names) for sentence in said]


def _without_labels(sentence: str, names: Any) -> str:
    """Cut 'dH and dU: ' off."""
    head, separator, rest = sentence.partition(": ")
    if separator and rest and set(re.split(", | and ", head)) <= set(_flat(names)):
        return rest[0].upper() + rest[1:]
    return sentence


def _flat(names: Any) -> list[str]:
    """Return the results' names, those in dicts one by one."""
    if isinstance(names, str):
        return [names]
    return [label for name in names for label in _flat(name)]
