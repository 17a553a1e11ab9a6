"""Load the reference solution and the rubric, and call functions the way the compiler needs it."""

import functools
import importlib
import inspect
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from autograder.errors import RubricError
from autograder.language.words import Part, Question
from autograder.results import plain_result
from autograder.values import encode

__all__ = ["Reference", "load_parts", "structure_of"]

Arguments = tuple[Any, ...]


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
        self.modules: list[types.ModuleType] = []
        self._known: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        with _importable(solution):
            for file in sorted(solution.glob("*.py")):
                self._add(importlib.import_module(file.stem))

    def _add(self, module: types.ModuleType) -> None:
        self.modules.append(module)
        for name, thing in vars(module).items():
            is_own = getattr(thing, "__module__", None) == module.__name__
            if inspect.isfunction(thing) and is_own and not name.startswith("_"):
                self.functions[f"{module.__name__}.{name}"] = thing

    def parameters(self, name: str) -> tuple[str, ...]:
        """Return the parameter names of a function."""
        return tuple(inspect.signature(self.functions[name]).parameters)

    def outcomes(self, question: Question, arguments: Arguments) -> tuple[Any, ...]:
        """Return every right result of a call, as trees."""
        right = question.outcomes or self.functions[question.full_name]
        try:
            with np.errstate(all="ignore"):
                self.functions[question.full_name](*_copies(arguments))
                return self._trees(right, question, arguments)
        except Exception as error:
            raise RubricError(
                f"the reference of {question.full_name} raised {type(error).__name__}: {error}"
            ) from error

    def own_outcome(self, question: Question, arguments: Arguments) -> Any:
        """Return what the reference itself gives."""
        with np.errstate(all="ignore"):
            result = self.functions[question.full_name](*_copies(arguments))
        return plain_result(result, structure_of(question.returns))

    def wrong_outcomes(
        self, wrong: Callable[..., Any], question: Question, arguments: Arguments
    ) -> tuple[Any, ...] | dict[str, str]:
        """Return what a mistake gives: every result where several are possible, or what it raises.

        It takes the function's arguments; where the items' order is open, those that it names, and
        ``order``, and gives a list of results for each order.
        """
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self._trees(wrong, question, arguments)
        except Exception as error:
            return {"raises": type(error).__name__}

    def _trees(
        self, function: Callable[..., Any], question: Question, arguments: Arguments
    ) -> tuple[Any, ...]:
        structure = structure_of(question.returns)
        if question.orders is None:
            return (plain_result(function(*_copies(arguments)), structure),)
        given = dict(zip(self.parameters(question.full_name), arguments, strict=True))
        used = {
            n: given[n] for n in _parameters(function) + _parameters(question.orders) if n in given
        }
        place = (function, encode(used))
        if place not in self._known:
            orders = _called(question.orders, used)
            called = [_called(function, used | {"order": order}) for order in orders]
            results = [result for several in called for result in several]
            self._known[place] = tuple([plain_result(result, structure) for result in results])
        return self._known[place]

    @contextmanager
    def replacing(self, others: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
        """Put other functions in the places of some, wherever solution and rubric mention them.

        Parameters
        ----------
        others : mapping of str to callable
            By ``file.function``.
        """
        originals = {id(self.functions[name]): name for name in others}
        places = [
            (vars(module), attribute, thing)
            for module in self._mentioning()
            for attribute, thing in vars(module).items()
            if id(thing) in originals
        ]
        kept, self._known = self._known, {}
        own = self.functions
        self.functions = own | dict(others)
        for scope, attribute, thing in places:
            scope[attribute] = others[originals[id(thing)]]
        try:
            yield
        finally:
            for scope, attribute, thing in places:
                scope[attribute] = thing
            self.functions, self._known = own, kept

    def _mentioning(self) -> list[types.ModuleType]:
        loaded = [m for name, m in sys.modules.items() if name.startswith("autograder.rubric.")]
        return self.modules + loaded


@functools.lru_cache(maxsize=1024)
def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


def _called(function: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    """Call `function` with those of the given arguments that it names."""
    return function(**{n: _copy(given[n]) for n in _parameters(function) if n in given})


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
