"""Convert a homework between a folder of files and a notebook, both ways."""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.core.writing import write_atomically
from autograder.errors import UsageError
from autograder.intake.listing import MAX_FILE_BYTES, MAX_NOTEBOOK_BYTES, listed, shown, too_large
from autograder.intake.names import DISCUSSION, is_notebook, is_python
from autograder.intake.notebook.cells_to_files import files_of
from autograder.intake.notebook.files_to_cells import cells_of, names_of_several
from autograder.intake.notebook.reading import read_notebook

__all__ = ["convert"]

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def convert(
    source: Path, target: Path, wanted: Mapping[str, Collection[str]], *, force: bool = False
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Convert `source` into what it is not: a folder of files into a notebook, or back.

    Parameters
    ----------
    source : pathlib.Path
        A folder with ``.py`` files, or a notebook.
    target : pathlib.Path
        The notebook to write, or the folder to write files into, made where missing.
    wanted : mapping of str to collection of str
        The homework's functions by module.
    force : bool
        Whether files that are there may be overwritten.

    Returns
    -------
    tuple
        The files that were written, and sentences about what was not taken along.

    Raises
    ------
    UsageError
        If `source` can't be read, or something is in the way; nothing is written then.
    """
    if source.is_dir():
        files = _modules(source, wanted)
        path = target / f"{source.resolve().name}.ipynb" if target.is_dir() else target
        if not is_notebook(path.name):
            raise UsageError(
                f"a folder becomes a notebook: name one that ends in .ipynb, not {path}"
            )
        contents = {path: _notebook(files)}
        remarks = (*_remarks(files), *_left_behind(source, path.parent))
    else:
        _refuse_source(source)
        made = files_of(read_notebook(_read(source), shown(source)), wanted)
        if not made.contents:
            raise UsageError(f"{shown(source)} defines none of the homework's functions")
        if is_notebook(target.name) and not target.is_dir():
            raise UsageError(
                f"the target of a notebook is a folder: name one for its .py files, not {target}"
            )
        if target.exists() and not target.is_dir():
            raise UsageError(f"a notebook becomes a folder of files, and {target} is none")
        contents = {target / name: content for name, content in made.contents.items()}
        remarks = made.remarks + _left_behind(source.parent, target)
    _write(contents, force=force)
    return tuple(contents), remarks


def _modules(folder: Path, wanted: Collection[str]) -> dict[str, bytes]:
    """Return a folder's modules, helpers first, then the homework's in its order."""
    paths = [path for path in folder.iterdir() if is_python(path.name) and path.is_file()]
    order = {f"{name}.py": number for number, name in enumerate(wanted)}
    paths.sort(key=lambda path: (order.get(path.name, -1), path.name))
    if not paths:
        raise UsageError(f"{folder} holds no .py file: give the folder that they are in")
    if not any([path.name in order for path in paths]):
        files = listed([f"{name}.py" for name in wanted])
        raise UsageError(
            f"None of the homework's files is in {folder}: give the folder that holds {files}"
        )
    return {path.name: _read(path) for path in paths}


def _refuse_source(path: Path) -> None:
    """Say what to give instead of a file that is no notebook.

    Raises
    ------
    UsageError
        If it is a zip or a single file of Python.
    """
    if path.is_file() and path.suffix.lower() == ".zip":
        raise UsageError(f"{path} is a zip: unpack it first, and give the folder or the notebook")
    if path.is_file() and is_python(path.name):
        raise UsageError(f"{path} is one file: give the folder with the .py files, {path.parent}")


def _left_behind(source: Path, target: Path) -> tuple[str, ...]:
    """Say that the written answer, which is no code, is not taken along."""
    if not (source / DISCUSSION).is_file() or source.resolve() == target.resolve():
        return ()
    return (f"{DISCUSSION} stays in {source}: copy it, if you hand in from {target}.",)


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


def _notebook(files: Mapping[str, bytes]) -> bytes:
    """Return a notebook; the same files always give the same bytes."""
    import nbformat

    cells, about = cells_of(files)
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "autograder": about,
            "kernelspec": KERNEL,
            "language_info": {"name": "python"},
        },
        "cells": [_cell(f"piece-{number}", *cell) for number, cell in enumerate(cells, 1)],
    }
    nbformat.validate(notebook)
    return (json.dumps(notebook, indent=1) + "\n").encode()


def _remarks(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return what of some files is no longer the same in a notebook."""
    found = names_of_several(files)
    if not found:
        return ()
    texts = [f"{name} ({', '.join(places)})" for name, places in found.items()]
    return (
        f"Several files have their own, and in a notebook the last one counts: {listed(texts)}."
        " Rename all but one of each before you convert, or the points may change.",
    )


def _cell(name: str, source: str, about: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {"autograder": dict(about)},
        "execution_count": None,
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }


def _write(contents: Mapping[Path, bytes], *, force: bool) -> None:
    there = sorted([str(path) for path in contents if path.exists()])
    if there and not force:
        raise UsageError(
            f"{listed(there)} would be overwritten: name another target, or add --force"
        )
    _refuse_folders(there)
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)
    except OSError as error:
        raise UsageError(f"{error.filename} can't be written: {error.strerror}") from error


def _refuse_folders(paths: Sequence[str]) -> None:
    folders = [path for path in paths if Path(path).is_dir()]
    if folders:
        raise UsageError(f"{listed(folders)} is a folder, in the place of a file to write")
