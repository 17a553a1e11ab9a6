"""Work out what the handout's text leaves open: run its examples and fill in its placeholders.

An example is a fenced block of the kind ``pycon`` that holds what is typed at Python's prompt, and
never an answer: each answer is what the solution gives, in the form in which Python shows it. A
placeholder, ``{{ expression }}``, stands for a value inside a sentence. All of them share one
namespace, from the first page to the last, as in one session of a student's. What goes wrong is
noted, and the rest goes on, so that one run tells of everything.
"""

import ast
import io
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from autograder.errors import RubricError

__all__ = ["Passage", "Session", "working_in", "working_with"]

_PROMPTS = (">>> ", "... ", "...")

#: A comment, a fenced block of code with its kind and its text, or a placeholder.
_PIECE = re.compile(
    r"<!--.*?-->\n*|^```(?P<kind>pycon|python)\n(?P<code>.*?)^```$|\{\{ (?P<expression>.+?) \}\}",
    re.M | re.S,
)


@dataclass(frozen=True)
class Passage:
    """A piece of a page's Markdown, the page's file in ``handout/``, and the line it begins in."""

    markdown: str
    page: str
    line: int = 1

    def where(self, position: int) -> str:
        """Return file and line of a place in the text."""
        return f"handout/{self.page} line {self.line + self.markdown.count(chr(10), 0, position)}"


@contextmanager
def working_in(assignment: Path) -> Iterator[None]:
    """Work where students do, so that ``../datasets/x.csv`` is the same file for both.

    Before there are stubs, an empty folder beside it stands for `assignment`, which is removed
    afterwards.
    """
    before = Path.cwd()
    with ExitStack() as stack:
        folder = assignment
        if not folder.is_dir():
            folder = Path(stack.enter_context(TemporaryDirectory(dir=assignment.parent)))
        os.chdir(folder)
        stack.callback(os.chdir, before)
        yield


@contextmanager
def working_with(solution: Path) -> Iterator[None]:
    """Let the modules in `solution` be imported again, and forget them afterwards."""
    names = [path.stem for path in solution.glob("*.py")]
    before = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    sys.path.insert(0, str(solution))
    try:
        with np.printoptions():  # the text's examples set their own
            yield
    finally:
        sys.path.remove(str(solution))
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(before)


class Session:
    """One session at Python's prompt, which a handout's text is the script of.

    Placeholders may name what is `known` beside the variables of the examples. `problems` has all
    that went wrong so far, in the order of the text.
    """

    def __init__(self, known: Mapping[str, Any]) -> None:
        self.problems: list[RubricError] = []
        self._namespace: dict[str, Any] = {"__name__": "handout"}
        self._known = known
        self._lost: set[str] = set()

    def fill_in(self, passage: Passage, *, is_run: bool = True) -> str:
        """Return a text with every example's answers and every placeholder's value.

        Comments, which are for those who write it, are left out. Without `is_run`, the examples
        stay as they are.
        """

        def work_out(piece: "re.Match[str]") -> str:
            where = passage.where(piece.start())
            if piece["expression"]:
                return self._evaluate(piece["expression"], where)
            if not piece["kind"]:
                return ""
            if piece["kind"] == "python" and is_run:
                self._run(piece["code"], "exec", where)
            if piece["kind"] == "python" or not is_run:
                return piece[0]
            answered = "".join([self._answer(e, where) for e in _entries(piece["code"])])
            return f"```pycon\n{answered}```"

        return _PIECE.sub(work_out, passage.markdown).strip() + "\n"

    def _evaluate(self, expression: str, where: str) -> str:
        try:
            return str(eval(expression, {**self._known, **self._namespace}))
        except Exception as error:
            self._note(error, where)
            return ""

    def _run(self, source: str, mode: str, where: str) -> None:
        try:
            exec(compile(source, where, mode), self._namespace)
        except Exception as error:
            self._note(error, where)
            self._lost |= _bound_names(source) - set(self._namespace)

    def _note(self, error: Exception, where: str) -> None:
        """Note what went wrong, unless it follows from what is noted already."""
        if isinstance(error, RubricError):
            self.problems.append(error)
        elif not isinstance(error, NameError) or error.name not in self._lost:
            sentence = f"{type(error).__name__}: {error}"
            self.problems.append(RubricError(sentence, where=where))

    def _answer(self, entry: str, where: str) -> str:
        """Return what is typed at one prompt, with the answer below."""
        lines = entry.splitlines()
        if not all([line.startswith(_PROMPTS) for line in lines]):
            sentence = "an answer is below its question: leave it out, the solution fills it in"
            self.problems.append(RubricError(sentence, where=where))
            return entry
        printed = io.StringIO()
        hook = sys.displayhook
        sys.displayhook = _show
        try:
            with redirect_stdout(printed):
                self._run("\n".join([line[4:] for line in lines]) + "\n", "single", where)
        finally:
            sys.displayhook = hook
        return entry + printed.getvalue()


def _bound_names(source: str) -> set[str]:
    """Return the names that a piece of Python gives a value to."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return set()
    names = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    names |= {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    names |= {n.asname or n.name.partition(".")[0] for n in nodes if isinstance(n, ast.alias)}
    return names


def _entries(code: str) -> list[str]:
    """Return what is typed at each prompt, lines that go on included."""
    return re.findall(r"(?:^>>> .*\n|^.*\n)(?:^\.\.\..*\n)*", code, re.M)


def _show(value: Any) -> None:
    """Print a value as Python's prompt does, with 0 for -0, which differs in nothing else."""
    if value is not None:
        sys.stdout.write(f"{_without_negative_zeros(value)!r}\n")


def _without_negative_zeros(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple([_without_negative_zeros(item) for item in value])
    if isinstance(value, dict):
        return {name: _without_negative_zeros(item) for name, item in value.items()}
    is_real = isinstance(value, np.ndarray | np.floating) and value.dtype.kind == "f"
    return value + 0.0 if is_real else value
