"""Find what is handed in: a folder's modules or a notebook, and the answer that people read."""

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from autograder.commands.submission.besides import (
    discussion_in,
    has_answer,
    remarks_besides,
)
from autograder.commands.submission.inspect import Inspection, Wanted, inspect_file
from autograder.errors import IntakeError, UsageError
from autograder.intake.names import DISCUSSION, is_ignored, is_notebook
from autograder.intake.notebook.cutting import cut_cells
from autograder.intake.notebook.modules import started
from autograder.intake.notebook.reading import read_notebook
from autograder.intake.remarks import no_submission_at
from autograder.intake.take_in import Submission, take_in

__all__ = ["Packing", "pack"]

#: Of one file that is packed as it is, of all, and how many: far beyond any homework.
MOST_BYTES, MOST_FILES = 50 << 20, 100


@dataclass(frozen=True)
class Packing:
    """What goes into the zip.

    Attributes
    ----------
    content : dict of str to bytes
        The files by name.
    submission : Submission or None
        What the grader takes of it; None where it would not take it.
    written : int
        How many of the homework's functions are written.
    remarks : tuple of str
        What to mend, or to know.
    warnings : tuple of str
        What is to be read if nothing else is: said last.
    """

    content: dict[str, bytes]
    submission: Submission | None
    written: int
    remarks: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def pack(path: Path, target: Path, *, wanted: Mapping[str, Wanted]) -> Packing:
    """Gather what is handed in.

    Parameters
    ----------
    path : pathlib.Path
        A folder or a notebook; not changed.
    target : pathlib.Path
        An empty folder for what the grader takes.
    wanted : mapping of str to Wanted
        The homework's files and their functions.

    Raises
    ------
    UsageError
        If there is nothing at `path` to hand in.
    """
    if path.is_file() and path.suffix.lower() == ".ipynb":
        return _with_discussion(_notebook(path, target, wanted), path.parent)
    if path.is_file():
        raise UsageError(f"{path} is a file: give the folder that it is in, or a notebook")
    if not path.is_dir():
        raise UsageError(no_submission_at(path))
    packing = _folder(path, target, wanted)
    if not packing.content:
        notes = packing.submission.notes if packing.submission else ()
        raise UsageError(f"{path} holds nothing to hand in. {' '.join(notes)}")
    return _with_discussion(packing, path)


# ---- modules


def _folder(path: Path, target: Path, wanted: Mapping[str, Wanted]) -> Packing:
    try:
        submission = take_in(path, target / "files", wanted=wanted)
    except IntakeError as error:
        return Packing(_as_it_is(path), None, 0, (_not_taken(error),))
    if submission.places is not None:
        return _notebook_inside(path, target, submission, wanted)
    content = {
        f"{name}.py": (submission.folder / f"{name}.py").read_bytes() for name in submission.files
    }
    read = _read_all(content, wanted)
    written = sum([one.written for one in read.values()])
    remarks = [
        *submission.notes,
        *[remark for one in read.values() for remark in one.remarks],
        *_unused(read, wanted),
        *remarks_besides(path, content, wanted),
    ]
    warnings = tuple(_other_notebooks(path, written, wanted))
    return Packing(content, submission, written, tuple(remarks), warnings)


def _not_taken(error: IntakeError) -> str:
    return f"The grader will not take this as it is: {error}. It is packed all the same."


def _read_all(content: Mapping[str, bytes], wanted: Mapping[str, Wanted]) -> dict[str, Inspection]:
    return {
        name: inspect_file(name, source, wanted.get(name.removesuffix(".py"), {}))
        for name, source in content.items()
    }


def _unused(read: Mapping[str, Inspection], wanted: Mapping[str, Wanted]) -> Iterator[str]:
    """Name helpers that nothing imports: they may be there by mistake."""
    used = frozenset().union(*[one.modules for one in read.values()])
    for name in read:
        module = name.removesuffix(".py")
        if module not in wanted and module not in used:
            yield f"{name} is packed, but it is not the homework's, and no file here imports it."


def _as_it_is(path: Path) -> dict[str, bytes]:
    """Return what lies at the top of a folder that the grader refuses, within reason."""
    content: dict[str, bytes] = {}
    files = sorted([file for kind in ("*.py", "*.ipynb") for file in path.glob(kind)])
    for file in files[:MOST_FILES]:
        if file.is_file() and file.stat().st_size < MOST_BYTES // MOST_FILES:
            content[file.name] = file.read_bytes()
    return content


# ---- notebooks


def _notebook(path: Path, target: Path, wanted: Mapping[str, Wanted]) -> Packing:
    """Pack a notebook as it is; say of its cells what intake says."""
    if path.stat().st_size > MOST_BYTES:
        raise UsageError(
            f"{path} has more than {MOST_BYTES >> 20} MiB: clear its outputs (Edit, Clear All"
            " Outputs), save it, and run this again"
        )
    content = {path.name: path.read_bytes()}
    try:
        submission = take_in(path, target / path.stem, wanted=wanted)
    except IntakeError as error:
        return Packing(content, None, 0, (_not_taken(error),))
    return Packing(content, submission, _written_in(path, wanted), submission.notes)


def _notebook_inside(
    path: Path, target: Path, submission: Submission, wanted: Mapping[str, Wanted]
) -> Packing:
    """Pack the notebook of a folder that the grader takes, the one that comes to the same."""
    helpers = {
        f"{name}.py": (submission.folder / f"{name}.py").read_bytes()
        for name in submission.files
        if name not in wanted
    }
    for file in _notebooks(path):
        one = _notebook(file, target, wanted)
        if one.submission and _modules(one.submission, wanted) == _modules(submission, wanted):
            return Packing(one.content | helpers, submission, one.written, submission.notes)
    content = {file.name: file.read_bytes() for file in _notebooks(path)}
    return Packing(content | helpers, submission, 0, submission.notes)


def _modules(submission: Submission, wanted: Collection[str]) -> dict[str, bytes]:
    """Return the homework's own modules; a folder may have helpers beside its notebook."""
    files = {name: submission.folder / f"{name}.py" for name in wanted}
    return {name: file.read_bytes() for name, file in files.items() if file.is_file()}


def _notebooks(path: Path) -> list[Path]:
    found = []
    for folder, folders, names in os.walk(path):
        inside = PurePosixPath(Path(folder).relative_to(path).as_posix())
        folders[:] = sorted([name for name in folders if not is_ignored(inside / name)])
        files = [Path(folder, name) for name in names if is_notebook(name)]
        found += [file for file in files if not is_ignored(inside / file.name)]
    kept = [file for file in found if file.is_file() and file.stat().st_size <= MOST_BYTES]
    return sorted(kept)[:MOST_FILES]


def _written_in(path: Path, wanted: Mapping[str, Wanted]) -> int:
    """Return how many functions are written in a notebook; 0 where it can't be read."""
    try:
        cells = read_notebook(path.read_bytes(), path.name).cells
        return started(cut_cells(cells, own=wanted), wanted)[0]
    except IntakeError:
        return 0


def _other_notebooks(path: Path, written: int, wanted: Mapping[str, Wanted]) -> Iterator[str]:
    """Say where somebody worked in a notebook, too, and how to hand that in."""
    for file in _notebooks(path):
        count = _written_in(file, wanted)
        if count:
            yield (
                f"{file.name} is not in the zip: {count} functions are written in it, and {written}"
                " in the .py files, which are packed. To hand in the notebook, run\n"
                f"    python grade.py submission {_as_word(file)}"
            )


def _as_word(path: Path) -> str:
    """Return a path as it is typed, from the folder that this runs in."""
    folder = Path.cwd()
    here = path.relative_to(folder) if path.is_relative_to(folder) else path
    return f'"{here}"' if " " in str(here) else str(here)


def _with_discussion(packing: Packing, folder: Path) -> Packing:
    """Add the written answer, where there is one."""
    file = discussion_in(folder)
    if file is None or file.stat().st_size > MOST_BYTES:
        return packing
    answer = file.read_bytes()
    is_empty = not has_answer(answer.decode("utf-8", "replace"))
    remark = f"{DISCUSSION} has no answer yet: write below its headings."
    return replace(
        packing,
        content=packing.content | {DISCUSSION: answer},
        remarks=(*packing.remarks, *([remark] if is_empty else [])),
    )
