"""Make text of unknown origin fit to be shown: clean, bounded, the same on every run."""

import re
import unicodedata
from typing import Any

import numpy as np

__all__ = ["clean", "show_array", "show_numbers", "show_value"]

#: Numbers of an array that are printed; every example that a message shows is far smaller.
MAX_NUMBERS = 40

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{4,}")
#: Begins where a path begins and nowhere inside it: the search stays linear in the text's length.
_TEMPORARY = re.compile(r"(?<![\w.+/-])[\w.+/-]*/grade-\w+/(submission|scratch-\d+)/?")
_PATH = re.compile(r"(?<![\w.+@~/-])[\w.+@~/-]*/(?=[\w.+-]+\.py\b)")
_ESCAPES = re.compile(r"(?:\x1b\[|\x9b)[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_NOT_FINITE = re.compile(r"\b(nan|inf)\b")


def clean(text: str, *, limit: int) -> str:
    """Return `text` without control characters, addresses and temporary paths, cut."""
    text = _ESCAPES.sub("", text[: 4 * limit])
    text = "".join([c for c in text if c in "\n\t" or unicodedata.category(c)[0] != "C"])
    kept = _PATH.sub("", _TEMPORARY.sub("", _ADDRESS.sub("0x...", text)))
    return kept if len(kept) <= limit else kept[: limit - 3] + "..."


def show_value(value: Any, *, limit: int = MAX_NUMBERS) -> str:
    """Return an argument as Python that can be pasted (with ``import numpy as np``).

    Arrays of more than `limit` numbers are described instead.
    """
    if isinstance(value, dict):
        shown = {name: show_value(item, limit=limit) for name, item in value.items()}
        items = ", ".join([f'"{name}": {text}' for name, text in shown.items()])
        return f"{{{items}}}"
    if isinstance(value, np.ndarray):
        return _show_pasteable(value) if value.size <= limit else _describe(value)
    return _with_names(repr(value)) if isinstance(value, float) else repr(value)


def _show_pasteable(array: np.ndarray) -> str:
    plain = np.array(array.tolist())
    dtype = "" if plain.dtype == array.dtype else f", dtype=np.{array.dtype.name}"
    if array.size == 0:
        return f"np.zeros({array.shape}{dtype})"
    return f"np.array({_with_names(show_array(array))}{dtype})"


def _with_names(numbers: str) -> str:
    """Return printed numbers with nan and inf as Python knows them."""
    return _NOT_FINITE.sub(r"np.\1", numbers)


def _describe(array: np.ndarray) -> str:
    return f"(an array of shape {array.shape})"


def show_array(array: np.ndarray) -> str:
    """Return an array's numbers exactly, as nested lists."""
    return repr(array.tolist())


def show_numbers(numbers: np.ndarray) -> str:
    """Return a row of numbers to six digits, for reading: the same on every machine."""
    shown = [_number(number) for number in numbers.ravel()[:24].tolist()]
    return f"[{', '.join(shown)}{', ...' if numbers.size > 24 else ''}]"


def _number(number: Any) -> str:
    return f"{number + 0:.6g}" if isinstance(number, int | float) else str(number)
