"""Make text of unknown origin fit to be shown: clean, bounded, the same on every run."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = [
    "clean",
    "cut_at_word",
    "list_first",
    "one_line",
    "show_array",
    "show_numbers",
    "show_value",
]

#: Numbers of an array that are printed; every example that a message shows is far smaller.
MAX_NUMBERS = 40

#: Lines of a text; no message of Python's or numpy's needs as many.
MAX_LINES = 40

#: Marks over and under one letter. Living languages need up to three.
MAX_MARKS = 4

#: What the longest escape sequences begin with, each also as one character of eight bits.
_STRING = "\x90\x98\x9d\x9e\x9f"
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-9:;<=>?]*[ -/]*[@-~]"  # colors, cursor
    rf"|(?:\x1b[PX\]^_]|[{_STRING}])[^\x07\x1b\x9c{_STRING}]*(?:\x07|\x1b\\|\x9c)"  # titles, links
    r"|\x1b[ -/]+[0-~]"  # character sets
)

#: Letters, marks and blanks that by Unicode's own list (Default_Ignorable_Code_Point) show nothing,
#: as far as they are not of a category that is left out anyway.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
#: The same for plain English, which is most of what is shown, at once.
_CONTROLS = {code: None for code in (*range(32), 127) if chr(code) not in "\n\t"}

_LINE_ENDS = re.compile("\r\n|[\u2028\u2029]")

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{4,}")
#: Begins where a path begins and nowhere inside it: the search stays linear in the text's length.
_TEMPORARY = re.compile(r"(?<![\w.+/-])[\w.+/-]*/grade-\w+(?:/\w+)?/(submission|scratch-\d+)/?")
_PATH = re.compile(r"(?<![\w.+@~/-])[\w.+@~/-]*/(?=[\w.+-]+\.py\b)")
_NOT_FINITE = re.compile(r"\b(nan|inf)\b")


def clean(text: str, *, limit: int, lines: int = MAX_LINES) -> str:
    """Return `text` as it can be shown to people, without addresses and temporary paths, cut.

    Parameters
    ----------
    text : str
        Of unknown origin; only the first ``4 * limit`` characters are looked at.
    limit : int
        Characters that are kept at most; a text that is cut ends in three dots.
    lines : int
        The same for lines.

    Returns
    -------
    str
        Without control characters but for line ends and tabs, escape sequences, changes of
        direction, and characters that show nothing. It is text, not HTML nor Markdown: whoever
        puts it into one of these escapes it.
    """
    text = _keep_visible(_ESCAPES.sub("", text[: 4 * limit]))
    kept = _PATH.sub("", _TEMPORARY.sub("", _ADDRESS.sub("0x...", text)))
    if kept.count("\n") >= lines:
        kept = "\n".join([*kept.split("\n", lines - 1)[: lines - 1], "..."])
    return kept if len(kept) <= limit else kept[: limit - 3] + "..."


def cut_at_word(text: str, limit: int) -> str:
    """Return a text of more than `limit` characters up to the last whole word, and three dots.

    An address or a path that is cut in the middle could not be told from other words.
    """
    if len(text) <= limit:
        return text
    whole = re.split(r"\S*\Z", text[:limit], maxsplit=1)[0]
    return f"{whole or text[:limit]}..."


def one_line(text: str, *, limit: int) -> str:
    """Return a name or a path, of unknown origin, as it can be shown inside a sentence.

    Folders in it are kept, and `limit` characters: the first and the last, three dots between.
    """
    if len(text) > 8 * limit:
        text = text[: 4 * limit] + text[-4 * limit :]
    shown = " ".join(_keep_visible(_ESCAPES.sub("", text)).split())
    if len(shown) <= limit:
        return shown
    tail = (limit - 3) // 2
    return f"{shown[: limit - 3 - tail]}...{shown[len(shown) - tail :]}"


def list_first(names: Sequence[str], *, most: int = 3) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _keep_visible(text: str) -> str:
    """Return the characters that show something, with a few marks for each."""
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))
    if text.isascii():
        return text.translate(_CONTROLS)
    kept = []
    marks = 0
    for character in text:
        kind = unicodedata.category(character)[0]
        if kind == "C" and character not in "\n\t":
            continue
        marks = marks + 1 if kind == "M" else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def show_value(value: Any, *, limit: int = MAX_NUMBERS) -> str:
    """Return an argument as Python that can be pasted (with ``import numpy as np``).

    Arrays of more than `limit` numbers are described instead.
    """
    if isinstance(value, dict):
        shown = {name: show_value(item, limit=limit) for name, item in value.items()}
        items = ", ".join([f'"{name}": {text}' for name, text in shown.items()])
        return f"{{{items}}}"
    if isinstance(value, np.ndarray):
        return _write_array(value) if value.size <= limit else _describe(value)
    return _name_numbers(repr(value)) if isinstance(value, float) else repr(value)


def _write_array(array: np.ndarray) -> str:
    plain = np.array(array.tolist())
    dtype = "" if plain.dtype == array.dtype else f", dtype=np.{array.dtype.name}"
    if array.size == 0:
        return f"np.zeros({array.shape}{dtype})"
    return f"np.array({_name_numbers(show_array(array))}{dtype})"


def _name_numbers(numbers: str) -> str:
    """Return printed numbers with nan and inf as Python knows them."""
    return _NOT_FINITE.sub(r"np.\1", numbers)


def _describe(array: np.ndarray) -> str:
    return f"(an array of shape {array.shape})"


def show_array(array: np.ndarray) -> str:
    """Return an array's numbers exactly, as nested lists."""
    return repr(array.tolist())


def show_numbers(numbers: np.ndarray) -> str:
    """Return a row of numbers to six digits, for reading: the same on every machine."""
    shown = [_show_number(number) for number in numbers.ravel()[:24].tolist()]
    return f"[{', '.join(shown)}{', ...' if numbers.size > 24 else ''}]"


def _show_number(number: Any) -> str:
    return f"{number + 0:.6g}" if isinstance(number, int | float) else str(number)
