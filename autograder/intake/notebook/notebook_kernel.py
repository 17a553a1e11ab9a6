"""Run the statements of notebooks in a worker: one namespace a notebook, each statement alone.

This file is copied beside the modules that are made of a notebook, and imports nothing of the
grader's. Python sees each statement as a part of the module that it belongs to, at its line among
the lines of all cells. What could not be made or read is raised by the functions that need it.
"""

import __future__

import bisect
import functools
import importlib
import linecache
import sys
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["Kernel"]

#: Annotations are not looked at, so that one of a missing package costs nothing, and ``await`` may
#: stand at the top of a cell (`ast.PyCF_ALLOW_TOP_LEVEL_AWAIT`).
_FLAGS = __future__.annotations.compiler_flag | 0x2000
_COROUTINE = 0x80

_Function = Callable[..., Any]


def _unseen(function: _Function) -> Any:
    """Let a function's frames not count as the student's."""
    code: types.CodeType = function.__code__
    function.__code__ = code.replace(co_filename="<notebook>")
    return function


class _Space:
    """What the statements of one notebook share: its names, and what could not be made, and why."""

    def __init__(self) -> None:
        self.module = types.ModuleType("notebook_cells")
        self.names = vars(self.module)
        self.failed: dict[str, tuple[BaseException, Any]] = {}


class Kernel:
    """The namespace of one notebook, or of several that complete one another.

    `graded` has the names of the homework's functions: what is a function of that name stays one.
    `starts` has the first line of each notebook among the lines of all. They share the homework's
    functions, and nothing else. `written` has the modules that they write to files, and may import
    from, each with the place of its notebook.
    """

    def __init__(
        self,
        graded: tuple[str, ...],
        written: tuple[tuple[str, int], ...],
        starts: tuple[int, ...] = (1,),
    ) -> None:
        self.graded = frozenset(graded)
        self.starts = starts
        self.spaces = [_Space() for _ in starts]
        sys.modules["notebook_cells"] = self.spaces[0].module
        sys.modules.update({name: self.spaces[place].module for name, place in written})
        #: By function of the homework's, where it was made, or could not be.
        self.homes: dict[str, _Space] = {}
        self.done: set[tuple[int, int]] = set()
        self.lines: list[str] = []
        self.folder = Path(__file__).parent

    def run(
        self,
        module: str,
        *,
        functions: tuple[str, ...],
        uses: tuple[str, ...],
        statements: tuple[tuple[Any, ...], ...],
    ) -> None:
        """Run what has not run yet, and put a file's `functions` into its module.

        `uses` are the other files whose functions are among what ran. Of each statement there are
        the line, the column, the file, the names that it gives, and its text; for a cell that can't
        be read message, column and the line's text in place of the text.
        """
        for line, column, file, gives, source in statements:
            if (line, column) not in self.done:
                self.done.add((line, column))
                space = self.spaces[bisect.bisect_right(self.starts, line) - 1]
                self._run_one(str(self.folder / file), line, gives, source, space)
                self._share(gives, space)
        own = vars(sys.modules[module])
        for name in functions:
            space = self.homes.get(name, self.spaces[0])
            self._explain(name, space)
            self._share((name,), space)
            if name in space.names:
                own[name] = space.names[name]
        for other in uses:
            try:
                importlib.import_module(other)
            except BaseException:  # its own turn comes
                continue

    def _share(self, names: tuple[str, ...], home: _Space) -> None:
        """Let each notebook have a function of the homework's that one has made."""
        for name in self.graded.intersection(names):
            if name in home.names or name in home.failed:
                self.homes[name] = home
            for space in self.spaces if name in home.names else ():
                space.names[name] = home.names[name]

    def _explain(self, name: str, space: _Space) -> None:
        """Let a function say what kept it, or what it needs, from being there."""
        names, failed = space.names, space.failed
        if name not in names and name in failed:
            names[name] = _raising(name, *failed[name])
        elif failed and type(names.get(name)) is types.FunctionType:
            names[name] = _explained(names[name], failed)

    @_unseen
    def _run_one(
        self, path: str, line: int, gives: tuple[str, ...], source: Any, space: _Space
    ) -> None:
        names, failed = space.names, space.failed
        before = {name: names.get(name) for name in self.graded.intersection(gives)}
        try:
            if isinstance(source, tuple):
                before = {}
                for name in gives:
                    names.pop(name, None)
                message, column, text = source
                raise SyntaxError(message, (path, line, column, text))
            self._execute(source, path, line, names)
        except BaseException as error:
            reason = (error, error.__traceback__)
            if isinstance(error, NameError):
                reason = failed.get(error.name or "", reason)
            for name in gives:
                if name not in names:
                    failed[name] = reason
        for name, value in before.items():
            if callable(value) and not callable(names.get(name)):
                names[name] = value

    @_unseen
    def _execute(self, source: str, path: str, line: int, names: dict[str, Any]) -> None:
        self._show(path, line, source)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile("\n" * (line - 1) + source, path, "exec", _FLAGS, dont_inherit=True)
        if not code.co_flags & _COROUTINE:
            exec(code, names)
            return
        waiting = eval(code, names)
        try:
            while True:
                waiting.send(None)
        except StopIteration:
            return

    def _show(self, path: str, line: int, source: str) -> None:
        """Let Python find the text of a line, for messages and for `inspect`."""
        self.lines += ["\n"] * (line - len(self.lines))
        text = source.split("\n")
        self.lines[line - 1 : line - 1 + len(text)] = [f"{one}\n" for one in text]
        linecache.cache[path] = (1, None, self.lines, path)


def _raising(name: str, error: BaseException, trace: Any) -> _Function:
    """Return a function that raises what kept the real one from being there."""

    def raising(*arguments: Any, **named: Any) -> None:
        raise error.with_traceback(trace)

    raising.__name__ = raising.__qualname__ = name
    function: _Function = _unseen(raising)
    return function


def _explained(function: _Function, failed: dict[str, tuple[BaseException, Any]]) -> _Function:
    """Return the function, with a better answer where it misses a name that could not be made."""

    def explained(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except NameError as error:
            if error.name not in failed:
                raise
            reason, trace = failed[error.name]
        raise reason.with_traceback(trace)

    wrapped: _Function = _unseen(functools.wraps(function)(explained))
    return wrapped
