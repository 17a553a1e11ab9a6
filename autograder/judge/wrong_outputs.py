"""Tell whether two submissions are wrong in the same way: a hash of what a function returns.

The hash is over all calls of the function that are graded, of both phases. A right result counts as
right, whatever its last digits are; an exception counts by its type. Of a wrong result count its
form and its numbers to about four digits, so that the rounding noise of another platform leaves the
hash as it is: a number would have to lie within that noise of the border between two steps. Borders
are where no simple fraction is, since a number is taken times an irrational one first; and what
the judge takes for 0 counts as 0.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.core.compare import FLOAT64_TOLERANCE, is_leaf
from autograder.core.records import CheckKind, CheckResult, Phase, Raised, Returned, Status
from autograder.homework.key import Key
from autograder.judge.checks import FACTS
from autograder.judge.evidence import Evidence
from autograder.judge.verdicts import Evidences

__all__ = ["hash_wrong_outputs"]

#: Steps for each power of two: four digits.
STEPS = 1 << 13

#: The golden ratio's inverse, which is as far from fractions as a number can be.
SHIFT = 0.6180339887498949

#: Letters of a hash: a class of millions has no two ways by chance.
LENGTH = 16


def hash_wrong_outputs(
    key: Key, checks: tuple[CheckResult, ...], evidences: Evidences
) -> dict[str, str]:
    """Return by ``file.function`` the hash of each function that lost points for what it returns.

    Functions that lose no points, or only for the form, the type or the arguments of a result, or
    that return nothing at all, have none.
    """
    wrong = [
        check.function
        for check in checks
        if check.status == Status.FAILED
        and check.score < check.max_score
        and check.kind not in (*FACTS, CheckKind.KINK)
    ]
    found = {}
    for name in dict.fromkeys(wrong):
        own = [evidences[name, phase] for phase in Phase if (name, phase) in evidences]
        found[name] = _hash(own, key)
    return found


def _hash(own: list[Evidence], key: Key) -> str:
    summary = hashlib.sha256()
    for evidence in own:
        for call in _list_calls(evidence, key):
            summary.update(f"\n{evidence.phase} {call} ".encode())
            for piece in _describe_call(evidence, call):
                summary.update(piece)
    return summary.hexdigest()[:LENGTH]


def _list_calls(evidence: Evidence, key: Key) -> list[int]:
    """Return the calls that checks of values look at."""
    name, phase = evidence.key.name, evidence.phase
    own = [c for c in key.checks if c.function == name and c.visibility == phase]
    return sorted({call for c in own if c.kind not in (*FACTS, CheckKind.KINK) for call in c.calls})


def _describe_call(evidence: Evidence, call: int) -> Iterator[bytes]:
    outcome = evidence.outcome(call)
    if isinstance(outcome, Raised):
        yield b"raised " + outcome.kind.encode()
    elif not isinstance(outcome, Returned):
        yield b"nothing"
    elif evidence.key.expected[evidence.phase].of[call] >= 0 and evidence.match(call) is not None:
        yield b"right"
    else:
        yield from _describe(outcome.value)


def _describe(tree: Any) -> Iterator[bytes]:
    if is_leaf(tree):
        array = tree[0]
        yield repr(array.shape).encode()
        yield _round(array).tobytes()
    elif isinstance(tree, dict):
        for name in sorted(tree):
            yield f"{{{name}:".encode()
            yield from _describe(tree[name])
    elif isinstance(tree, tuple):
        yield f"({len(tree)}:".encode()
        for item in tree:
            yield from _describe(item)
    else:
        yield repr(tree).encode()


def _round(array: np.ndarray) -> np.ndarray:
    """Return for each number the step in which it lies, little-endian int64 on every machine."""
    numbers = array.astype(np.float64).ravel()
    with np.errstate(over="ignore"):
        fractions, exponents = np.frexp(np.abs(numbers) * SHIFT)
    is_finite = np.isfinite(numbers)
    steps = np.floor(np.where(is_finite, fractions, 0.0) * 2 * STEPS).astype(np.int64)
    steps += exponents.astype(np.int64) * STEPS + (1 << 40)
    steps = np.where(np.abs(numbers) <= FLOAT64_TOLERANCE[1], 0, steps * np.sign(numbers))
    for mark, is_one in enumerate((np.isnan(numbers), numbers == np.inf, numbers == -np.inf), 1):
        steps = np.where(is_one, mark, steps)
    return steps.astype("<i8")
