"""Find what is handed in: a folder's modules or a notebook, and the answer that people read."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.commands.submission_reading import Inspection, Wanted, inspect_file
from autograder.errors import IntakeError, UsageError
from autograder.intake import Submission, take_in

__all__ = ["DISCUSSION", "Packing", "pack"]

#: The written answer, which people read.
DISCUSSION = "discussion.md"

#: Of one file that is packed as it is, of all, and how many: far beyond any homework.
MOST_BYTES, MOST_FILES = 50 << 20, 100

#: Other files that get a sentence each.
MOST_NAMED = 5

#: Beside the students' own files, these were handed out.
HANDED_OUT = frozenset({"readme.md", "license", "makefile", "grade.py", "homework.ini"})


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
    """

    content: dict[str, bytes]
    submission: Submission | None
    written: int
    remarks: tuple[str, ...]


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
    if not path.is_dir():
        raise UsageError(
            f"there is no folder at {path}: give the folder with the homework's .py files, or a"
            " notebook"
        )
    folder = _folder(path, target / "files", wanted)
    notebook = _better_notebook(path, target, wanted, folder)
    if notebook is not None and not folder.written:
        return _with_discussion(notebook, path)
    if not folder.content:
        notes = folder.submission.notes if folder.submission else ()
        raise UsageError(f"{path} holds nothing to hand in. {' '.join(notes)}")
    remarks = (*folder.remarks, *_besides(path, folder, wanted))
    if notebook is not None:
        remarks += (
            f"{next(iter(notebook.content))} has {notebook.written} functions written, the .py"
            f" files have {folder.written}: the .py files are packed. To hand in the notebook,"
            " give its path.",
        )
    whole = Packing(folder.content, folder.submission, folder.written, remarks)
    return _with_discussion(whole, path)


# ---- modules


def _folder(path: Path, target: Path, wanted: Mapping[str, Wanted]) -> Packing:
    try:
        submission = take_in(path, target, wanted=wanted)
    except IntakeError as error:
        remark = f"The grader will not take this as it is: {error}. It is packed all the same."
        return Packing(_as_it_is(path), None, 0, (remark,))
    content = {
        f"{name}.py": (submission.folder / f"{name}.py").read_bytes() for name in submission.files
    }
    read = _read_all(content, wanted)
    remarks = [*submission.notes, *[remark for one in read.values() for remark in one.remarks]]
    written = sum([one.written for one in read.values()])
    return Packing(content, submission, written, (*remarks, *_unused(read, wanted)))


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
    """Return the Python files at the top of a folder that the grader refuses, within reason."""
    content: dict[str, bytes] = {}
    for file in sorted(path.glob("*.py"))[:MOST_FILES]:
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
        submission = take_in(path, target / "notebook", wanted=wanted)
    except IntakeError as error:
        remark = f"The grader will not take this as it is: {error}. It is packed all the same."
        return Packing(content, None, 0, (remark,))
    files = {f"{name}.py": submission.folder / f"{name}.py" for name in submission.files}
    read = _read_all({name: file.read_bytes() for name, file in files.items()}, wanted)
    # Lines of the modules that were made from its cells would tell nobody where to look.
    remarks = [r for one in read.values() for r in one.remarks if ", line " not in r]
    written = sum([one.written for one in read.values()])
    return Packing(content, submission, written, (*submission.notes, *remarks))


def _better_notebook(
    path: Path, target: Path, wanted: Mapping[str, Wanted], folder: Packing
) -> Packing | None:
    """Return the one notebook of a folder, where more is written in it than in the modules."""
    notebooks = sorted([file for file in path.glob("*.ipynb") if file.is_file()])
    if len(notebooks) != 1 or notebooks[0].stat().st_size > MOST_BYTES:
        return None
    notebook = _notebook(notebooks[0], target, wanted)
    is_all = not folder.content
    return notebook if is_all or notebook.written > folder.written else None


# ---- what else there is


def _with_discussion(packing: Packing, folder: Path) -> Packing:
    """Add the written answer, where there is one."""
    found = [place for place in (folder, *_inner(folder)) if (place / DISCUSSION).is_file()]
    if not found or (found[0] / DISCUSSION).stat().st_size > MOST_BYTES:
        return packing
    answer = (found[0] / DISCUSSION).read_bytes()
    remarks = packing.remarks
    if not _has_answer(answer.decode("utf-8", "replace")):
        remarks += (f"{DISCUSSION} has no answer yet: write below its headings.",)
    content = packing.content | {DISCUSSION: answer}
    return Packing(content, packing.submission, packing.written, remarks)


def _inner(folder: Path) -> list[Path]:
    return sorted([place for place in folder.glob("[!.]*") if place.is_dir()])[:MOST_FILES]


def _has_answer(text: str) -> bool:
    """Tell whether there is text below a heading of the second or a lower level."""
    parts = text.split("\n## ")[1:] or text.split("\n# ")[-1:]
    return any([part.partition("\n")[2].strip() for part in parts])


def _besides(path: Path, packing: Packing, wanted: Mapping[str, Wanted]) -> Iterator[str]:
    """Say what an editor has not saved, and what stays out."""
    names = sorted(os.listdir(path))
    for name in names:
        of = _edited(name)
        if of in names:
            yield (
                f"{name} looks as if {of} is open in an editor with changes that are not saved:"
                " save it, and run this again."
            )
    if not any([f"{name}.py" in names for name in wanted]):
        return  # the homework is in a folder further in
    packed = {name.casefold() for name in (*packing.content, DISCUSSION)}
    others = [
        name
        for name in names
        if (path / name).is_file()
        and not name.startswith((".", "#", "~"))
        and not name.endswith(("~", ".pyc", ".py", ".ipynb"))
        and name.casefold() not in packed | HANDED_OUT
    ]
    if others:
        more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
        listed = ", ".join(others[:MOST_NAMED])
        yield f"{listed}{more}: not packed, only .py files and {DISCUSSION} are handed in."


def _edited(name: str) -> str:
    """Return which file an editor's own file is about: vim's, Emacs', JetBrains'; else empty."""
    if name.startswith(".") and name.endswith((".swp", ".swo")):
        return name[1:-4]
    if name.startswith("#") and name.endswith("#"):
        return name[1:-1]
    if name.startswith((".#", "~$")):
        return name[2:]
    return name.removesuffix("___jb_tmp___") if name.endswith("___jb_tmp___") else ""
