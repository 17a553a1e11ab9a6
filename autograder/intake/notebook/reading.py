"""Read a notebook's code cells, whatever someone wrote into the file.

Every version of the format is read: in the second and third the cells lie in worksheets, in the
first two a cell's text has another name. What a reader does not need may be missing or wrong.

Source: https://nbformat.readthedocs.io/en/latest/format_description.html.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from autograder.core.limits import KIB
from autograder.core.message import Place
from autograder.core.text import one_line
from autograder.errors import IntakeError
from autograder.intake.listing import MAX_NOTEBOOK_BYTES, shown, too_large
from autograder.intake.one_file import HEAD_BYTES, sentence_about_notebook
from autograder.intake.python_source import with_newlines

__all__ = ["Cell", "Notebook", "read_notebook"]

#: Numbers, lists and similar in a notebook; each takes up to 200 bytes of memory.
MAX_VALUES = 2_000_000

#: The text of all code cells together: five times the homework with its long docstrings. Python's
#: parser takes up to a thousand times as much memory.
MAX_CODE_BYTES = 256 * KIB
MAX_CELLS = 2000

#: Damaged cells of which each gets a sentence of its own.
MAX_DAMAGED = 5

#: The newest version whose cells are known.
KNOWN_VERSION = 4

CLEAR = "clear the outputs of all cells in your editor, and save it again"
SAVE = "open it in your editor, and save it again"

_CONFLICT = re.compile(r"^(<<<<<<<|=======|>>>>>>>)( |$)", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """A code cell: its number among all cells, from 1, and its text with newlines for line ends.

    `about` is what the grader's own tools have written beside it. Where several notebooks are taken
    together, the cells of all are counted through, and `home` is where one stands.
    """

    number: int
    text: str
    about: dict[str, Any] = field(default_factory=dict)
    home: Place | None = None

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.home or Place("", cell=self.number, is_in_notebook=True)


@dataclass(frozen=True)
class Notebook:
    """A notebook's code cells in order, and sentences about what could not be read."""

    cells: tuple[Cell, ...]
    remarks: tuple[str, ...] = ()


def read_notebook(data: bytes, name: str) -> Notebook:
    """Read a notebook's content; sentences call it `name`.

    It is an `IntakeError` if it is none, or too large; the sentence says what to do.
    """
    text, remarks = _decoded(data, name)
    content = _parsed(text, name)
    version = content.get("nbformat", KNOWN_VERSION)
    if isinstance(version, int) and version > KNOWN_VERSION:
        remarks.append(
            f"{name} has version {version} of the notebook's format, newer than the grader knows:"
            " check that every function was found."
        )
    found = _all_cells(content, name)
    if len(found) > MAX_CELLS:
        raise IntakeError(f"{name} has more than {MAX_CELLS} cells: submit the homework only")
    cells, damaged = [], []
    for number, cell in enumerate(found, 1):
        try:
            text = _code(cell)
            if text or _about(cell):
                cells.append(Cell(number, text, _about(cell)))
        except ValueError as problem:
            damaged.append(f"Cell {number} of {name} was left out: {problem}. Write it again.")
    if sum([len(cell.text) for cell in cells]) > MAX_CODE_BYTES:
        raise IntakeError(
            f"the code cells of {name} have more than {MAX_CODE_BYTES // KIB} KiB together: keep"
            " data in files"
        )
    remarks += damaged[:MAX_DAMAGED]
    if damaged[MAX_DAMAGED:]:
        remarks.append(f"{len(damaged) - MAX_DAMAGED} more cells were left out for such reasons.")
    return Notebook(tuple(cells), tuple(remarks))


def _about(place: dict[str, Any]) -> dict[str, Any]:
    metadata = place.get("metadata")
    about = metadata.get("autograder") if isinstance(metadata, dict) else None
    return about if isinstance(about, dict) else {}


def _decoded(data: bytes, name: str) -> tuple[str, list[str]]:
    """Return the text, after a look at its size and at what it is."""
    if not data:
        raise IntakeError(f"{name} is empty (0 bytes): save the notebook again")
    if len(data) > MAX_NOTEBOOK_BYTES:
        raise IntakeError(too_large(name, MAX_NOTEBOOK_BYTES))
    if sentence := sentence_about_notebook(name, data[:HEAD_BYTES]):
        raise IntakeError(sentence)
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding), []
    except UnicodeDecodeError:
        remark = f"{name} has characters that are no UTF-8; they were replaced. To fix it, {SAVE}."
        return data.decode(encoding, "replace").removeprefix("\ufeff"), [remark]


def _parsed(text: str, name: str) -> dict[str, Any]:
    if _is_too_much(text):
        raise IntakeError(f"{name} holds more than {MAX_VALUES} values: {CLEAR}")
    try:
        # No number of a notebook is needed, and one may be too long for Python.
        content = json.loads(text, parse_int=_whole, parse_float=float, parse_constant=float)
    except RecursionError:
        raise IntakeError(f"{name} is nested too deeply to be read: {CLEAR}") from None
    except ValueError as error:
        raise IntakeError(_damaged(text, name, error)) from error
    if not isinstance(content, dict):
        raise IntakeError(f"{name} is no notebook: it has no cells. To fix it, {SAVE}")
    return content


def _whole(digits: str) -> int:
    return int(digits) if len(digits) < 10 else 0


def _is_too_much(text: str) -> bool:
    """Tell whether there are too many values; first by a quick look that may count too many."""
    if sum([text.count(sign) for sign in ",[{"]) <= MAX_VALUES:
        return False
    if text.count('"') > 2 * MAX_VALUES:
        return True
    # Between the quotes that are no part of a text, every second piece is outside of one.
    pieces = text.replace("\\\\", "").replace('\\"', "").split('"')[::2]
    return sum([piece.count(sign) for piece in pieces for sign in ",[{"]) > MAX_VALUES


def _damaged(text: str, name: str, error: ValueError) -> str:
    """Return where a file stops being a notebook, and why it may be so."""
    at = error.pos if isinstance(error, json.JSONDecodeError) else 0
    cell = len(re.findall(r'"cell_type"\s*:', text[:at]))
    line = text.count("\n", 0, at) + 1
    where = f"line {line}, near cell {cell}" if cell else f"line {line}"
    if _CONFLICT.search(text):
        return (
            f"{name} holds git's conflict marks ({where}): keep one of the two versions, and take"
            " out the lines that begin with <<<<<<<, ======= and >>>>>>>"
        )
    if not text[at:].strip():
        return f"{name} is cut off ({where}): {SAVE}, and hand it in again"
    reason = one_line(error.msg, limit=80) if isinstance(error, json.JSONDecodeError) else "damaged"
    return f"{name} can't be read as a notebook ({where}: {reason}): {SAVE}"


def _all_cells(content: dict[str, Any], name: str) -> list[Any]:
    cells = content.get("cells")
    if cells is None and isinstance(content.get("worksheets"), list):
        sheets = [sheet for sheet in content["worksheets"] if isinstance(sheet, dict)]
        lists = [sheet.get("cells") for sheet in sheets]
        cells = [cell for some in lists if isinstance(some, list) for cell in some]
    if not isinstance(cells, list):
        kind = "no cells" if cells is None else "something else instead of its cells"
        raise IntakeError(f"{name} is no notebook, it has {kind}: {SAVE}")
    return cells


def _code(cell: Any) -> str:
    """Return the text of a cell, empty where it holds no code.

    Why it can't be read is half a sentence, in a `ValueError`.
    """
    if not isinstance(cell, dict):
        raise ValueError(f"there is {shown(type(cell).__name__)} in its place")
    if cell.get("cell_type", "code") != "code":
        return ""
    source = next((cell[key] for key in ("source", "input", "code") if key in cell), None)
    if isinstance(source, list) and all([isinstance(line, str) for line in source]):
        source = "".join(source)
    if source is None:
        raise ValueError("it has no text")
    if not isinstance(source, str):
        raise ValueError("its text is no text")
    return with_newlines(source)
