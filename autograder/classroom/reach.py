"""Which submissions a change of the key can reach; the others keep what they were given.

A key comes apart into what is asked of a function (its calls, their right results, its checks) and
what explains a failure (known mistakes, changes, recorded calls), which the judge reads only where
the function fails. So another explanation reaches only those who fail there, and another question
all but those whose function is still a stub. What is said of all functions reaches everyone.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from autograder.classroom.records import Graded
from autograder.core.codec import encode
from autograder.homework.key import CheckKey, FunctionKey, Key
from autograder.intake.python_source import is_stub, parsed

__all__ = ["Reach", "list_pieces"]

#: The piece that everything depends on.
WHOLE = "whole"

ASKED, EXPLAINED = "asked ", "explained "


def list_pieces(key: Key, around: str) -> dict[str, str]:
    """Return a digest of each piece of a key; `around` is one of all that matters beside it."""
    pieces = {WHOLE: _digest((around, *_list_common(key)))}
    for name, function in key.functions.items():
        own = [check for check in key.checks if check.function == name]
        pieces[ASKED + name] = _digest(_list_asked(function, own))
        segments = function.raw_mistakes, function.raw_changes, function.raw_recorded
        pieces[EXPLAINED + name] = _digest(tuple([segment.digest for segment in segments]))
    return pieces


def _list_common(key: Key) -> tuple[Any, ...]:
    functions = [
        (f.name, f.parameters, f.names, f.notes, f.trains, f.shapes, f.any_shape)
        for f in key.functions.values()
    ]
    checks = [(c.id, c.part, c.title, c.kind, c.points, c.visibility) for c in key.checks]
    return key.parts, tuple(functions), tuple(checks), key.letters, key.hidden_points


def _list_asked(function: FunctionKey, checks: list[CheckKey]) -> tuple[Any, ...]:
    expected = {phase: (pool.stored, pool.of) for phase, pool in function.expected.items()}
    verdicts = [(check.calls, check.select, check.data) for check in checks]
    return function.counts, function.requests, expected, tuple(verdicts)


def _digest(value: Any) -> str:
    return hashlib.sha256(encode(value)).hexdigest()


class Reach:
    """What a change of a key, from some pieces to others, can reach."""

    def __init__(self, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        names = {*before, *after}
        pieces = sorted([name for name in names if before.get(name) != after.get(name)])
        self.is_everyone = WHOLE in pieces
        self.asked = [n.removeprefix(ASKED) for n in pieces if n.startswith(ASKED)]
        self.explained = [n.removeprefix(EXPLAINED) for n in pieces if n.startswith(EXPLAINED)]

    def has(self, graded: Graded) -> bool:
        """Tell whether the report of a submission may be another one by the key of now."""
        if self.is_everyone:
            return True
        own: dict[str, list[Mapping[str, Any]]] = {}
        for check in graded.report["checks"]:
            own.setdefault(check["function"], []).append(check)
        code = graded.code
        written = [n for n in own if not _is_unwritten(own[n], code.get(n, ""))]
        failing = [n for n in written if any([_is_failing(check) for check in own[n]])]
        return not (set(written).isdisjoint(self.asked) and set(failing).isdisjoint(self.explained))


def _is_failing(check: Mapping[str, Any]) -> bool:
    return bool(check["status"] != "passed" or check["score"] < check["max_score"])


def _is_unwritten(checks: list[Mapping[str, Any]], code: str) -> bool:
    """Tell whether a function is a stub, which gives nothing whatever it is asked."""
    if any([check["status"] != "not started" for check in checks]):
        return False
    try:
        return any([is_stub(node) for node in parsed(code).body])
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # cut, as it is long
        return False
