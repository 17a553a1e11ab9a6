"""Write a function of the rubric as a module of its own, with all that it mentions.

A wrong function of the rubric calls helpers, constants and imports of its module. For a submission
they are written out: of each rubric module the statements that are needed, in their order, as
``rubric_<module>.py``; of the solution the copies of `autograder.authoring.verification.copies`.
What a
function is to be judged by is never needed, and what only guards the rubric's author (``raise
RubricError``) is left out.
"""

import ast
import functools
import inspect
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from autograder.authoring.verification.copies import lead_to_copies
from autograder.authoring.verification.names import bound_names, global_names, literal, plain_source
from autograder.errors import RubricError

__all__ = ["THE_MISTAKE", "Slices"]

#: What a written function is called in its module.
THE_MISTAKE = "the_mistake"

RUBRIC = "rubric."


class Slices:
    """Modules that hold functions of the rubric, written so that they run without it.

    Parameters
    ----------
    solution : iterable of str
        The solution's modules.

    Attributes
    ----------
    copied : set of str
        The modules of the solution of which copies are needed.
    """

    def __init__(self, solution: Iterable[str]) -> None:
        self.solution = frozenset(solution)
        self.copied: set[str] = set()
        self._modules: dict[str, str] = {}
        self._kept: dict[str, dict[int, str]] = {}

    def sources(self) -> dict[str, str]:
        """Return the modules written so far, source by name."""
        written = dict(self._modules)
        for module, kept in self._kept.items():
            written[_slice_name(module)] = "\n\n".join([kept[place] for place in sorted(kept)])
        return {name: f"{source}\n" for name, source in written.items()}

    def add(self, function: Callable[..., Any], name: str) -> None:
        """Write `function` as module `name`, where it is called `THE_MISTAKE`.

        Raises
        ------
        RubricError
            If it mentions something that no submission can have; names the place.
        """
        function = inspect.unwrap(function)
        if not isinstance(function, types.FunctionType):
            raise RubricError(f"{function!r} is no function, so it can't be written out")
        node = _node_of(function)
        lines = [
            self._binding(function, mentioned, f"{name}_{mentioned}")
            for mentioned in global_names(node)
            if mentioned in function.__code__.co_freevars or _is_global(function, mentioned)
        ]
        self._modules[name] = "\n".join([*lines, "", "", plain_source(node, name=THE_MISTAKE)])

    def _binding(self, function: types.FunctionType, name: str, module: str) -> str:
        """Return a line that gives `name` its meaning in `function`."""
        if name not in function.__code__.co_freevars:
            return self._import(function.__module__, name)
        place = function.__code__.co_freevars.index(name)
        value = (function.__closure__ or ())[place].cell_contents
        written = literal(value)
        if written is not None:
            return f"{name} = {written}" if "np." not in written else _with_numpy(name, written)
        if isinstance(value, types.ModuleType):
            return self._rewritten(ast.Import([ast.alias(value.__name__, name)]), function)
        home = getattr(value, "__module__", "") or "numpy"
        if home.partition(".")[0] == "numpy" or home in self.solution:
            home = home.partition(".")[0]
            node = ast.ImportFrom(home, [ast.alias(value.__name__, name)], 0)
            return self._rewritten(node, function)
        self.add(value, module)
        return f"from {module} import {THE_MISTAKE} as {name}"

    def _import(self, module: str, name: str) -> str:
        """Return an import of what `name` means in a module of the rubric."""
        bindings = _statements_of(module).get(name)
        if bindings is None:
            raise RubricError(f"{module} gives no meaning to {name}")
        _, last = bindings[-1]
        if isinstance(last, ast.Import | ast.ImportFrom):
            return self._rewritten(_only(last, name), sys.modules[module])
        for place, statement in bindings:
            self._keep(module, place, statement)
        return f"from {_slice_name(module)} import {name}"

    def _keep(self, module: str, place: int, statement: ast.stmt) -> None:
        kept = self._kept.setdefault(module, {})
        if place in kept:
            return
        kept[place] = ""  # a function that calls itself needs itself
        by_value = _by_value(statement, sys.modules[module])
        if by_value is not None:
            kept[place] = by_value
            return
        source = plain_source(statement)
        own = set(bound_names(statement))
        needed = [n for n in global_names(statement) if n not in own]
        known = _statements_of(module)
        lines = [self._import(module, name) for name in needed if name in known]
        imports = [line for line in lines if not line.startswith(f"from {_slice_name(module)} ")]
        kept[place] = "\n".join([*imports, source])

    def _rewritten(self, node: ast.Import | ast.ImportFrom, where: object) -> str:
        """Return an import as it is possible in a submission."""
        alias = node.names[0]
        source = node.module if isinstance(node, ast.ImportFrom) else alias.name
        assert source is not None
        if source.startswith(RUBRIC) and isinstance(node, ast.ImportFrom):
            inner, known = self._import(source, alias.name), alias.asname or alias.name
            return inner if known == alias.name else f"{inner}\n{known} = {alias.name}"
        if source in self.solution:
            self.copied.add(source)
            return ast.unparse(lead_to_copies(node, self.solution))
        if source.partition(".")[0] not in sys.stdlib_module_names | {"numpy"}:
            name = getattr(where, "__name__", where)
            raise RubricError(f"{name} mentions {ast.unparse(node)}, which no submission can have")
        return ast.unparse(node)


def _with_numpy(name: str, written: str) -> str:
    return f"import numpy as np\n{name} = {written}"


def _slice_name(module: str) -> str:
    return f"rubric_{module.rpartition('.')[2]}"


def _is_global(function: types.FunctionType, name: str) -> bool:
    return name in function.__globals__


def _only(node: ast.Import | ast.ImportFrom, name: str) -> ast.Import | ast.ImportFrom:
    """Return the part of an import that binds `name`."""
    alias = next(a for a in node.names if (a.asname or a.name.partition(".")[0]) == name)
    if isinstance(node, ast.ImportFrom):
        return ast.ImportFrom(node.module, [alias], 0)
    return ast.Import([alias])


@functools.lru_cache
def _tree_of(module: str) -> ast.Module:
    """Return the syntax tree of a loaded module; nobody changes it."""
    file = sys.modules[module].__file__
    assert file is not None
    return ast.parse(Path(file).read_bytes())


def _statements_of(module: str) -> dict[str, list[tuple[int, ast.stmt]]]:
    """Return for each name of a module the statements that bind it, with their places."""
    bindings: dict[str, list[tuple[int, ast.stmt]]] = {}
    for place, statement in enumerate(_tree_of(module).body):
        for name in bound_names(statement):
            bindings.setdefault(name, []).append((place, statement))
    return bindings


def _by_value(statement: ast.stmt, module: types.ModuleType) -> str | None:
    """Return an assignment of a plain value with the value written out, None for others."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return None
    lines = []
    for name in bound_names(statement):
        written = literal(getattr(module, name))
        if written is None:
            return None
        lines.append(_with_numpy(name, written) if "np." in written else f"{name} = {written}")
    return "\n".join(lines)


def _node_of(function: types.FunctionType) -> ast.FunctionDef | ast.Lambda:
    """Return the syntax tree of a function, found by its file and first line."""
    code = function.__code__
    found = [node for node in _functions(_tree_of(function.__module__)) if _is_it(node, function)]
    if len(found) != 1:
        place = f"{Path(code.co_filename).name} line {code.co_firstlineno}"
        raise RubricError(f"{place} has {len(found)} such functions: write one on a line")
    return found[0]


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.Lambda]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            yield node


def _is_it(node: ast.FunctionDef | ast.Lambda, function: types.FunctionType) -> bool:
    code = function.__code__
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    first = min([node.lineno, *[decorator.lineno for decorator in decorators]])
    name = node.name if isinstance(node, ast.FunctionDef) else "<lambda>"
    parameters = tuple([argument.arg for argument in node.args.args])
    return (first, name, parameters) == (
        code.co_firstlineno,
        code.co_name,
        code.co_varnames[: code.co_argcount],
    )
