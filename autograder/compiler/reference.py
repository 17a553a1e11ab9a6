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

from autograder.compare import is_leaf
from autograder.compiler.sentences import as_sentence
from autograder.errors import RubricError
from autograder.language.where import line_of, written
from autograder.language.words import Part, Question
from autograder.results import plain_result
from autograder.vectors import vector_of

__all__ = ["Reference", "copied_arguments", "load_parts", "quiet", "structure_of", "wrong_outcomes"]


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def load_parts(solution: Path, *, rubric: str = "autograder.rubric") -> tuple[Part, ...]:
    """Import the rubric, with the reference solution in `solution` on the path.

    Raises
    ------
    RubricError
        If it can't be imported, or has no parts in ``PARTS``.
    """
    with _importable(solution), as_sentence("the rubric can't be read:", where=rubric):
        module = importlib.import_module(rubric)
    where = written(str(module.__file__), 1)
    parts = getattr(module, "PARTS", None)
    if not isinstance(parts, tuple | list) or not parts:
        raise RubricError("there is no PARTS = (...) with the parts of the rubric", where=where)
    for part in parts:
        if not isinstance(part, Part):
            name = getattr(part, "__name__", repr(part)).rpartition(".")[2]
            raise RubricError(f"PARTS holds {name}, not a part: write {name}.PART", where=where)
    return tuple(parts)


def _require_name_of_its_own(file: Path) -> None:
    """Require a file's name not to be taken: importing it would find the other one, or hide it."""
    if file.stem in {*sys.stdlib_module_names, "numpy", "autograder", "hypothesis"}:
        raise RubricError(
            f"{file.stem} is the name of a module of Python's own or of a package: call the file"
            " otherwise",
            where=written(str(file), 1),
        )


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
                _require_name_of_its_own(file)
                with as_sentence("the solution can't be read:", where=written(str(file), 1)):
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
        own = self.own_outcome(question, arguments)
        if question.outcomes is None:
            return (own,)
        what = f"outcomes of {question.full_name} raised"
        with np.errstate(all="ignore"), as_sentence(what, where=question.where):
            others = question.outcomes(*copied_arguments(arguments))
            return tuple([plain_result(other, structure) for other in others])

    def own_outcome(self, question: Question, arguments: tuple[Any, ...]) -> Any:
        """Return what the reference itself gives."""
        what = f"the reference of {question.full_name} raised"
        with np.errstate(all="ignore"), as_sentence(what, where=self.line(question)):
            result = self.functions[question.full_name](*copied_arguments(arguments))
        return plain_result(result, structure_of(question.returns))

    def line(self, question: Question) -> str:
        """Return where the solution's function begins, for messages to its author."""
        return line_of(self.functions[question.full_name])

    def require_arrays(self, question: Question, result: Any) -> None:
        """Require a right result to be arrays of numbers, as many as the question names.

        Raises
        ------
        RubricError
            If it is not; the sentence begins with the line of the solution.
        """
        names, problem = question.returns, ""
        if vector_of(result) is None:
            problem = "gives no arrays of numbers"
        elif isinstance(names, tuple) and (is_leaf(result) or len(result) != len(names)):
            problem = f"does not give the {len(names)} results that are asked for"
        elif isinstance(names, dict) and not result.keys() >= names.keys():
            problem = f"does not give a dict with the keys {', '.join(names)}"
        if problem:
            raise RubricError(
                f"the reference of {question.full_name} {problem} (at {question.where})",
                where=self.line(question),
            )


@contextmanager
def quiet() -> Iterator[None]:
    """Let numpy and Python warn of nothing inside the block."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def wrong_outcomes(
    wrong: Callable[..., Any], question: Question, arguments: tuple[Any, ...]
) -> tuple[Any, ...] | dict[str, str]:
    """Return what a mistake gives: every result where several are possible, or what it raises."""
    structure = structure_of(question.returns)
    try:
        with quiet():
            result = wrong(*copied_arguments(arguments))
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


def copied_arguments(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return fresh copies of a call's arguments, so that nobody can spoil them."""
    return tuple([_copy(argument) for argument in arguments])


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(item) for name, item in value.items()}
    return value.copy() if isinstance(value, np.ndarray) else value
