"""Copy a submission, folder, zip or notebook, into a clean folder of ``.py`` files."""

import os
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from autograder.core.limits import MIB
from autograder.errors import IntakeError
from autograder.intake.folder import open_folder
from autograder.intake.listing import MAX_TOTAL_BYTES, File, Listing, shown
from autograder.intake.names import is_notebook
from autograder.intake.one_file import open_notebook
from autograder.intake.remarks import remarks_on
from autograder.intake.which_folder import choose

if TYPE_CHECKING:
    from autograder.intake.notebook.places import Places

__all__ = ["Submission", "take_in"]


@dataclass(frozen=True)
class Submission:
    """A submission that was taken in.

    Attributes
    ----------
    folder : pathlib.Path
        The clean folder.
    files : tuple of str
        The names of its modules, without ``.py``, sorted.
    notes : tuple of str
        Remarks for the student, such as a file that is misnamed: clean text, one line each.
    places : autograder.intake.notebook.places.Places or None
        For a notebook, where in it what is in its modules. The module that runs its statements is
        not one of `files`.
    not_run : tuple of str
        Those of the notes that are about a notebook's calls that are not made and may be missed.
    notebook : pathlib.PurePosixPath or None
        The notebook that was taken, inside the submission; None where files were.
    """

    folder: Path
    files: tuple[str, ...]
    notes: tuple[str, ...]
    places: "Places | None" = None
    not_run: tuple[str, ...] = ()
    notebook: PurePosixPath | None = None


def take_in(path: Path, target: Path, *, wanted: Iterable[str]) -> Submission:
    """Copy the submission at `path` into the empty folder `target`.

    Parameters
    ----------
    path : pathlib.Path
        A folder, a zip file or a notebook, the first two possibly with folders around the files;
        may be a link to one.
    target : pathlib.Path
        Where the modules go.
    wanted : iterable of str
        The homework's module names, which tell the right folder from one around it; as a mapping,
        with the functions of each, by which they are found in a notebook.

    Raises
    ------
    IntakeError
        If `path` is missing or can't be read; the sentence, on one line, says what to do.
    """
    named = wanted if isinstance(wanted, Mapping) else dict.fromkeys(wanted, ())
    functions = {name: tuple(own) for name, own in named.items()}
    names = tuple(functions)
    source = shown(path)
    with _opened(path) as listing:
        chosen = choose(listing, names, source=source)
        made, remarks = None, chosen.remarks
        if listing.notebooks:
            from autograder.intake.notebook.which_notebook import (
                notebook_modules,  # json and ast take long
            )

            made, others = notebook_modules(
                listing, functions, source=source, modules=chosen.modules
            )
            remarks += others
        own = {f"{name}.py" for name in names} if made else ()
        copied = {name: file for name, file in chosen.modules.items() if name not in own}
        _copy(copied, target, source=source)
    files = [name.removesuffix(".py") for name in copied]
    if made is None:
        remarks += remarks_on(files, names, listing, chosen.folder)
        return Submission(target, tuple(sorted(files)), remarks)
    _write(made.modules, target)
    files += names
    notes = remarks + made.remarks + made.not_run
    taken = tuple(sorted(files))
    return Submission(target, taken, notes, made.places, made.not_run, made.notebook)


def _opened(path: Path) -> AbstractContextManager[Listing]:
    if os.path.isdir(path):
        return open_folder(path)
    if is_notebook(path.name):
        return open_notebook(path)
    from autograder.intake.archive import open_zip  # zipfile alone takes as long as all the rest

    return open_zip(path)


def _copy(modules: Mapping[str, File], target: Path, *, source: str) -> None:
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(0o755)  # whatever this user's mask: a worker may have a user of its own
    rest = MAX_TOTAL_BYTES
    for name, file in modules.items():
        content = file.read()
        rest -= len(content)
        if rest < 0:
            raise IntakeError(
                f"the Python files in {source} have more than {MAX_TOTAL_BYTES // MIB} MiB"
                " together: is it the right submission?"
            )
        _write({name: content}, target)


def _write(modules: Mapping[str, bytes], target: Path) -> None:
    for name, content in modules.items():
        (target / name).write_bytes(content)
        (target / name).chmod(0o644)
