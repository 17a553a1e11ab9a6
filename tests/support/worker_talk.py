"""Talk to one worker: load a file, make calls, read what came back."""

from collections.abc import Callable
from typing import Any

from autograder.core.codec import encode
from autograder.core.records import (
    FileState,
    FunctionRun,
    Raised,
    Returned,
)
from autograder.supervisor.worker import Worker

__all__ = [
    "MODULES",
    "Start",
    "asked",
    "call",
    "load",
    "loaded_and_called",
    "problem",
    "raised",
    "returned",
]

MODULES = {"a": ("f", "g"), "b": ("f",)}


Start = Callable[..., Worker]


def load(worker: Worker, *, seconds: float = 20) -> FileState:
    return worker.load("a", ("f",), seconds=seconds)


def call(worker: Worker, count: int = 2, *, seconds: float = 20) -> FunctionRun:
    request = encode({"call": "a.f", "returns": "array", "calls": ((0, ()),) * count})
    return worker.collect(worker.ask(request), "a.f", count, seconds=seconds)


def loaded_and_called(worker: Worker, count: int = 2, *, seconds: float = 20) -> FunctionRun:
    assert load(worker).problem is None
    return call(worker, count, seconds=seconds)


def problem(worker: Worker, module: str = "a") -> Raised:
    """Return what importing a file raised."""
    found = worker.load(module, MODULES[module], seconds=20).problem
    assert isinstance(found, Raised)
    return found


def asked(
    worker: Worker, *arguments: Any, name: str = "a.f", layout: int = 0, count: int = 1
) -> FunctionRun:
    """Load the file and call one of its functions."""
    module = name.partition(".")[0]
    assert worker.load(module, MODULES[module], seconds=20).problem is None
    request = {"call": name, "returns": "array", "calls": ((layout, arguments),) * count}
    return worker.collect(worker.ask(encode(request)), name, count, seconds=20)


def returned(run: FunctionRun) -> Any:
    """Return the numbers that one call returned."""
    (outcome,) = run.outcomes
    assert isinstance(outcome, Returned), outcome
    return outcome.value[0].tolist() if isinstance(outcome.value, tuple) else outcome.value


def raised(run: FunctionRun) -> Raised:
    """Return what one call raised."""
    (outcome,) = run.outcomes
    assert isinstance(outcome, Raised)
    return outcome
