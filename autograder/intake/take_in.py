"""Bring a submission, folder, zip or notebook, into a clean folder of ``.py`` files.

Nothing is ever extracted by the archive's own paths, no link is followed, and the submission itself
is not changed. `folder` and `archive` list what there is (`listing`), `naming` decides what each
file is taken as, `choose` which folder counts; here it is copied, and `remarks` says what is amiss.
`notebook` makes such files of a notebook.
"""

import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.core.limits import MIB
from autograder.errors import IntakeError
from autograder.intake.folder import open_folder
from autograder.intake.listing import MAX_TOTAL_BYTES, File, Listing, shown
from autograder.intake.names import is_notebook
from autograder.intake.remarks import remarks_on
from autograder.intake.which_folder import choose

if TYPE_CHECKING:
    from autograder.intake.notebook.modules import Made
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
    """

    folder: Path
    files: tuple[str, ...]
    notes: tuple[str, ...]
    places: "Places | None" = None


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
    functions = {name: _functions(wanted, name) for name in wanted}
    names = tuple(functions)
    source = shown(path)
    with _opened(path) as listing:
        chosen = choose(listing, names, source=source)
        made, remarks = None, chosen.remarks
        if listing.notebooks:
            made, others = _from_notebook(listing, functions, chosen.modules, source)
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
    return Submission(target, tuple(sorted(files)), remarks + made.remarks, made.places)


def _functions(wanted: Iterable[str], name: str) -> Collection[str]:
    return tuple(wanted[name]) if isinstance(wanted, Mapping) else ()


def _from_notebook(
    listing: Listing,
    functions: Mapping[str, Collection[str]],
    modules: Mapping[str, File],
    source: str,
) -> "tuple[Made | None, tuple[str, ...]]":
    from autograder.intake.notebook.which_notebook import (
        notebook_modules,  # json and ast take their time
    )

    return notebook_modules(listing, functions, source=source, modules=modules)


def _opened(path: Path) -> AbstractContextManager[Listing]:
    if os.path.isdir(path):
        return open_folder(path)
    if is_notebook(path.name):
        from autograder.intake.single import open_notebook

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
