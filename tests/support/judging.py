"""Judge hand-made evidence: keys, checks, runs."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.core.codec import encode
from autograder.core.records import (
    CheckResult,
    FileState,
    FunctionRun,
    Raised,
    Returned,
    Status,
)
from autograder.core.vectors import bundle, pack
from autograder.homework.folder import Homework, load_predicates
from autograder.homework.key import CheckKey, FunctionKey, Key, Pool, Segment
from autograder.judge.evidence import Evidence
from autograder.judge.verdicts import judge_check

__all__ = [
    "FACTS",
    "LOADED",
    "MEAN",
    "NOT_STARTED",
    "OWN_PREDICATES",
    "Outcome",
    "RECORD",
    "SECRET",
    "THERE",
    "TOTAL",
    "X",
    "changed",
    "check_of",
    "column",
    "function_key",
    "judged",
    "known",
    "leaf",
    "lost",
    "mean_key",
    "pool",
    "run_of",
]

#: The homework's own kinds of checks.
OWN_PREDICATES = load_predicates(Homework.here().predicates_path)

#: Occurs in no sentence of the judge, so it is easily found in a message.
SECRET = 8675.5

THERE = {"is_there": True, "is_callable": True, "uses": ()}
LOADED = FileState(functions={"mean": THERE})

Outcome = Returned | Raised


def leaf(numbers: Any, dtype: str = "float64") -> tuple[np.ndarray, str]:
    """Return one result as the worker sends it."""
    return np.asarray(numbers, dtype=dtype), dtype


def pool(results: Sequence[bytes | None]) -> Pool:
    """Return results by call."""
    stored = tuple([result for result in results if result is not None])
    places = iter(range(len(stored)))
    return Pool(stored, tuple([-1 if result is None else next(places) for result in results]))


def known(
    name: str,
    results: Sequence[Any],
    *,
    smallest: int = 0,
    by_lot: bool = False,
    costs: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return a mistake with its results by call: a result, what it raises, None where right.

    By lot, each call has a tuple of results.
    """
    several = [r if by_lot or isinstance(r, dict) else (r,) for r in results]
    entries = [None if r in (None, (None,)) else encode(bundle(r)) for r in several]
    raw = dataclasses.asdict(pool(entries))
    return {
        "name": name,
        "sentence": f"It is {name}.",
        "smallest": smallest,
        "by_lot": by_lot,
        "costs": costs,
        "results": {"public": raw, "hidden": raw},
    }


def function_key(
    calls: Sequence[tuple[Any, ...]],
    right: Sequence[Sequence[Any]],
    *,
    name: str = "tiny.mean",
    parameters: tuple[str, ...] = ("x",),
    names: Any = "r",
    mistakes: Sequence[dict[str, Any]] = (),
) -> FunctionKey:
    """Return a function's key; both phases have the same calls and, for each, all right results."""
    request = encode({"call": name, "calls": tuple([(0, call) for call in calls])})
    expected = pool([encode(pack(tuple(trees))) for trees in right])
    return FunctionKey(
        name=name,
        parameters=parameters,
        names=names,
        notes="1.3",
        trains=False,
        counts={"public": len(calls), "hidden": len(calls)},
        requests={"public": request, "hidden": request},
        expected={"public": expected, "hidden": expected},
        raw_mistakes=Segment.of(tuple(mistakes)),
        raw_recorded=Segment.of({}),
    )


X = (np.array([[SECRET, 1.0], [0.5, 3.0]]), np.array([[2.0, 4.0], [0.0, 0.0]]))
MEAN = tuple([leaf(x.mean(axis=0, keepdims=True)) for x in X])
TOTAL = tuple([leaf(x.sum(axis=0, keepdims=True)) for x in X])


def mean_key(**more: Any) -> FunctionKey:
    """Return the key of a function that averages over the items, with two calls."""
    return function_key([(x,) for x in X], [[right] for right in MEAN], **more)


def check_of(kind: str, key: FunctionKey, **more: Any) -> CheckKey:
    """Return a check of all calls of a function, worth one point."""
    fields = {
        "id": f"{key.name}.{kind}",
        "part": key.file,
        "function": key.name,
        "title": f"right {kind}",
        "kind": kind,
        "points": 100,
        "visibility": "public",
        "calls": tuple(range(key.counts["public"])),
        "select": (),
        "data": {},
    }
    return CheckKey(**(fields | more))


def run_of(outcomes: Sequence[Any]) -> FunctionRun:
    """Return a run; what is no outcome yet was returned."""
    made = [o if isinstance(o, Returned | Raised) else Returned(o) for o in outcomes]
    return FunctionRun(tuple(made))


def judged(
    kind: str,
    outcomes: Sequence[Any] | FunctionRun,
    *,
    key: FunctionKey | None = None,
    file: FileState | None = LOADED,
    **more: Any,
) -> CheckResult:
    """Judge one check of one function."""
    key = dataclasses.replace(key or mean_key(), predicates=OWN_PREDICATES)
    check = check_of(kind, key, **more)
    run = outcomes if isinstance(outcomes, FunctionRun) else run_of(outcomes)
    if file is LOADED:
        file = FileState(functions={key.function: THERE})
    evidence = Evidence(key, check.visibility, file, run)
    whole = Key("", "full", {key.file: ""}, {key.name: key}, (check,))
    return judge_check(check, whole, {(key.name, check.visibility): evidence})


def column(message: str) -> list[str]:
    """Return the first words of a message's lines, those that continue a line left out."""
    return [line[:11].strip() for line in message.split("\n") if line[:11].strip()]


FACTS = ("values", "shape", "dtype", "arguments")


def lost(outcomes: Sequence[Any], **more: Any) -> set[str]:
    """Return which of the four facts do not pass."""
    return {kind for kind in FACTS if judged(kind, outcomes, **more).status != Status.PASSED}


def changed(results: Sequence[Any], change: Any) -> list[Any]:
    """Return the results with `change` applied to each array; its type is named as it is then."""
    arrays = [change(array) for array, _ in results]
    return [(array, str(array.dtype)) for array in arrays]


RECORD = function_key(
    [(X[0],)], [[{"H": leaf([[1.0, 2.0]]), "U": leaf([[3.0]])}]], names={"H": "H", "U": "U"}
)


NOT_STARTED = Raised("NotImplementedError", "mean: tiny.py", (), "tiny.mean")
