"""What Python itself would show with an exception: the name that may have been meant, the caret.

Python finds near names only when it prints an exception, and each version in its own way; here it
is the same in all of them. Names are compared as text, nothing of the student's is called.
"""

import builtins
import re
import sys
import types
from collections.abc import Iterable

import numpy as np

__all__ = ["near_name", "shown_with_caret"]

#: Names that are compared, and how long one may be.
MAX_NAMES, MAX_CHARACTERS = 2000, 60

#: How alike two names are, from 0 to 1.
CUTOFF = 0.7

#: Characters of a line that Python can't read: more would not fit a terminal.
SHOWN_CHARACTERS = 56

_CANNOT_IMPORT = re.compile(r"cannot import name '(\w{1,60})'")


def near_name(error: BaseException) -> str:
    """Return the name that was probably meant where one is not found, empty for none.

    Parameters
    ----------
    error : BaseException
        That student code raised.
    """
    if type(error) in (NameError, UnboundLocalError):
        return _nearest(getattr(error, "name", None), _names_at(error))
    if type(error) is AttributeError:
        owner = getattr(error, "obj", None)
        if type(owner) is types.ModuleType or type(owner) is np.ndarray:
            return _nearest(getattr(error, "name", None), dir(owner))
    if type(error) is ImportError and error.name in sys.modules:
        match = _CANNOT_IMPORT.match(str(error.msg))
        return _nearest(match[1] if match else None, vars(sys.modules[str(error.name)]))
    return ""


def _names_at(error: BaseException) -> list[str]:
    """Return the names that were known where an exception was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return []
    return [*trace.tb_frame.f_locals, *trace.tb_frame.f_globals, *dir(builtins)]


def _nearest(name: object, names: Iterable[object]) -> str:
    if type(name) is not str or len(name) > MAX_CHARACTERS:
        return ""
    known = sorted({n for n in names if type(n) is str and len(n) <= MAX_CHARACTERS})[:MAX_NAMES]
    public = [n for n in known if n != name and not n.startswith("_")]
    same = [n for n in public if n.lower() == name.lower()]
    if same or len(name) < 3:
        return same[0] if same else ""
    import difflib  # seldom needed

    return next(iter(difflib.get_close_matches(name, public, n=1, cutoff=CUTOFF)), "")


def shown_with_caret(error: SyntaxError) -> tuple[str, str]:
    """Return the line that Python can't read, and a line with a caret where it stopped reading.

    The second one is empty where Python does not say where. Both are cut around the caret.
    """
    text = str(error.text or "").rstrip().expandtabs(1)
    line = text.lstrip()
    if type(error.offset) is not int or error.offset < 1:
        return line[:SHOWN_CHARACTERS], ""
    column = min(max(error.offset - 1 - (len(text) - len(line)), 0), len(line))
    end = error.end_offset if type(error.end_offset) is int else 0
    width = max(end - error.offset, 1) if error.end_lineno == error.lineno else 1
    begin = max(0, min(column - SHOWN_CHARACTERS // 2, len(line) - SHOWN_CHARACTERS))
    line, column = line[begin : begin + SHOWN_CHARACTERS], column - begin
    return line, " " * column + "^" * max(min(width, len(line) - column), 1)
