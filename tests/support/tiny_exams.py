"""Exams of one question or two, and what they compile to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.authoring import (
    Exam,
    Inputs,
    Letter,
    Part,
    Question,
    real,
)
from autograder.authoring.compiler.build import compile_exam
from autograder.authoring.compiler.reference import Reference
from autograder.core.codec import decode

__all__ = ["FakeReference", "LETTERS", "X", "calls_of", "compiled", "mean", "tiny", "total"]


X = Inputs.of(x=real("t d"))


LETTERS = {"t": Letter("items", (2, 3, 4, 5)), "d": Letter("features", (2, 3, 4))}


def mean(x):
    """Average over the items: the tiny homework's one function."""
    return x.mean(axis=0, keepdims=True)


def total(x):
    """Forget to average."""
    return x.sum(axis=0, keepdims=True)


class FakeReference(Reference):
    """A reference of functions that are written in the test."""

    def __init__(self, **functions: Callable[..., Any]) -> None:
        super().__init__(Path("nowhere"))
        self.functions = {f"tiny.{name}": function for name, function in functions.items()}


def tiny(**more: Any) -> tuple[Part, Question]:
    """Return a part with one question, ``tiny.mean``, that is worth all points."""
    settings: dict[str, Any] = {"points": 100, "inputs": X, "returns": "r"} | more
    question = Question("mean", **settings)
    return Part("tiny", "A tiny part", "1", question), question


def compiled(part: Part, **functions: Callable[..., Any]) -> dict[str, Any]:
    """Compile one part; its function is `mean` unless another is given."""
    return compile_exam(Exam(part, letters=LETTERS), FakeReference(**{"mean": mean} | functions))


def calls_of(content: dict[str, Any], phase: str = "public") -> list[tuple[Any, ...]]:
    """Return the arguments of every call of the one function."""
    request = decode(content["functions"][0]["requests"][phase])
    return [arguments for _, arguments in request["calls"]]
