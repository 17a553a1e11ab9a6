"""Tell a rubric's or a solution's author what is wrong: one sentence, with file and line.

The lines are found at run time, from the calls that are being made or that have failed, so that
no one who writes a rubric has to say them.
"""

import difflib
import inspect
import sysconfig
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from autograder.core.text import clean, show_value
from autograder.errors import RubricError
from autograder.homework.find import SETTINGS

__all__ = [
    "as_sentence",
    "calling_line",
    "did_you_mean",
    "is_authors",
    "line_of",
    "line_of_error",
    "said",
    "shown_arguments",
    "written",
]

_LANGUAGE = Path(__file__).resolve().parent
_PACKAGE = _LANGUAGE.parents[1]

#: Where Python's own modules are.
_STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))

#: Folders of installed packages; the project's own folder may hold ``.venv/``.
_INSTALLED = {"site-packages", "dist-packages"}


def written(file: str, line: int) -> str:
    """Return ``file line N``, the file as a path from its homework's folder where it is in one."""
    path = Path(file).resolve()
    root = next((folder for folder in path.parents if (folder / SETTINGS).is_file()), path.parent)
    return f"{path.relative_to(root).as_posix()} line {line}"


def calling_line() -> str:
    """Return the line of the rubric that led to this call.

    Of a rubric's own helper functions it is the line that called them, not one inside them: that
    tells which of many questions is meant.
    """
    frame: FrameType | None = inspect.currentframe()
    while frame is not None and _is_language(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return "somewhere"
    file = frame.f_code.co_filename
    while frame.f_back is not None and frame.f_back.f_code.co_filename == file:
        frame = frame.f_back
    return written(file, frame.f_lineno)


def _is_language(file: str) -> bool:
    """Tell whether a file is of the language itself; dataclasses make code in '<string>'."""
    return file.startswith("<") or Path(file).resolve().parent == _LANGUAGE


def line_of(function: Callable[..., Any]) -> str:
    """Return where a function begins, '' for one that is not written in Python."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return "" if code is None else written(code.co_filename, code.co_firstlineno)


def line_of_error(error: BaseException) -> str:
    """Return the last line of rubric or solution that an exception came through, '' for none.

    Of a SyntaxError it is the line that Python can't read.
    """
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return written(error.filename, error.lineno)
    frames = traceback.extract_tb(error.__traceback__)
    lines = [written(f.filename, f.lineno or 0) for f in frames if is_authors(f.filename)]
    return lines[-1] if lines else ""


def is_authors(file: str) -> bool:
    """Tell whether a file is the author's: not Python's, a package's or the grader's machinery."""
    path = Path(file).resolve()
    if file.startswith("<") or path.is_relative_to(_STANDARD_LIBRARY):
        return False
    if _INSTALLED & set(path.parts):
        return False
    return not path.is_relative_to(_PACKAGE)


# ---- sentences

#: An exception's message is cut here: numpy prints whole arrays into some.
MAX_CHARACTERS = 300


@contextmanager
def as_sentence(what: str, *, where: str) -> Iterator[None]:
    """Turn an exception of the author's code inside the block into a RubricError.

    `what` is the beginning of the sentence, which the exception follows; `where` are file and line
    for one that came through none of the author's own. A RubricError stays as it is.
    """
    try:
        yield
    except RubricError:
        raise
    except (Exception, SystemExit) as error:
        sentence = f"{what} {said(error)}"
        raise RubricError(sentence, where=line_of_error(error) or where) from error


def said(error: BaseException) -> str:
    """Return an exception as Python prints it, on one line."""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    message = clean(" ".join(text.split()), limit=MAX_CHARACTERS)
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``": did you mean ...?"`` where a known name is near, else ''."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f": did you mean {near[0]}?" if near else ""


def shown_arguments(arguments: tuple[Any, ...]) -> str:
    """Return the arguments of a call as Python that can be pasted."""
    return f"({', '.join([show_value(argument) for argument in arguments])})"
