"""Find what is submitted: a folder's modules or a notebook, and the answer that people read."""

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from autograder.commands.submission_file import Inspection, Wanted, inspect_file
from autograder.commands.work_beside import take_in_work
from autograder.errors import IntakeError, UsageError
from autograder.homework.folder import Homework
from autograder.intake.listing import File
from autograder.intake.missing import no_submission_at
from autograder.intake.names import DISCUSSION, is_ignored, is_notebook
from autograder.intake.notebook.which_notebook import count_written
from autograder.intake.take_in import Submission, take_in

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
    #: How many of the homework's functions are written, those of `optional` files aside.
    written: int
    #: What to fix, or to know; and what is to be read if nothing else is: said last.
    remarks: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    #: Whether the warnings say that something may not be graded that the student counts on.
    is_doubtful: bool = False


def gather(
    path: Path,
    target: Path,
    *,
    wanted: Mapping[str, Wanted],
    optional: Collection[str],
    homework: Homework,
) -> Contents:
    """Gather what is submitted of a folder or a notebook; `target` is for what intake takes of it.

    Of the `wanted` files, those that are `optional` need not be there.
    It is a `UsageError` if there is nothing at `path` to submit.
    """
    if path.is_file():
        if path.suffix.lower() == ".zip":
            raise UsageError(f"{path} is a file: give the folder that it is in, or a notebook")
        return _add_discussion(_gather_notebook(path, target, wanted, optional), path.parent)
    if not path.is_dir():
        raise UsageError(no_submission_at(path))
    contents = _gather_folder(path, target, wanted, optional, homework)
    if not contents.files:
        notes = contents.submission.notes if contents.submission else ()
        raise UsageError(f"{path} holds nothing to submit. {' '.join(notes)}")
    return _add_discussion(contents, path)


# ---- modules


def _gather_folder(
    path: Path,
    target: Path,
    wanted: Mapping[str, Wanted],
    optional: Collection[str],
    homework: Homework,
) -> Contents:
    try:
        submission = take_in_work(
            homework, path, target / "files", wanted=wanted, optional=optional
        )
    except IntakeError as error:
        return _pack_refused(_read_top(path), error)
    modules = [f"{name}.py" for name in submission.files]
    files = {
        name: (submission.folder / name).read_bytes()
        for name in (*modules, *submission.inner)
        if name.removesuffix(".py") not in submission.made
    }
    read = {
        name: inspect_file(name, source, wanted.get(name.removesuffix(".py"), {}))
        for name, source in files.items()
    }
    doubts = (*submission.doubts, *submission.lost)
    remarks = [note for note in submission.notes if note not in doubts]
    extra = [f"{name}.py" for name in optional]
    written = submission.written
    written += sum([one.written for name, one in read.items() if name not in extra])
    if submission.notebooks:  # as they are, with the files beside them
        files |= _read_notebooks(path, submission.notebooks)
        remarks += [str(o) for o in submission.left if o.is_certain and o.place.is_in_notebook]
        own = [f"{name}.py" for name in wanted if f"{name}.py" in read]
        remarks += [remark for name in own for remark in read[name].remarks]
        return Contents(files, submission, written, tuple(remarks), doubts, bool(doubts))
    aside = [name for name in extra if name in read and read[name].is_untouched]
    remarks += [remark for name in read if name not in aside for remark in read[name].remarks]
    remarks += [*_find_unused(read, wanted), *_find_unsaved(path)]
    remarks += _find_left_out(path, files, wanted)
    asked = {name: functions for name, functions in wanted.items() if name not in optional}
    notebooks = {
        file: count_written(File(PurePosixPath(file.name), file.read_bytes), asked)
        for file in _find_notebooks(path)
    }
    warnings = (*doubts, *_warn_of_notebooks(notebooks, written))
    is_doubtful = bool(doubts) or written < max(notebooks.values(), default=0)
    return Contents(files, submission, written, tuple(remarks), warnings, is_doubtful)


def _find_unused(read: Mapping[str, Inspection], wanted: Collection[str]) -> Iterator[str]:
    """Say which files are packed that nothing needs."""
    used = {*wanted}.union(*[one.modules for one in read.values()])
    for name in read:
        if "/" not in name and name.removesuffix(".py") not in used:
            yield f"{name} is packed, but it is not the homework's, and no file here imports it."


def _read_notebooks(folder: Path, notebooks: Collection[PurePosixPath]) -> dict[str, bytes]:
    """Return notebooks by their names, with their folders where two have one name."""
    names = [notebook.name for notebook in notebooks]
    is_flat = len(set(names)) == len(names)
    return {
        notebook.name if is_flat else f"{notebook}": (folder / notebook).read_bytes()
        for notebook in notebooks
    }


def _pack_refused(files: dict[str, bytes], error: IntakeError) -> Contents:
    warning = f"The grader will not take this as it is: {error}."
    return Contents(files, None, 0, (), (warning,), is_doubtful=True)


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
        yield f"{listed}{more}: not packed, only .py files and {DISCUSSION} are submitted."


# ---- notebooks


def _gather_notebook(
    path: Path, target: Path, wanted: Mapping[str, Wanted], optional: Collection[str]
) -> Contents:
    """Pack a notebook as it is; say of its cells what intake says."""
    if path.stat().st_size > MOST_BYTES:
        raise UsageError(
            f"{path} has more than {MOST_BYTES >> 20} MiB: clear its outputs (Edit, Clear All"
            " Outputs), save it, and run this again"
        )
    files = {path.name: path.read_bytes()}
    try:
        submission = take_in(path, target / path.stem, wanted=wanted, optional=optional)
    except IntakeError as error:
        if not is_notebook(path.name):
            raise UsageError(f"{error}") from error
        return _pack_refused(files, error)
    return Contents(files, submission, submission.written, _say_of_notebook(submission))


def _say_of_notebook(submission: Submission) -> tuple[str, ...]:
    return (*submission.notes, *[str(one) for one in submission.left if one.is_certain])


def _find_notebooks(path: Path) -> list[Path]:
    found = []
    for folder, folders, names in os.walk(path):
        inside = PurePosixPath(Path(folder).relative_to(path).as_posix())
        folders[:] = sorted([name for name in folders if not is_ignored(inside / name)])
        files = [Path(folder, name) for name in names if is_notebook(name)]
        found += [file for file in files if not is_ignored(inside / file.name)]
    kept = [file for file in found if file.is_file() and file.stat().st_size <= MOST_BYTES]
    return sorted(kept)[:MOST_FILES]


def _warn_of_notebooks(notebooks: Mapping[Path, int], written: int) -> Iterator[str]:
    """Say where someone worked in a notebook, too, and how to submit that."""
    here = Path.cwd()
    for file, count in notebooks.items():
        if count:
            word = str(file.relative_to(here) if file.is_relative_to(here) else file)
            typed = f'"{word}"' if " " in word else word
            yield (
                f"{file.name} is not in the zip: {count} functions are written in it, and {written}"
                " in the .py files, which are packed. To submit the notebook, run\n"
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
