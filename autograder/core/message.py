"""The message of a check as rows of label and text, and the plain text that stands for it.

The text is what the contract's JSON holds; it can be read back into the same rows, since only a
row's first line begins at the margin. So whoever shows a message needs no knowledge of its layout.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

__all__ = ["IN_FOLDER", "IN_NOTEBOOK", "LABEL_WIDTH", "SEE_IT", "Message", "Row"]

#: Width of the first column.
LABEL_WIDTH = 11

#: The label of the Python that shows the difference, and where it is to be run.
SEE_IT = f"{'see it':<{LABEL_WIDTH}}"
IN_FOLDER = "run this in the folder of your files"
IN_NOTEBOOK = "run this in a new cell at the end"

#: What a notebook is told where the code gives its own names other values.
_AGAIN = ", then the cell again that gives"
_LOST = f"{_AGAIN} [\\w, ]+ (?:its value|their values)"

_SEE_IT = re.compile(f"\n{SEE_IT}({IN_FOLDER}|{IN_NOTEBOOK}(?:{_LOST})?):\n")
_GIVEN = re.compile(r"^(\w+) = ", re.M)

#: A label, such as ``expected``, and its text, of one line or several.
Row = tuple[str, str]

_INDENT = "\n" + " " * LABEL_WIDTH


@dataclass(frozen=True)
class Message:
    """What is said of one check that did not pass.

    Attributes
    ----------
    rows : tuple of (str, str)
        Labels and texts, in the order in which they are read.
    code : str
        Lines of Python that show the difference; empty for none.
    place : str
        Where these are to be run: `IN_FOLDER`, or `IN_NOTEBOOK` (`in_kernel`).
    """

    rows: tuple[Row, ...]
    code: str = ""
    place: str = IN_FOLDER

    def __str__(self) -> str:
        """Return the plain text."""
        table = "\n".join(
            [f"{label:<{LABEL_WIDTH}}{text.replace(chr(10), _INDENT)}" for label, text in self.rows]
        )
        return f"{table}\n{SEE_IT}{self.place}:\n{self.code}" if self.code else table

    @classmethod
    def parse(cls, text: str) -> "Message":
        """Return the message that a plain text stands for; any text is some message."""
        see_it = _SEE_IT.search(text)
        table = text[: see_it.start()] if see_it else text
        rows: list[Row] = []
        for line in table.split("\n") if table else []:
            label, said = line[:LABEL_WIDTH].rstrip(" "), line[LABEL_WIDTH:]
            if rows and not label:
                rows[-1] = (rows[-1][0], f"{rows[-1][1]}\n{said}")
            else:
                rows.append((label, said))
        return cls(tuple(rows), text[see_it.end() :], see_it[1]) if see_it else cls(tuple(rows))

    def with_row(self, label: str, text: str) -> "Message":
        """Return it with one more row, the last."""
        return replace(self, rows=(*self.rows, (label, text)))

    def in_kernel(self, names: Collection[str]) -> "Message":
        """Return it for a kernel that has `names` already: which of them the code overwrites."""
        lost = [name for name in dict.fromkeys(_GIVEN.findall(self.code)) if name in names]
        if not lost or self.place != IN_NOTEBOOK:
            return self
        values = "its value" if len(lost) == 1 else "their values"
        return replace(self, place=f"{self.place}{_AGAIN} {', '.join(lost)} {values}")

    def without(self, labels: Collection[str]) -> "Message":
        """Return it without the rows of these labels."""
        return replace(self, rows=tuple([row for row in self.rows if row[0] not in labels]))

    def texts(self, label: str) -> tuple[str, ...]:
        """Return the texts of the rows with a label."""
        return tuple([text for name, text in self.rows if name == label])
