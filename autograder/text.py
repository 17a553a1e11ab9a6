"""Make text of unknown origin fit to be shown: clean, bounded, the same on every run."""

import re
import unicodedata
from typing import Any

import numpy as np

__all__ = ["clean", "show_array", "show_numbers", "show_value"]

#: Numbers of an array that are printed; every example that a message shows is far smaller.
MAX_NUMBERS = 120

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{4,}")
_TEMPORARY = re.compile(r"(/[\w.+-]+)*/grade-[\w]+/(submission|scratch-\d+)/?")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


def clean(text: str, *, limit: int) -> str:
    """Return `text` without control characters, addresses and temporary paths, cut."""
    text = _ESCAPES.sub("", text[: 4 * limit])
    text = _TEMPORARY.sub("", _ADDRESS.sub("0x...", text))
    kept = "".join([c for c in text if c in "\n\t" or unicodedata.category(c)[0] != "C"])
    return kept if len(kept) <= limit else kept[: limit - 3] + "..."


def show_value(value: Any) -> str:
    """Return an argument as Python that can be pasted (with ``import numpy as np``)."""
    if isinstance(value, dict):
        items = ", ".join([f'"{name}": {show_value(item)}' for name, item in value.items()])
        return f"{{{items}}}"
    if isinstance(value, np.ndarray):
        return f"np.array({show_array(value)})" if value.size <= MAX_NUMBERS else _describe(value)
    return repr(value)


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
