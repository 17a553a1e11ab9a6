"""Find what is handed in: a folder's modules or a notebook, and the answer that people read."""

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from autograder.commands.submission_file import Wanted, inspect_file
from autograder.errors import IntakeError, UsageError
from autograder.intake.names import DISCUSSION, is_ignored, is_notebook
from autograder.intake.notebook.cutting import cut_cells
from autograder.intake.notebook.modules import started
from autograder.intake.notebook.reading import read_notebook
from autograder.intake.take_in import Submission, no_submission_at, take_in

__all__ = ["Contents", "gather"]

#: Of one file that is packed as it is, of all, and how many: far beyond any homework.
MOST_BYTES, MOST_FILES = 50 << 20, 100

#: Folders in a folder that are looked into for the answer, and other files that a sentence names.
MOST_FOLDERS, MOST_NAMED = 100, 5

#: Beside the students' own files, these were handed out.
HANDED_OUT = frozenset(
    {"readme.md", "license", "makefile", "handout.html", "handout.pdf", "pytest.ini"}
)

#: What a name begins with, and ends with, that an editor or a system made.
HIDDEN, BACKUP = (".", "#", "~"), ("~", ".pyc")


@dataclass(frozen=True)
class Contents:
    """What goes into the zip."""

    files: dict[str, bytes]
    #: What the grader takes of it; None where it would not take it.
    submission: Submission | None
    #: How many of the homework's functions are written.
    written: int
    #: What to fix, or to know; and what is to be read if nothing else is: said last.
    remarks: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def gather(path: Path, target: Path, *, wanted: Mapping[str, Wanted]) -> Contents:
    """Gather what is handed in of a folder or a notebook; `target` is for what intake takes of it.

    It is a `UsageError` if there is nothing at `path` to hand in.
    """
    if path.is_file():
        if path.suffix.lower() == ".zip":
            raise UsageError(f"{path} is a file: give the folder that it is in, or a notebook")
        return _add_discussion(_gather_notebook(path, target, wanted), path.parent)
    if not path.is_dir():
        raise UsageError(no_submission_at(path))
    contents = _gather_folder(path, target, wanted)
    if not contents.files:
        notes = contents.submission.notes if contents.submission else ()
        raise UsageError(f"{path} holds nothing to hand in. {' '.join(notes)}")
    return _add_discussion(contents, path)


# ---- modules


def _gather_folder(path: Path, target: Path, wanted: Mapping[str, Wanted]) -> Contents:
    try:
        submission = take_in(path, target / "files", wanted=wanted)
    except IntakeError as error:
        return Contents(_read_top(path), None, 0, (_warn_of_refusal(error),))
    files = {
        f"{name}.py": (submission.folder / f"{name}.py").read_bytes()
        for name in submission.files
        if name not in submission.made
    }
    read = {
        name: inspect_file(name, source, wanted.get(name.removesuffix(".py"), {}))
        for name, source in files.items()
    }
    notes = [note for note in submission.notes if note not in submission.lost]
    written = submission.written + sum([one.written for one in read.values()])
    if submission.notebooks:  # as they are, with the files beside them
        files |= _read_notebooks(path, submission.notebooks)
        own = [f"{name}.py" for name in wanted if f"{name}.py" in read]
        said = [remark for name in own for remark in read[name].remarks]
        return Contents(files, submission, written, (*notes, *said), submission.lost)
    used = {*wanted}.union(*[one.modules for one in read.values()])
    remarks = [
        *notes,
        *[remark for one in read.values() for remark in one.remarks],
        *[
            f"{name} is packed, but it is not the homework's, and no file here imports it."
            for name in read
            if name.removesuffix(".py") not in used
        ],
        *_find_unsaved(path),
        *_find_left_out(path, files, wanted),
    ]
    warnings = (*submission.lost, *_warn_of_notebooks(path, written, wanted))
    return Contents(files, submission, written, tuple(remarks), warnings)


def _read_notebooks(folder: Path, notebooks: Collection[PurePosixPath]) -> dict[str, bytes]:
    """Return notebooks by their names, with their folders where two have one name."""
    names = [notebook.name for notebook in notebooks]
    is_flat = len(set(names)) == len(names)
    return {
        notebook.name if is_flat else f"{notebook}": (folder / notebook).read_bytes()
        for notebook in notebooks
    }


def _warn_of_refusal(error: IntakeError) -> str:
    return f"The grader will not take this as it is: {error}. It is packed all the same."


def _read_top(path: Path) -> dict[str, bytes]:
    """Return what lies at the top of a folder that the grader refuses, within reason."""
    files = sorted([file for kind in ("*.py", "*.ipynb") for file in path.glob(kind)])
    return {
        file.name: file.read_bytes()
        for file in files[:MOST_FILES]
        if file.is_file() and file.stat().st_size < MOST_BYTES // MOST_FILES
    }


def _find_unsaved(path: Path) -> Iterator[str]:
    """Name files beside which something hidden has their whole name: an editor's, as a rule."""
    names = sorted(os.listdir(path))
    works = [name for name in names if name.endswith((".py", ".ipynb", ".md"))]
    for name in names:
        if name.startswith(HIDDEN) and not name.endswith(BACKUP):
            of = max([work for work in works if work in name[1:]], key=len, default="")
            if of:
                yield (
                    f"{name} looks as if {of} is open in an editor with changes that are not saved:"
                    " save it, and run this again."
                )


def _find_left_out(path: Path, files: Collection[str], wanted: Collection[str]) -> Iterator[str]:
    """Name what stays out; nothing where the homework is in a folder further in."""
    known = {name.casefold() for name in (*files, DISCUSSION)} | HANDED_OUT
    names = sorted([file.name for file in path.iterdir() if file.is_file()])
    others = [
        name
        for name in names
        if not name.startswith(HIDDEN)
        and not name.endswith((*BACKUP, ".py", ".ipynb"))
        and name.casefold() not in known
    ]
    if others and not {f"{name}.py" for name in wanted}.isdisjoint(names):
        more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
        listed = ", ".join(others[:MOST_NAMED])
        yield f"{listed}{more}: not packed, only .py files and {DISCUSSION} are handed in."


# ---- notebooks


def _gather_notebook(path: Path, target: Path, wanted: Mapping[str, Wanted]) -> Contents:
    """Pack a notebook as it is; say of its cells what intake says."""
    if path.stat().st_size > MOST_BYTES:
        raise UsageError(
            f"{path} has more than {MOST_BYTES >> 20} MiB: clear its outputs (Edit, Clear All"
            " Outputs), save it, and run this again"
        )
    files = {path.name: path.read_bytes()}
    try:
        submission = take_in(path, target / path.stem, wanted=wanted)
    except IntakeError as error:
        if not is_notebook(path.name):
            raise UsageError(f"{error}") from error
        return Contents(files, None, 0, (_warn_of_refusal(error),))
    return Contents(files, submission, submission.written, submission.notes)


def _find_notebooks(path: Path) -> list[Path]:
    found = []
    for folder, folders, names in os.walk(path):
        inside = PurePosixPath(Path(folder).relative_to(path).as_posix())
        folders[:] = sorted([name for name in folders if not is_ignored(inside / name)])
        files = [Path(folder, name) for name in names if is_notebook(name)]
        found += [file for file in files if not is_ignored(inside / file.name)]
    kept = [file for file in found if file.is_file() and file.stat().st_size <= MOST_BYTES]
    return sorted(kept)[:MOST_FILES]


def _count_written(path: Path, wanted: Mapping[str, Wanted]) -> int:
    """Return how many functions are written in a notebook; 0 where it can't be read."""
    try:
        cells = read_notebook(path.read_bytes(), path.name).cells
        return started(cut_cells(cells, own=wanted), wanted)[0]
    except IntakeError:
        return 0


def _warn_of_notebooks(path: Path, written: int, wanted: Mapping[str, Wanted]) -> Iterator[str]:
    """Say where somebody worked in a notebook, too, and how to hand that in."""
    here = Path.cwd()
    for file in _find_notebooks(path):
        count = _count_written(file, wanted)
        if count:
            word = str(file.relative_to(here) if file.is_relative_to(here) else file)
            typed = f'"{word}"' if " " in word else word
            yield (
                f"{file.name} is not in the zip: {count} functions are written in it, and {written}"
                " in the .py files, which are packed. To hand in the notebook, run\n"
                f"    python grade.py submission {typed}"
            )


# ---- the written answer


def _add_discussion(contents: Contents, folder: Path) -> Contents:
    """Add the written answer, where there is one in a folder or one folder further in."""
    inner = sorted([place for place in folder.glob("[!.]*") if place.is_dir()])[:MOST_FOLDERS]
    found = [place / DISCUSSION for place in (folder, *inner)]
    file = next((file for file in found if file.is_file()), None)
    if file is None or file.stat().st_size > MOST_BYTES:
        return contents
    answer = file.read_bytes()
    remarks = contents.remarks
    if not _has_answer(answer.decode("utf-8", "replace")):
        remarks += (f"{DISCUSSION} has no answer yet: write below its headings.",)
    return replace(contents, files=contents.files | {DISCUSSION: answer}, remarks=remarks)


def _has_answer(text: str) -> bool:
    """Tell whether there is text below a heading of the second level, or the first if alone."""
    parts = text.split("\n## ")[1:] or text.split("\n# ")[-1:]
    return any([part.partition("\n")[2].strip() for part in parts])
