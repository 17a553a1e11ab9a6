"""Bring a submission, folder or zip, into a clean folder of its ``.py`` files.

Nothing is ever extracted by the archive's own paths, no link is followed, and the submission itself
is not changed. `folder` and `archive` list what there is (`listing`), `naming` decides what each
file is taken as, `choose` which folder counts; here it is copied, and `remarks` says what is amiss.
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import IntakeError
from autograder.intake.choose import choose
from autograder.intake.folder import open_folder
from autograder.intake.listing import MAX_TOTAL_BYTES, MIB, File, Listing, shown
from autograder.intake.remarks import remarks_on

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
    """

    folder: Path
    files: tuple[str, ...]
    notes: tuple[str, ...]


def take_in(path: Path, target: Path, *, wanted: Iterable[str]) -> Submission:
    """Copy the submission at `path` into the empty folder `target`.

    Parameters
    ----------
    path : pathlib.Path
        A folder or a zip file, possibly with folders around the files; may be a link to one.
    target : pathlib.Path
        Where the modules go.
    wanted : iterable of str
        The homework's module names, which tell the right folder from one around it.

    Raises
    ------
    IntakeError
        If `path` is missing or can't be read; the sentence, on one line, says what to do.
    """
    names = tuple(wanted)
    with _opened(path) as listing:
        chosen = choose(listing, names, source=shown(path))
        _copy(chosen.modules, target, source=shown(path))
    files = tuple(sorted([name.removesuffix(".py") for name in chosen.modules]))
    remarks = remarks_on(files, names, listing, chosen.folder)
    return Submission(target, files, chosen.remarks + remarks)


def _opened(path: Path) -> AbstractContextManager[Listing]:
    if os.path.isdir(path):
        return open_folder(path)
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
        (target / name).write_bytes(content)
        (target / name).chmod(0o644)
