"""Tell whether what is compiled has changed: digests of functions and data, without their words.

A function is its byte code, its defaults, what it closes over and, if the homework's author wrote
it, what it mentions by name, all of that in the same way. Lines, comments, docstrings and sentences
do not count. What Python, a package or the grader itself defines is its name: their versions and
sources are in every key of the memory (`autograder.authoring.compiler.memory`). Something that has
no content of its own which could be read makes the digest one of all the homework's sources.
"""

import ast
import dataclasses
import dis
import enum
import functools
import hashlib
import inspect
import re
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograder.authoring.language.where import is_authors
from autograder.core.writing import read_portable

__all__ = ["Fingerprints"]

_PLAIN = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis), range, slice, np.dtype)

_LOOKS_UP = ("LOAD_GLOBAL", "LOAD_NAME")


class Fingerprints:
    """Makes digests of what a homework's rubric is made of.

    Parameters
    ----------
    root : Path
        The homework's folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def of(self, *values: Any) -> str:
        """Return a digest of some values and of all that they lead to."""
        walk = _Walk(self._everything)
        for value in values:
            walk.add(value)
        return walk.summary.hexdigest()

    @functools.cached_property
    def solution(self) -> str:
        """A digest of the solution's code: a change of it may concern the changes of any other."""
        files = sorted((self._root / "solution").glob("*.py"))
        return self.of([(file.name, _describe_code(file)) for file in files])

    @functools.cached_property
    def _everything(self) -> str:
        summary = hashlib.sha256()
        for folder in ("rubric", "solution"):
            for file in sorted((self._root / folder).rglob("*.py")):
                content = read_portable(file)
                summary.update(f"{file.name} {len(content)}\n".encode() + content)
        return summary.hexdigest()


def _describe_code(file: Path) -> tuple[str, list[int]]:
    """Return a module's code without docstrings, and which lines of it are one."""
    tree = ast.parse(read_portable(file))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass(lineno=node.body[0].lineno)]
    lines = [node.lineno for node in ast.walk(tree) if hasattr(node, "lineno")]
    ranks = {line: rank for rank, line in enumerate(sorted({*lines}))}
    return ast.unparse(tree), [ranks[line] for line in lines]


class _Walk:
    """One digest in the making; what was met before is named by when."""

    def __init__(self, everything: str) -> None:
        self.summary = hashlib.sha256()
        self._everything = everything
        self._met: dict[int, tuple[int, Any]] = {}  # the values, too: else an id comes again

    def add(self, value: Any) -> None:
        if isinstance(value, _PLAIN) and not isinstance(value, enum.Enum):
            self._note(type(value).__name__, repr(value))
            return
        if id(value) in self._met:
            self._note("met", self._met[id(value)][0])
            return
        # Whether two equal constants are one object depends on where the code was read from.
        if not isinstance(value, tuple | frozenset | types.CodeType):
            self._met[id(value)] = len(self._met), value
        for item in self._take_apart(value):
            self.add(item)
        self._note("end")

    def _note(self, *words: object) -> None:
        self.summary.update(f"{words}\n".encode("utf-8", "backslashreplace"))

    def _take_apart(self, value: Any) -> Iterator[Any]:
        """Yield what a value consists of."""
        kind = type(value)
        self._note(kind.__module__, kind.__qualname__)
        if isinstance(value, np.ndarray | np.generic):
            yield from (str(value.dtype), np.shape(value))
            yield from value.ravel().tolist() if value.dtype.hasobject else [value.tobytes()]
        elif isinstance(value, tuple | list):
            yield from value
        elif isinstance(value, dict | types.MappingProxyType):
            yield from value.items()
        elif isinstance(value, set | frozenset):
            yield from sorted([_sum_up(item, self._everything) for item in value])
        elif isinstance(value, types.CodeType):
            yield from _take_code_apart(value)
        elif isinstance(value, types.FunctionType):
            yield from _take_function_apart(value)
        elif isinstance(value, type):
            yield from _take_class_apart(value)
        else:
            yield from self._take_object_apart(value)

    def _take_object_apart(self, value: Any) -> Iterator[Any]:
        if isinstance(value, functools.partial):
            yield from (value.func, value.args, value.keywords)
        elif isinstance(value, types.MethodType):
            yield from (value.__self__, value.__func__)
        elif isinstance(value, enum.Enum):
            yield from (type(value), value.name)
        elif isinstance(value, re.Pattern):
            yield from (value.pattern, value.flags)
        elif isinstance(value, Path):
            yield value.name
        elif callable(getattr(value, "__wrapped__", None)):
            yield value.__wrapped__
        elif isinstance(value, types.ModuleType) and not _is_own(getattr(value, "__file__", None)):
            yield value.__name__
        elif dataclasses.is_dataclass(value):
            fields = [field for field in dataclasses.fields(value) if field.compare]
            yield from (type(value), {f.name: getattr(value, f.name) for f in fields})
        elif isinstance(value, types.BuiltinFunctionType | np.ufunc):
            yield from (getattr(value, "__module__", ""), value.__name__)
        else:
            yield self._everything


def _sum_up(value: Any, everything: str) -> str:
    walk = _Walk(everything)
    walk.add(value)
    return walk.summary.hexdigest()


def _is_own(file: str | None) -> bool:
    return bool(file) and is_authors(str(file))


def _take_code_apart(code: types.CodeType) -> Iterator[Any]:
    yield from (code.co_code, code.co_flags, code.co_argcount, code.co_kwonlyargcount)
    yield from (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    yield from (getattr(code, "co_exceptiontable", b""), code.co_posonlyargcount)
    yield code.co_consts


def _take_function_apart(function: types.FunctionType) -> Iterator[Any]:
    code = function.__code__
    if function.__doc__ and code.co_consts[:1] == (function.__doc__,):
        code = code.replace(co_consts=(None, *code.co_consts[1:]))
    yield from (function.__module__, function.__qualname__, code)
    yield from (function.__defaults__, function.__kwdefaults__)
    for cell in function.__closure__ or ():
        yield cell.cell_contents if _is_filled(cell) else "empty"
    if _is_own(code.co_filename):
        yield from _list_mentioned(code, function.__globals__)


def _is_filled(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False


@functools.lru_cache(maxsize=4096)
def _list_globals(code: types.CodeType) -> list[str]:
    """Return the names that a code looks up in its module, not those of attributes."""
    found = [i.argval for i in dis.get_instructions(code) if i.opname in _LOOKS_UP]
    return list(dict.fromkeys(found))


def _list_mentioned(code: types.CodeType, scope: Mapping[str, Any]) -> Iterator[Any]:
    """Yield what a function's names stand for; of a module of the homework, what it takes of it."""
    for name in _list_globals(code):
        value = scope.get(name)
        if isinstance(value, types.ModuleType) and _is_own(getattr(value, "__file__", None)):
            taken = [getattr(value, other, None) for other in code.co_names]
            yield (name, [one for one in taken if one is not None])
        elif name in scope:
            yield (name, value)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _list_mentioned(constant, scope)


def _take_class_apart(kind: type) -> Iterator[Any]:
    yield from (kind.__module__, kind.__qualname__)
    module = inspect.getmodule(kind)
    if _is_own(getattr(module, "__file__", None)):
        skipped = ("__dict__", "__weakref__", "__doc__", "__module__", "__firstlineno__")
        yield from [(name, value) for name, value in vars(kind).items() if name not in skipped]
        yield kind.__bases__
