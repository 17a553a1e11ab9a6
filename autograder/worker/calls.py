"""Make one call of a student's function and describe its outcome in plain values.

The function gets fresh copies of its arguments, which are compared with the originals afterwards.
Warnings and floating-point errors are silenced around the call, so that neither costs anything.
"""

import builtins
import linecache
import os
import re
import sys
import traceback
import types
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from autograder.core.codec import READ_ONLY, STRIDED
from autograder.core.lookalikes import letters_as_seen, name_lookalike
from autograder.core.results import plain_result
from autograder.isolation.fence import NO_PROCESS
from autograder.worker.import_submission import ALLOWED_PACKAGES
from autograder.worker.missing_packages import NotImportedError

__all__ = ["be_quiet", "call_once", "describe_exception"]

#: Own lines of the student's shown with an exception, innermost last.
MAX_LINES = 3

MAX_LINE_NUMBER = 10**6

#: Of a line that is shown; a line of data may have megabytes.
MAX_LINE_CHARACTERS = 400

#: Names that are compared, and how long one may be.
MAX_NAMES, MAX_CHARACTERS = 2000, 60

#: How alike two names are, from 0 to 1.
CUTOFF = 0.7

#: Characters of a line that Python can't read: more would not fit a terminal.
SHOWN_CHARACTERS = 56

_CANNOT_IMPORT = re.compile(r"cannot import name '(\w{1,60})'")

_NAME_OF_MODULE = re.compile(r"(?:import name|has no attribute) '(\w{1,60})'")

#: The filter that ignores every warning, where it comes first.
_QUIET = [("ignore", None, Warning, None, 0)]

#: What numpy says where something is written into a write-protected array.
_READ_ONLY = "read-only"


def call_once(
    function: Any, arguments: tuple[Any, ...], *, layout: int, structure: Any, folder: Path
) -> dict[str, Any]:
    """Call a student's function once, on copies of its arguments.

    The `layout` is ``PLAIN``, ``STRIDED`` or ``READ_ONLY``, the `structure` that of the result, as
    in `autograder.core.results`; an exception's description shows lines of the `folder`. Return
    ``value`` and ``changed`` (positions of the arguments that the call changed), or that
    description.
    """
    given = tuple([_copy(argument, layout) for argument in arguments])
    be_quiet()
    try:
        value = plain_result(function(*given), structure)
    except BaseException as error:  # SystemExit and KeyboardInterrupt are the student's too
        described = describe_exception(error, folder)
        if layout == READ_ONLY and type(error) is ValueError and _READ_ONLY in described["message"]:
            described["is_read_only"] = True
        return described
    changed = [i for i, pair in enumerate(zip(given, arguments, strict=True)) if not _same(*pair)]
    return {"value": value, "changed": tuple(changed)}


def be_quiet() -> None:
    """Let neither a warning nor a floating-point error cost anything, whatever a file has set."""
    np.seterr(all="ignore")
    if warnings.filters[:1] != _QUIET:
        warnings.simplefilter("ignore")


def _copy(value: Any, layout: int) -> Any:
    if isinstance(value, dict):
        return {name: _copy(item, layout) for name, item in value.items()}
    if isinstance(value, list):
        return [_copy(item, layout) for item in value]
    if not isinstance(value, np.ndarray):
        return value
    copy = value.copy()
    if layout == STRIDED and copy.ndim:
        # Column after column in memory, as a transpose has it.
        wide = np.zeros((*copy.shape[:-1], 2 * copy.shape[-1]), copy.dtype, order="F")
        wide[..., ::2] = copy
        copy = wide[..., ::2]
    elif layout == READ_ONLY:
        copy.flags.writeable = False
    return copy


def _same(given: Any, original: Any) -> bool:
    if isinstance(original, dict):
        return (
            type(given) is dict
            and given.keys() == original.keys()
            and all([_same(given[name], original[name]) for name in original])
        )
    if isinstance(original, list):
        return (
            type(given) is list
            and len(given) == len(original)
            and all([_same(*pair) for pair in zip(given, original, strict=True)])
        )
    if not isinstance(original, np.ndarray):
        return type(given) is type(original) and bool(given == original)
    if type(given) is not np.ndarray:
        return False  # an entry of a dict was replaced
    return bool(given.shape == original.shape and given.tobytes() == original.tobytes())


def describe_exception(error: BaseException, folder: Path) -> dict[str, Any]:
    """Return type, message and own lines of an exception that student code raised."""
    frames = _own_frames(error, folder)
    is_process = isinstance(error, OSError) and _comes_from_processes(error)
    described: dict[str, Any] = {
        "raised": type(error).__name__[:80],
        "message": NO_PROCESS if is_process else _message(error, folder),
        "lines": tuple([_line(frame, folder) for frame in frames[-MAX_LINES:]]),
    }
    if isinstance(error, NotImplementedError):
        described["not_started"] = _origin(frames)
    if isinstance(error, NotImportedError):
        described |= {"raised": "ModuleNotFoundError"} | error.facts
    if isinstance(error, SyntaxError) and not frames:
        described["lines"] = _unreadable_line(error, folder)
    return described


def _unreadable_line(error: SyntaxError, folder: Path) -> tuple[tuple[str, int, str], ...]:
    """Return the line of a file of the student's that Python can't read, and one with a caret."""
    file, number = error.filename, error.lineno
    if not isinstance(file, str) or not isinstance(number, int) or not _is_own(file, folder):
        return ()
    shown = [text for text in _mark_with_caret(error) if text]
    place = _name_file(file, folder), min(max(number, 0), MAX_LINE_NUMBER)
    return tuple([(*place, text) for text in shown])


def _own_frames(error: BaseException, folder: Path) -> list[tuple[types.CodeType, int]]:
    frames = []
    for frame, line in traceback.walk_tb(error.__traceback__):
        if _is_own(frame.f_code.co_filename, folder):
            frames.append((frame.f_code, line or 0))  # an instruction may have no line
    return frames


def _comes_from_processes(error: BaseException) -> bool:
    """Tell whether the library for several processes was refused what it needs for them."""
    files = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
    return any([Path(file).parent.name == "multiprocessing" for file in files])


def _is_own(file: str, folder: Path) -> bool:
    return folder in Path(file).parents


def _name_file(file: str, folder: Path) -> str:
    """Return what a file of the student's is called, with the folders of a package."""
    return Path(file).relative_to(folder).as_posix()


def _message(error: BaseException, folder: Path) -> str:
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except BaseException:
        return "(its message can't be read)"
    said = str(text)[:2000].replace(f"{folder}{os.sep}", "")
    try:
        return _say_which_is_taken(error, folder) or f"{said}{_suggest(error)}"
    except BaseException:  # an exception that a student's code made up
        return said


def _suggest(error: BaseException) -> str:
    """Return Python's own question after a name that is missing, empty where it asks none."""
    wanted, near = _find_near_name(error)
    if near and letters_as_seen(near) == wanted:
        return f". What is there is '{near}', with {name_lookalike(near)}"
    if near and letters_as_seen(wanted) == near:
        return f". It is written with {name_lookalike(wanted)}"
    return f". Did you mean: '{near}'?" if near else ""


def _say_which_is_taken(error: BaseException, folder: Path) -> str:
    """Say that a helper is never imported since Python has a module of its name, else nothing."""
    owner = getattr(error, "obj", None) if type(error) is AttributeError else None
    module = owner.__name__ if type(owner) is types.ModuleType else getattr(error, "name", None)
    if type(error) not in (AttributeError, ImportError) or type(module) is not str:
        return ""
    if module not in ALLOWED_PACKAGES or not (folder / f"{module}.py").is_file():
        return ""
    match = _NAME_OF_MODULE.search(str(error))
    wanted = f"'{match[1]}' is not in Python's {module}: " if match else ""
    return f"{wanted}{module}.py has the name of a module of Python, which is imported in its place"


def _line(frame: tuple[types.CodeType, int], folder: Path) -> tuple[str, int, str]:
    code, number = frame
    text = linecache.getline(code.co_filename, number)[:MAX_LINE_CHARACTERS].strip()
    return (_name_file(code.co_filename, folder), number, text)


def _origin(frames: list[tuple[types.CodeType, int]]) -> str:
    if not frames:
        return ""
    code = frames[-1][0]
    return f"{Path(code.co_filename).stem}.{code.co_name}"


def _find_near_name(error: BaseException) -> tuple[str, str]:
    """Return a name that is not found, and the one that was probably meant, empty for none.

    Python finds near names only when it prints an exception, and each version in its own way; here
    it is the same in all of them. Names are compared as text, nothing of the student's is called.
    """
    if type(error) in (NameError, UnboundLocalError):
        return _choose_nearest(getattr(error, "name", None), _list_names_at(error))
    if type(error) is AttributeError:
        owner = getattr(error, "obj", None)
        if type(owner) is types.ModuleType or type(owner) is np.ndarray:
            return _choose_nearest(getattr(error, "name", None), dir(owner))
    if type(error) is ImportError and error.name in sys.modules:
        match = _CANNOT_IMPORT.match(str(error.msg))
        return _choose_nearest(match[1] if match else None, vars(sys.modules[str(error.name)]))
    return "", ""


def _list_names_at(error: BaseException) -> list[str]:
    """Return the names that were known where an exception was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return []
    return [*trace.tb_frame.f_locals, *trace.tb_frame.f_globals, *dir(builtins)]


def _choose_nearest(name: object, names: Iterable[object]) -> tuple[str, str]:
    if type(name) is not str or len(name) > MAX_CHARACTERS:
        return "", ""
    known = sorted({n for n in names if type(n) is str and len(n) <= MAX_CHARACTERS})[:MAX_NAMES]
    public = [n for n in known if n != name and not n.startswith("_")]
    seen = letters_as_seen(name).lower()
    same = [n for n in public if letters_as_seen(n).lower() == seen]
    if same or len(name) < 3:
        return name, same[0] if same else ""
    import difflib  # seldom needed

    return name, next(iter(difflib.get_close_matches(name, public, n=1, cutoff=CUTOFF)), "")


def _mark_with_caret(error: SyntaxError) -> tuple[str, str]:
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
