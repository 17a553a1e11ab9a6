"""Read the CSV files of platforms and spreadsheets, and write them back as they were.

A spreadsheet saves with semicolons where the decimal sign is a comma, or as UTF-16 with tabs; a
platform that takes such a file back wants the same again.
"""

import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.core.limits import MIB
from autograder.errors import UsageError
from autograder.intake.listing import shown
from autograder.intake.one_file import open_file

__all__ = ["MAX_TABLE_BYTES", "Table", "defuse", "parse_table", "read_table", "write_table"]

#: A hundred thousand students with fifty columns.
MAX_TABLE_BYTES = 64 * MIB
MAX_ROWS = 400_000
MAX_COLUMNS = 4000

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

#: What begins a formula in a spreadsheet, here or once blanks before it are cut.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")


@dataclass(frozen=True)
class Table:
    """A CSV file: its rows, the header first, and how it was written."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    newline: str = "\n"

    @property
    def header(self) -> tuple[str, ...]:
        """The first row, or none."""
        return self.rows[0] if self.rows else ()


def read_table(path: Path) -> Table:
    """Read the CSV file at `path`, in whatever encoding and with whatever delimiter.

    It is a `UsageError` if there is none, or it is none.
    """
    name = shown(path)
    with os.fdopen(open_file(path), "rb") as handle:
        content = handle.read(MAX_TABLE_BYTES + 1)
    return parse_table(name, content)


def parse_table(name: str, content: bytes) -> Table:
    """Return the table in the bytes of a CSV file that is called `name`; else as `read_table`."""
    if len(content) > MAX_TABLE_BYTES:
        raise UsageError(
            f"{name} is larger than {MAX_TABLE_BYTES // MIB} MiB: is it the right file?"
        )
    if content.startswith(b"PK\x03\x04"):
        raise UsageError(f"{name} is a workbook or a zip: save it as CSV in your spreadsheet")
    text, encoding = _decode(content)
    if not text.strip():
        raise UsageError(f"{name} is empty: export it again")
    delimiter = _find_delimiter(text)
    try:
        rows = _parse(text, delimiter)
    except csv.Error as error:
        raise UsageError(f"{name} can't be read as CSV ({error}): save it again") from error
    if not rows:
        raise UsageError(f"{name} has no row: export it again")
    if len(rows) > MAX_ROWS or max(map(len, rows), default=0) > MAX_COLUMNS:
        raise UsageError(f"{name} has too many rows or columns: is it the right file?")
    newline = "\r\n" if "\r\n" in text[: len(text) // 2 + 1000] else "\n"
    return Table(name, rows, delimiter, encoding, newline)


def write_table(table: Table) -> bytes:
    """Return the file's bytes, in the encoding and with the delimiter that it was read in."""
    target = io.StringIO()
    csv.writer(target, delimiter=table.delimiter, lineterminator=table.newline).writerows(
        table.rows
    )
    marks = {encoding: mark for mark, encoding in _MARKS}
    encoding = "utf-8" if table.encoding == "utf-8-sig" else table.encoding
    return marks.get(table.encoding, b"") + target.getvalue().encode(encoding, "replace")


def defuse(cell: str) -> str:
    """Return a cell's text so that no spreadsheet takes it for a formula; a number stays."""
    is_formula = cell.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell


def _decode(content: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decode_as(
                content[len(mark) :], "utf-8" if mark[0] == 0xEF else encoding
            ), encoding
    if content[1:2] == b"\0":
        return _decode_as(content, "utf-16-le"), "utf-16-le"
    try:
        return content.decode(), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace"), "cp1252"


def _decode_as(content: bytes, encoding: str) -> str:
    return content.decode(encoding, "replace")


def _find_delimiter(text: str) -> str:
    """Return what separates the cells of the first rows outside quotes."""
    best, most = ",", 0
    sample = text[:20_000]
    for delimiter in (",", ";", "\t"):
        try:
            rows = _parse(sample, delimiter)[:3]
        except csv.Error:
            continue
        cells = len(rows[0]) if rows else 0
        if cells > most:
            best, most = delimiter, cells
    return best


def _parse(text: str, delimiter: str) -> tuple[tuple[str, ...], ...]:
    lines = io.StringIO(text.replace("\0", ""), newline="")
    rows: Iterable[Sequence[str]] = csv.reader(lines, delimiter=delimiter)
    return tuple([tuple(row) for row in rows if any(row)])
