"""Turn modules into a notebook's cells, from which they can be had back to the last byte.

A cell of code has ``metadata["autograder"] = {"file": "forward.py", "piece": 2}``: a file's pieces
are what stands before its first function (0), then its functions
(`autograder.intake.python_source`). What
a cell can't show lies beside it: ``after``, the line ends behind it; ``imports``, the lines that
import from the student's own modules, which a notebook has no use for. Of a file the notebook's
metadata has the encoding and the line ends, and where the first piece is no cell, that (``heads``).
`autograder.intake.notebook.cells_to_files` reads all this.
"""

import ast
import hashlib
import io
import tokenize
from collections.abc import Collection, Mapping
from typing import Any

from autograder.errors import IntakeError
from autograder.intake.notebook.cutting import cut_cells
from autograder.intake.notebook.reading import Cell, with_newlines
from autograder.intake.python_source import split_module

__all__ = ["cells_of", "digest", "encoded", "names_of_several", "with_imports"]

#: Text of any bytes, to be had back as these bytes.
_ANY = ("utf-8", "surrogateescape")


def cells_of(files: Mapping[str, bytes]) -> tuple[list[tuple[str, dict[str, Any]]], dict[str, Any]]:
    """Return each cell's text with its metadata, and the notebook's metadata.

    Parameters
    ----------
    files : mapping of str to bytes
        Modules by name, with ``.py``, in the order of the cells.
    """
    cells = []
    forms = {}
    own = {name.removesuffix(".py") for name in files}
    for name, content in files.items():
        text, forms[name] = _decoded(content)
        forms[name]["digest"] = digest(content)
        for number, piece in enumerate(_pieces(text)):
            source, imports = _without_imports(piece, own) if number == 0 else (piece, [])
            shown = source.rstrip("\n")
            about: dict[str, Any] = {"file": name, "piece": number, "after": source[len(shown) :]}
            if "\r" in shown:  # as an editor would change it
                about["exact"], shown = shown, with_newlines(shown)
            if imports:
                about["imports"] = imports
            cells.append((shown, about))
    return cells, {"files": forms}


def names_of_several(files: Mapping[str, bytes]) -> dict[str, tuple[str, ...]]:
    """Return the names to which several files give different things, each with these files.

    In files they are apart; in the one namespace of a notebook the last one counts.

    Parameters
    ----------
    files : mapping of str to bytes
        Modules by name, with ``.py``.
    """
    own = {name.removesuffix(".py"): () for name in files}
    given: dict[str, dict[str, str]] = {}
    for file, content in files.items():
        try:
            text = with_newlines(_decoded(content)[0])
            statements = cut_cells([Cell(1, text)], own=own).statements
        except IntakeError:
            continue
        for one in statements:
            for name in one.gives - one.imported:
                texts = given.setdefault(name, {})
                texts[file] = texts.get(file, "") + one.source
    several = {name: texts for name, texts in given.items() if len({*texts.values()}) > 1}
    return {name: tuple(texts) for name, texts in sorted(several.items())}


def _decoded(content: bytes) -> tuple[str, dict[str, str]]:
    """Return a file's text with newlines for line ends, and how to have its bytes back."""
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(content).readline)[0]
        text = content.decode(encoding)
        if text.encode(encoding) != content:
            raise ValueError("not to be had back")
    except (SyntaxError, ValueError, LookupError):
        encoding, text = "any", content.decode(*_ANY)
    newline = "\r\n" if "\r\n" in text and text.count("\n") == text.count("\r\n") else "\n"
    return text.replace("\r\n", "\n") if newline != "\n" else text, {
        "encoding": encoding,
        "newline": newline,
    }


def digest(content: bytes) -> str:
    """Return what tells whether a file is still as it was."""
    return hashlib.sha256(content).hexdigest()


def encoded(text: str, form: Mapping[str, Any]) -> bytes:
    """Return a file's bytes; in UTF-8 where its own encoding lacks a letter or is no encoding.

    Parameters
    ----------
    text : str
        With newlines for line ends.
    form : mapping
        As the notebook's metadata has it; may be anything.
    """
    if form.get("newline") == "\r\n":
        text = text.replace("\n", "\r\n")
    encoding = form.get("encoding", "utf-8")
    try:
        return text.encode(*_ANY) if encoding == "any" else text.encode(str(encoding))
    except (LookupError, ValueError):
        return text.encode("utf-8", "surrogatepass")


def _pieces(text: str) -> tuple[str, ...]:
    try:
        pieces = split_module(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError, IndexError):
        return (text,)  # lines that end in carriage returns alone are counted in two ways
    return pieces if "".join(pieces) == text else (text,)


def _without_imports(piece: str, own: Collection[str]) -> tuple[str, list[list[Any]]]:
    """Return a file's first piece without what a notebook has no use for: its own modules' names.

    What is taken out comes with the number of the line that it stood at.
    """
    lines = piece.split("\n")
    taken: list[list[Any]] = []
    try:
        body = ast.parse(piece).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return piece, []
    for node in body:
        is_own = isinstance(node, ast.ImportFrom) and node.module in own and not node.level
        if is_own and all([alias.asname is None for alias in node.names]):  # type: ignore[attr-defined]
            first, last = node.lineno - 1, node.end_lineno or node.lineno
            whole = "\n".join(lines[first:last])
            if len(ast.parse(whole.strip()).body) == 1 and node.col_offset == 0:
                taken.append([first, whole])
    for first, whole in reversed(taken):
        del lines[first : first + whole.count("\n") + 1]
    if with_imports("\n".join(lines), taken) != piece:
        return piece, []
    return "\n".join(lines), taken


def with_imports(source: str, imports: Any) -> str:
    """Return a file's first piece with what was taken out put back.

    Parameters
    ----------
    source : str
        The cell's text, which may have fewer lines now.
    imports : list
        As the cell's metadata has them; may be anything.
    """
    lines = source.split("\n")
    for entry in imports if isinstance(imports, list) else ():
        match entry:
            case [int(first), str(text)] if first >= 0:
                lines[min(first, len(lines)) : min(first, len(lines))] = text.split("\n")
    return "\n".join(lines)
