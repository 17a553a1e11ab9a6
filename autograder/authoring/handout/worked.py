"""Work out what the handout's text leaves open: run its examples and fill in its placeholders.

An example is a fenced block of the kind ``pycon`` that holds what is typed at Python's prompt, and
never an answer: each answer is what the solution gives, in the form in which Python shows it. A
placeholder, ``{{ expression }}``, stands for a value inside a sentence. All of them share one
namespace, from the first page to the last, as in one session of a student's.
"""

import importlib
import io
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np

from autograder.errors import RubricError

__all__ = ["Session", "working_with"]

_PROMPTS = (">>> ", "... ", "...")

#: A fenced block of code with its kind and its text, or a placeholder.
_PIECE = re.compile(
    r"^```(?P<kind>pycon|python)\n(?P<code>.*?)^```$|\{\{ (?P<expression>.+?) \}\}", re.M | re.S
)


@contextmanager
def working_with(solution: Path) -> Iterator[None]:
    """Let the modules in `solution` be imported anew, and forget them afterwards."""
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

    Parameters
    ----------
    known : mapping of str to object
        What placeholders may name beside the variables of the examples.
    """

    def __init__(self, known: Mapping[str, Any]) -> None:
        self._namespace: dict[str, Any] = {"__name__": "handout"}
        self._known = known

    def functions(self, module: str) -> dict[str, Callable[..., Any]]:
        """Return what one of the solution's modules holds, by name."""
        return vars(importlib.import_module(module))

    def fill_in(self, text: str, name: str) -> str:
        """Return `text` with every example's answers and every placeholder's value.

        Parameters
        ----------
        text : str
            Markdown.
        name : str
            The file's name, for errors.

        Raises
        ------
        RubricError
            If an answer is typed by hand, or if an example or a placeholder raises.
        """

        def worked(piece: "re.Match[str]") -> str:
            where = f"handout/{name} line {text.count(chr(10), 0, piece.start()) + 1}"
            try:
                return self._worked(piece, where)
            except RubricError:
                raise
            except Exception as error:
                raise RubricError(f"{type(error).__name__}: {error}", where=where) from error

        return _PIECE.sub(worked, text)

    def _worked(self, piece: "re.Match[str]", where: str) -> str:
        if piece["expression"]:
            known = {**self._known, **self._namespace}
            return str(eval(piece["expression"], known))
        if piece["kind"] == "python":
            exec(compile(piece["code"], where, "exec"), self._namespace)
            return piece[0]
        answered = "".join([self._answered(entry, where) for entry in _entries(piece["code"])])
        return f"```pycon\n{answered}```"

    def _answered(self, entry: str, where: str) -> str:
        """Return what is typed at one prompt, with the answer below."""
        lines = entry.splitlines()
        if not all([line.startswith(_PROMPTS) for line in lines]):
            raise RubricError(
                "an answer stands below its question; leave it out, it is worked out here",
                where=where,
            )
        source = "\n".join([line[4:] for line in lines]) + "\n"
        printed = io.StringIO()
        hook = sys.displayhook
        sys.displayhook = _show
        try:
            with redirect_stdout(printed):
                exec(compile(source, where, "single"), self._namespace)
        finally:
            sys.displayhook = hook
        return entry + printed.getvalue()


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
