"""Load the reference solution and the rubric, and call functions the way the compiler needs it."""

import functools
import importlib
import inspect
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from autograder.authoring.language.questions import Exam, OpenOrder, Question
from autograder.authoring.language.where import as_sentence, line_of, written
from autograder.core.codec import encode
from autograder.core.compare import is_leaf, result_name
from autograder.core.results import plain_result
from autograder.core.vectors import vector_of
from autograder.errors import RubricError

__all__ = ["Reference", "call_by_name", "copied", "load_exam", "quiet", "structure_of"]

Arguments = tuple[Any, ...]


#: Names that no file of a homework may have.
_TAKEN = frozenset({*sys.stdlib_module_names, "numpy", "autograder", "hypothesis"})


@contextmanager
def _make_importable(solution: Path) -> Iterator[None]:
    """Let the solution be imported, and from the folder around it its rubric and its data."""
    root = solution.resolve().parent
    own = {file.stem for file in solution.glob("*.py")}
    own |= {file.parent.name for file in root.glob("*/__init__.py")}
    own -= _TAKEN  # Python's own stay loaded: such a file is refused
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name.partition(".")[0] in own and not (file and Path(file).is_relative_to(root)):
            del sys.modules[name]  # another homework's, of the same name
    sys.path[:0] = [str(solution), str(root)]
    try:
        yield
        _require_own_modules(root)
    finally:
        for folder in (solution, root):
            sys.path.remove(str(folder))


def _require_own_modules(root: Path) -> None:
    """Require the rubric and the data that were imported to be those of the homework at `root`.

    A folder without an ``__init__.py`` loses against a package of its name anywhere on the path.
    """
    for name in ("rubric", "datasets"):
        file = getattr(sys.modules.get(name), "__file__", None)
        if file and (root / name).is_dir() and not Path(file).resolve().is_relative_to(root):
            raise RubricError(
                f"another homework's {name}/ was imported ({file}): add an empty __init__.py",
                where=f"{name}/",
            )


def load_exam(solution: Path, *, rubric: str = "rubric.exam") -> Exam:
    """Import the rubric and return its ``EXAM``, with the reference solution on the path.

    Raises
    ------
    RubricError
        If it can't be imported, or has no exam.
    """
    with _make_importable(solution), as_sentence("the rubric can't be read:", where=rubric):
        module = importlib.import_module(rubric)
    exam = getattr(module, "EXAM", None)
    if not isinstance(exam, Exam):
        where = written(str(module.__file__), 1)
        raise RubricError("there is no EXAM = Exam(...) with the parts of the exam", where=where)
    return exam


def _require_name_of_its_own(file: Path) -> None:
    """Require a file's name not to be taken: importing it would find the other one, or hide it."""
    if file.stem in _TAKEN:
        raise RubricError(
            f"{file.stem} is the name of a module of Python or of a package: give the file"
            " another name",
            where=written(str(file), 1),
        )


class Reference:
    """The reference solution's functions by ``file.function``, of the modules in a folder.

    Another `seed` draws other examples; see `benchmarks/seeds.py`.
    """

    def __init__(self, solution: Path, *, seed: int = 0) -> None:
        self.seed = seed
        self.functions: dict[str, Callable[..., Any]] = {}
        self.modules: list[types.ModuleType] = []
        self._known: dict[tuple[Any, ...], tuple[tuple[Any, ...], str]] = {}
        with _make_importable(solution):
            for file in sorted(solution.glob("*.py")):
                _require_name_of_its_own(file)
                with as_sentence("the solution can't be read:", where=written(str(file), 1)):
                    self._add(importlib.import_module(file.stem))

    def _add(self, module: types.ModuleType) -> None:
        self.modules.append(module)
        for name, thing in vars(module).items():
            is_own = getattr(thing, "__module__", None) == module.__name__
            if inspect.isfunction(thing) and is_own and not name.startswith("_"):
                self.functions[f"{module.__name__}.{name}"] = thing

    def parameters(self, name: str) -> tuple[str, ...]:
        """Return the parameter names of a function."""
        return _find_parameters(self.functions[name])

    def outcomes(self, question: Question, arguments: Arguments) -> tuple[Any, ...]:
        """Return every right result of a call, as trees."""
        own = self.own_outcome(question, arguments)
        if question.open_order is None:
            return (own,)
        what = f"the results of {question.full_name} raised"
        with np.errstate(all="ignore"), as_sentence(what, where=question.where):
            return self.call_all(question.open_order.results, question, arguments)[0]

    def require_fit(self, question: Question, arguments: Arguments) -> None:
        """Let the question say, by a RubricError, that its arguments can't be asked about."""
        open_order = question.open_order
        if open_order is not None and open_order.require is not None:
            given = dict(zip(self.parameters(question.full_name), arguments, strict=False))
            for order in call_by_name(open_order.orders, given):
                call_by_name(open_order.require, given | {"order": order})

    def own_outcome(self, question: Question, arguments: Arguments) -> Any:
        """Return what the reference itself gives."""
        what = f"the reference of {question.full_name} raised"
        with np.errstate(all="ignore"), as_sentence(what, where=self.line(question)):
            result = self.functions[question.full_name](*copied(arguments))
        return plain_result(result, structure_of(question.returns))

    def line(self, question: Question) -> str:
        """Return where the solution's function begins, for messages to its author."""
        return line_of(self.functions[question.full_name])

    def require_arrays(self, question: Question, result: Any) -> None:
        """Require a right result to be arrays of numbers, as many as the question names."""
        names, problem = question.returns, ""
        if vector_of(result) is None:
            problem = "gives no arrays of numbers"
        elif isinstance(names, tuple) and (is_leaf(result) or len(result) != len(names)):
            problem = f"does not give the {len(names)} results that are expected"
        elif isinstance(names, dict) and not result.keys() >= names.keys():
            problem = f"does not give a dict with the keys {', '.join(names)}"
        if problem:
            raise RubricError(
                f"the reference of {question.full_name} {problem} (at {question.where})",
                where=self.line(question),
            )

    def wrong_outcomes(
        self,
        wrong: Callable[..., Any] | OpenOrder,
        question: Question,
        arguments: Arguments,
        *,
        read_only: bool = False,
    ) -> tuple[Any, ...] | dict[str, str]:
        """Return what a mistake gives: every result where several are possible, or what it raises.

        It takes the function's arguments; where the items' order is open, those that it names, and
        ``order``, and gives a list of results for each order. An `OpenOrder` has orders of its own:
        none where there are too many to list, and then there are no results.
        """
        return self.try_all(wrong, question, arguments, read_only=read_only)[0]

    def try_all(
        self,
        wrong: Callable[..., Any] | OpenOrder,
        question: Question,
        arguments: Arguments,
        *,
        read_only: bool = False,
    ) -> tuple[tuple[Any, ...] | dict[str, str], str]:
        """Return the same, and what is raised under some orders of the items but not all, or ''."""
        try:
            with quiet():
                return self.call_all(wrong, question, arguments, read_only=read_only)
        except Exception as error:
            return {"raises": type(error).__name__}, ""

    def call_all(
        self,
        function: Callable[..., Any] | OpenOrder,
        question: Question,
        arguments: Arguments,
        *,
        read_only: bool = False,
    ) -> tuple[tuple[Any, ...], str]:
        """Return every result of a function, right or wrong; what it always raises comes through.

        The results are infinite for an order of the items under which it raises; what it raises
        then comes second, else ''.
        """
        structure, open_order = structure_of(question.returns), question.open_order
        if isinstance(function, OpenOrder):
            open_order, function = function, function.results
        if open_order is None:
            copies = copied(arguments, read_only=read_only)
            return (plain_result(function(*copies), structure),), ""
        orders = open_order.orders
        given = dict(zip(self.parameters(question.full_name), arguments, strict=False))
        names = _find_parameters(function) + _find_parameters(orders)
        used = {name: given[name] for name in names if name in given}
        place = (function, orders, encode(used), read_only)
        if place not in self._known:
            called: list[Any] = []
            for order in call_by_name(orders, used):
                try:
                    called.append(
                        call_by_name(function, used | {"order": order}, read_only=read_only)
                    )
                except Exception as error:
                    called.append(error)
            if not called:  # too many to list
                return (), ""
            errors = [several for several in called if isinstance(several, Exception)]
            if len(errors) == len(called):
                raise errors[0]
            trees = _fill_in([None if isinstance(s, Exception) else s for s in called])
            kind = type(errors[0]).__name__ if errors else ""
            self._known[place] = tuple([plain_result(t, structure) for t in trees]), kind
        return self._known[place]

    def changed_arguments(self, question: Question, arguments: Arguments) -> tuple[int, ...]:
        """Return the positions of the arguments that the function writes into."""
        given = copied(arguments)
        with np.errstate(all="ignore"), suppress(Exception):
            self.functions[question.full_name](*given)
        pairs = zip(given, arguments, strict=True)
        return tuple([i for i, (now, before) in enumerate(pairs) if encode(now) != encode(before)])

    @contextmanager
    def replacing(self, others: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
        """Put other functions in the places of some, wherever solution and rubric mention them."""
        before, known = self.functions, self._known
        self._put(others)  # first: where a function is mentioned is looked for by the right one
        self.functions, self._known = before | dict(others), {}
        try:
            yield
        finally:
            self.functions, self._known = before, known
            self._put({name: before[name] for name in others})

    def _put(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        for name, function in functions.items():
            for scope, attribute in self._places.get(name, ()):
                scope[attribute] = function

    @functools.cached_property
    def _places(self) -> dict[str, list[tuple[dict[str, Any], str]]]:
        """Where each function is mentioned: scopes of modules, and the names there."""
        names = {id(function): name for name, function in self.functions.items()}
        rubric = [m for name, m in sys.modules.items() if name.startswith("rubric.")]
        places: dict[str, list[tuple[dict[str, Any], str]]] = {}
        for scope in [vars(module) for module in (*self.modules, *rubric)]:
            for attribute, thing in scope.items():
                if id(thing) in names:
                    places.setdefault(names[id(thing)], []).append((scope, attribute))
        return places


@contextmanager
def quiet() -> Iterator[None]:
    """Let numpy and Python warn of nothing inside the block."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _fill_in(called: list[list[Any] | None]) -> list[Any]:
    """Return all results in a row, with infinite numbers for an order that gave none."""
    like = next(several for several in called if several is not None)
    return [result for several in called for result in several or _make_infinite(like)]


def _make_infinite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _make_infinite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([_make_infinite(item) for item in value])
    return np.full(np.shape(value), np.inf)


@functools.lru_cache(maxsize=1024)
def _find_parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


def call_by_name(
    function: Callable[..., Any], given: Mapping[str, Any], *, read_only: bool = False
) -> Any:
    """Call `function` with those of the given arguments that it names."""
    named = [name for name in _find_parameters(function) if name in given]
    return function(**{name: _copy(given[name], read_only=read_only) for name in named})


def structure_of(returns: Any) -> Any:
    """Return the structure of a result (see `autograder.core.results`) from its names."""
    if isinstance(returns, tuple):
        return tuple(
            [structure_of(r[result_name(r)] if isinstance(r, dict) else r) for r in returns]
        )
    if isinstance(returns, dict):
        return dict.fromkeys(returns, "array")
    return "array"


def copied(arguments: Arguments, *, read_only: bool = False) -> Arguments:
    """Return a call's arguments as a function may have them for itself."""
    return tuple([_copy(argument, read_only=read_only) for argument in arguments])


def _copy(value: Any, *, read_only: bool = False) -> Any:
    if isinstance(value, dict):
        return {name: _copy(item, read_only=read_only) for name, item in value.items()}
    if isinstance(value, list):
        return [_copy(item, read_only=read_only) for item in value]
    if not isinstance(value, np.ndarray):
        return value
    copy = value.copy()
    copy.flags.writeable = not read_only
    return copy
