"""The verb ``convert``: make a notebook of a folder of files, or files of a notebook.

A notebook has a cell for each function, and none of the imports of the student's own modules: all
names are there. A notebook's functions are found by their names, as for grading: each file
gets what its functions need, in the cells' order, and imports of the others'.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from autograder.core.writing import write_atomically
from autograder.errors import IntakeError, UsageError
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework
from autograder.intake.listing import MAX_FILE_BYTES, MAX_NOTEBOOK_BYTES, listed, shown, too_large
from autograder.intake.names import DISCUSSION, is_notebook, is_python
from autograder.intake.notebook.cutting import cut_cells
from autograder.intake.notebook.modules import needed_without_others, without_other_uses
from autograder.intake.notebook.reading import Cell, Notebook, read_notebook
from autograder.intake.notebook.statements import Statement
from autograder.intake.python_source import plain_cell, split_module, with_newlines

__all__ = ["convert", "run_convert"]

Wanted = Mapping[str, Collection[str]]

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

#: Cells of the handed-out notebook that are there for the notebook only.
ROLES = ("check", "setup", "text")

#: A line that declares an encoding, as the first or the second of a file.
_CODING = re.compile(r"[ \t\f]*#.*?coding[:=]")

POSTPONED = "from __future__ import annotations"


def run_convert(homework: Homework, source: Path, target: Path, *, force: bool = False) -> int:
    """Convert, and say which files there are now, and on stderr what else is to be known."""
    key = current_key(homework, "public")
    written, remarks = convert(source, target, key.files, force=force)
    sys.stderr.write("".join([f"{remark}\n" for remark in remarks]))
    sys.stdout.write("".join([f"{path}\n" for path in written]))
    return 0


def convert(
    source: Path, target: Path, wanted: Wanted, *, force: bool = False
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Convert `source` into what it is not: a folder of files into a notebook, or back.

    Returns the files that were written, and sentences about what was not taken along. Where
    `source` can't be read, or something is in the way, it is a `UsageError` and nothing is written.
    """
    if source.is_dir():
        texts = _read_modules(source, wanted)
        path = target / f"{source.resolve().name}.ipynb" if target.is_dir() else target
        if not is_notebook(path.name):
            raise UsageError(
                f"a folder becomes a notebook: name one that ends in .ipynb, not {path}"
            )
        contents = {path: _make_notebook(texts)}
        remarks = [*_find_shared_names(texts), *_leave_answer(source, path.parent)]
    else:
        _refuse_source(source)
        notebook = read_notebook(_read(source), shown(source))
        files, remarks = _make_files(notebook, wanted)
        if not files:
            raise UsageError(f"{shown(source)} defines none of the homework's functions")
        if is_notebook(target.name) and not target.is_dir():
            raise UsageError(
                f"the target of a notebook is a folder: name one for its .py files, not {target}"
            )
        if target.exists() and not target.is_dir():
            raise UsageError(f"a notebook becomes a folder of files, and {target} is none")
        contents = {target / name: text for name, text in files.items()}
        remarks += [*notebook.remarks, *_leave_answer(source.parent, target)]
    _write(contents, force=force)
    return tuple(contents), tuple(remarks)


# ---- files to cells


def _read_modules(folder: Path, wanted: Wanted) -> dict[str, str]:
    """Return the text of a folder's modules, helpers first, then the homework's in its order."""
    paths = [path for path in folder.iterdir() if is_python(path.name) and path.is_file()]
    order = {f"{name}.py": number for number, name in enumerate(wanted)}
    paths.sort(key=lambda path: (order.get(path.name, -1), path.name))
    if not paths:
        raise UsageError(f"{folder} holds no .py file: give the folder that they are in")
    if not any([path.name in order for path in paths]):
        raise UsageError(
            f"None of the homework's files is in {folder}: give the folder that holds"
            f" {listed(order)}"
        )
    return {path.name: _decode(path, _read(path)) for path in paths}


def _decode(path: Path, content: bytes) -> str:
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(content).readline)[0]
        text = with_newlines(content.decode(encoding))
    except (SyntaxError, ValueError, LookupError) as error:
        raise UsageError(f"{path} can't be read as text: save it again as UTF-8") from error
    first = [line for line in text.split("\n")[:2] if not _CODING.match(line)]  # UTF-8 from here on
    return "\n".join([*first, *text.split("\n")[2:]])


def _make_notebook(texts: Mapping[str, str]) -> str:
    """Return a notebook with a cell for each function; the same texts give the same notebook."""
    import nbformat

    v4: Any = nbformat.v4  # it has no annotations

    own = {name.removesuffix(".py") for name in texts}
    cells: list[Any] = []
    for name, text in texts.items():
        about = {"autograder": {"file": name}}
        try:
            head, *functions = split_module(text)
            pieces = [_drop_imports(head, own), *functions]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pieces = [text]
        for piece in filter(None, [piece.strip("\n") for piece in pieces]):
            place = f"piece-{len(cells) + 1}"
            cells.append(v4.new_code_cell(piece, id=place, metadata=about))
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return str(v4.writes(v4.new_notebook(cells=cells, metadata=metadata))) + "\n"


def _drop_imports(head: str, own: Collection[str]) -> str:
    """Return what stands before a file's functions without imports of its folder's modules."""
    lines = head.split("\n")
    body = ast.parse(head).body
    for node in reversed(body):
        first, last = node.lineno, node.end_lineno or node.lineno
        beside = [n for n in body if n.lineno <= last and (n.end_lineno or n.lineno) >= first]
        is_own = isinstance(node, ast.ImportFrom) and node.module in own and not node.level
        if is_own and beside == [node] and not any([n.asname for n in node.names]):  # type: ignore[attr-defined]
            del lines[first - 1 : last]
    return "\n".join(lines)


def _find_shared_names(texts: Mapping[str, str]) -> Iterator[str]:
    """Name what means several things in several files: in a notebook the last one counts."""
    own = {name.removesuffix(".py"): () for name in texts}
    given: dict[str, dict[str, str]] = {}
    for file, text in texts.items():
        try:
            statements = cut_cells([Cell(1, text)], own=own).statements
        except IntakeError:
            continue
        for one in statements:
            for name in one.gives - one.imported:
                found = given.setdefault(name, {})
                found[file] = found.get(file, "") + one.source
    several = [
        f"{name} ({', '.join(found)})"
        for name, found in sorted(given.items())
        if len({*found.values()}) > 1
    ]
    if several:
        yield (
            "Several files have their own, and in a notebook the last one counts:"
            f" {listed(several)}. Rename all but one of each before you convert, or the points may"
            " change."
        )


# ---- cells to files


def _make_files(notebook: Notebook, wanted: Wanted) -> tuple[dict[str, str], list[str]]:
    """Return each file's text by its name, and sentences about what is in none."""
    graded = {name: file for file, names in wanted.items() for name in names}
    cut = cut_cells(notebook.cells, own=wanted)
    statements = [without_other_uses(one, graded) for one in cut.statements]
    texts = {cell.number: plain_cell(cell.text).text for cell in notebook.cells}
    head = [POSTPONED] if any([POSTPONED in text for text in texts.values()]) else []
    files, used = _make_helpers(notebook, cut.written - wanted.keys())
    for file, indices in needed_without_others(statements, wanted).items():
        own = [statements[i] for i in indices if statements[i].problem is None]
        used |= {one.cell for one in own}
        sources = [_add_comments(one, texts[one.cell]) for one in own]
        lines = [*head, *_import_others(file, own, graded), *dict.fromkeys(sources)]
        if own:
            files[f"{file}.py"] = _join(lines)
    broken = {one.cell: one.problem for one in statements if one.problem is not None}
    left = [
        f"{cell.number}"
        for cell in notebook.cells
        if cell.number not in used | broken.keys()
        and cell.about.get("role") not in ROLES
        and cell.text.strip()
    ]
    remarks = [
        f"Cell {cell} can't be read (line {problem.line}: {problem.message})."
        for cell, problem in broken.items()
    ]
    if left:
        cells = ", ".join(left)
        remarks.append(f"Left out, since no function of the homework needs them: cells {cells}.")
    return files, remarks


def _make_helpers(notebook: Notebook, modules: Collection[str]) -> tuple[dict[str, str], set[int]]:
    """Return the student's own modules that cells write or are pieces of, and these cells."""
    files: dict[str, str] = {}
    used = set()
    for cell in notebook.cells:
        plain = plain_cell(cell.text)
        name = f"{plain.writes}.py" if plain.writes else str(cell.about.get("file"))
        if name.removesuffix(".py") in modules:
            before = files.get(name, "")
            files[name] = before + "\n\n" * bool(before) + plain.text.strip("\n") + "\n"
            used.add(cell.number)
    return files, used


def _import_others(
    file: str, own: Collection[Statement], graded: Mapping[str, str]
) -> Iterator[str]:
    """Yield the imports of other files' functions that a file needs."""
    names = {name for one in own for name in one.now | one.later}
    names = names.difference(*[one.gives for one in own])
    others: dict[str, list[str]] = {}
    for name in sorted(names & graded.keys()):
        others.setdefault(graded[name], []).append(name)
    yield from [
        f"from {other} import {', '.join(n)}" for other, n in others.items() if other != file
    ]


def _add_comments(statement: Statement, cell: str) -> str:
    """Return a statement with the comments right above it in its cell."""
    above = cell.split("\n")[: statement.line - 1]
    first = len(above)
    while first > 0 and above[first - 1].startswith("#"):
        first -= 1
    return "\n".join([*above[first:], statement.source])


def _join(parts: Collection[str]) -> str:
    """Return statements as a file has them: apart where one is a function or a class."""
    text = ""
    for part in parts:
        last = text.rpartition("\n")[2]
        is_apart = part.startswith(("def ", "class ", "async ", "@", "#")) or last.startswith(" ")
        text += ("\n\n\n" if is_apart else "\n") * bool(text) + part
    return text + "\n"


# ---- reading and writing


def _refuse_source(path: Path) -> None:
    if path.is_file() and path.suffix.lower() == ".zip":
        raise UsageError(f"{path} is a zip: unpack it first, and give the folder or the notebook")
    if path.is_file() and is_python(path.name):
        raise UsageError(f"{path} is one file: give the folder with the .py files, {path.parent}")


def _read(path: Path) -> bytes:
    limit = MAX_NOTEBOOK_BYTES if is_notebook(path.name) else MAX_FILE_BYTES
    try:
        if not path.is_file():
            raise UsageError(f"there is no folder or notebook at {path}: check the path")
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error
    if len(content) > limit:
        raise UsageError(too_large(str(path), limit))
    return content


def _leave_answer(source: Path, target: Path) -> Iterator[str]:
    """Say that the written answer, which is no code, is not taken along."""
    if (source / DISCUSSION).is_file() and source.resolve() != target.resolve():
        yield f"{DISCUSSION} stays in {source}: copy it, if you submit from {target}."


def _write(contents: Mapping[Path, str], *, force: bool) -> None:
    there = sorted([str(path) for path in contents if path.exists()])
    if there and not force:
        raise UsageError(
            f"{listed(there)} would be overwritten: name another target, or add --force"
        )
    folders = [path for path in there if Path(path).is_dir()]
    if folders:
        raise UsageError(f"{listed(folders)} is a folder, where a file is to be written")
    try:
        for path, text in contents.items():
            write_atomically(path, text.encode("utf-8", "replace"))
    except OSError as error:
        raise UsageError(f"{error.filename} can't be written: {error.strerror}") from error
