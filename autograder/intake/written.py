"""Tell which of the homework's functions are written in a Python file: it is read, never run.

Where two files could be meant, it decides: one in which all is a stub yields to one in which
something is written.
"""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from autograder.core.limits import KIB, MIB
from autograder.errors import IntakeError
from autograder.intake.listing import File
from autograder.intake.python_source import is_stub, parsed

__all__ = ["Survey", "find_definitions", "find_written"]

Function = ast.FunctionDef | ast.AsyncFunctionDef

#: One file that is looked at, and all of them; a homework has 60 KiB. Reading takes about a
#: second for a megabyte.
MAX_LOOKED_AT_BYTES = 256 * KIB
MAX_ALL_BYTES = 2 * MIB


class Survey:
    """What is written in the files of one submission; each is read once.

    `functions` has the homework's functions by their files' names, without ``.py``. Where it names
    none, nothing is known of any file.
    """

    def __init__(self, functions: Mapping[str, Collection[str]]) -> None:
        self.functions = functions
        self._contents: dict[File, bytes | None] = {}
        self._found: dict[tuple[File, str], frozenset[str] | None] = {}
        self._rest = MAX_ALL_BYTES

    def find(self, file: File, name: str) -> frozenset[str] | None:
        """Return which functions of module `name` are written in a file; None if that is unknown.

        It is where the file can't be read as Python.
        """
        if (file, name) not in self._found:
            self._found[file, name] = self._find(file, name)
        return self._found[file, name]

    def _find(self, file: File, name: str) -> frozenset[str] | None:
        content = self.read(file) if self.functions.get(name) else None
        if content is None:
            return None
        try:
            return find_written(content.decode("utf-8-sig", "replace"), self.functions[name])
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    def read(self, file: File) -> bytes | None:
        """Return a file's content, None where it can't be read or is too much to look at."""
        if file not in self._contents:
            self._contents[file] = self._read(file) if self._rest > 0 else None
        return self._contents[file]

    def _read(self, file: File) -> bytes | None:
        try:
            content = file.read()
        except IntakeError:
            return None
        if len(content) > MAX_LOOKED_AT_BYTES:
            return None
        self._rest -= len(content)
        return content


def find_written(text: str, functions: Collection[str]) -> frozenset[str]:
    """Return which of some functions a module's text gives, stubs left out.

    What is no Python is a `SyntaxError` or a `ValueError`; what is nested too deeply is a
    `RecursionError` or a `MemoryError`.
    """
    definitions = find_definitions(parsed(text))
    everything = definitions.get("*", [])  # what 'from helpers import *' gives is not known
    given = {name: definitions.get(name, everything) for name in functions}
    return frozenset([name for name in functions if given[name] and not is_stub(given[name][-1])])


def find_definitions(tree: ast.Module) -> dict[str, list[ast.stmt]]:
    """Return the statements that give each name of a module (``*`` too), in order."""
    found: dict[str, list[ast.stmt]] = {}
    for statement in _list_statements(tree.body):
        for name in _list_names_given(statement):
            found.setdefault(name, []).append(statement)
    return found


def _list_statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run at import, those inside ``if``, ``try`` and similar too."""
    for statement in body:
        yield statement
        if isinstance(statement, Function | ast.ClassDef) or _is_main_guard(statement):
            continue
        for branch in ("body", "handlers", "orelse", "finalbody"):
            for inner in getattr(statement, branch, []):
                is_handler = isinstance(inner, ast.ExceptHandler)
                yield from _list_statements(inner.body if is_handler else [inner])


def _is_main_guard(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and "__name__" in _find_names(statement.test)


def _find_names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _list_names_given(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, Function | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        yield from [alias.asname or alias.name for alias in statement.names]
    elif isinstance(statement, ast.Assign):
        yield from set().union(*[_find_names(target) for target in statement.targets])
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        yield from _find_names(statement.target)
