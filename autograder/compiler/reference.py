"""Load the reference solution and the rubric, and call functions the way the compiler needs it."""

import importlib
import inspect
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from autograder.errors import RubricError
from autograder.language.words import Part, Question
from autograder.results import plain_result

__all__ = ["Reference", "load_parts", "structure_of"]


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def load_parts(solution: Path) -> tuple[Part, ...]:
    """Import the rubric, with the reference solution in `solution` on the path."""
    with _importable(solution):
        rubric = importlib.import_module("autograder.rubric")
    parts: tuple[Part, ...] = rubric.PARTS
    return parts


class Reference:
    """The reference solution's functions by ``file.function``.

    Parameters
    ----------
    solution : pathlib.Path
        The folder of the reference's modules.
    """

    def __init__(self, solution: Path) -> None:
        self.functions: dict[str, Callable[..., Any]] = {}
        with _importable(solution):
            for file in sorted(solution.glob("*.py")):
                self._add(importlib.import_module(file.stem))

    def _add(self, module: types.ModuleType) -> None:
        for name, thing in vars(module).items():
            is_own = getattr(thing, "__module__", None) == module.__name__
            if inspect.isfunction(thing) and is_own and not name.startswith("_"):
                self.functions[f"{module.__name__}.{name}"] = thing

    def parameters(self, name: str) -> tuple[str, ...]:
        """Return the parameter names of a function."""
        return tuple(inspect.signature(self.functions[name]).parameters)

    def outcomes(self, question: Question, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return every right result of a call, as trees."""
        structure = structure_of(question.returns)
        try:
            with np.errstate(all="ignore"):
                result = self.functions[question.full_name](*_copies(arguments))
                others = question.outcomes(*_copies(arguments)) if question.outcomes else [result]
        except Exception as error:
            raise RubricError(
                f"the reference of {question.full_name} raised {type(error).__name__}: {error}"
            ) from error
        return tuple([plain_result(other, structure) for other in others])

    def own_outcome(self, question: Question, arguments: tuple[Any, ...]) -> Any:
        """Return what the reference itself gives."""
        with np.errstate(all="ignore"):
            result = self.functions[question.full_name](*_copies(arguments))
        return plain_result(result, structure_of(question.returns))


def wrong_outcomes(
    wrong: Callable[..., Any], question: Question, arguments: tuple[Any, ...]
) -> tuple[Any, ...] | dict[str, str]:
    """Return what a mistake gives: every result where several are possible, or what it raises."""
    structure = structure_of(question.returns)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = wrong(*_copies(arguments))
    except Exception as error:
        return {"raises": type(error).__name__}
    results = result if question.outcomes else [result]
    return tuple([plain_result(other, structure) for other in results])


def structure_of(returns: Any) -> Any:
    """Return the structure of a result (see `autograder.results`) from its names."""
    if isinstance(returns, tuple):
        return tuple([structure_of(name) for name in returns])
    if isinstance(returns, dict):
        return dict.fromkeys(returns, "array")
    return "array"


def _copies(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple([_copy(argument) for argument in arguments])


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(item) for name, item in value.items()}
    return value.copy() if isinstance(value, np.ndarray) else value
