"""Find a student's own files where they lie: what a verb runs or changes is theirs, and no copy."""

from pathlib import Path

from autograder.errors import UsageError
from autograder.homework.folder import Homework
from autograder.homework.key import Key
from autograder.intake.folder import open_folder
from autograder.intake.listing import shown
from autograder.intake.missing import no_submission_at
from autograder.intake.which_folder import choose

__all__ = ["find_own_files", "require_folder", "require_own_folder"]


def require_own_folder(homework: Homework, path: Path, *, verb: str) -> None:
    """Refuse what may be someone else's work, and what is no folder, with a `UsageError`.

    A student's own folder is one in the homework that was handed out; staff's own are the
    homework's ``assignment/`` and ``solution/``.
    """
    require_folder(path, verb=verb)
    own = [homework.assignment, homework.solution] if homework.has_sources else [homework.root]
    if not any([path.resolve().is_relative_to(folder.resolve()) for folder in own]):
        folders = " or ".join(map(str, own))
        raise UsageError(
            f"'{verb}' runs code without protection, so it takes only your own files, in {folders}:"
            f" {shown(path)} may be someone else's"
        )


def require_folder(path: Path, *, verb: str) -> None:
    """Refuse what is no folder, with a `UsageError`."""
    if not path.exists():
        raise UsageError(no_submission_at(path))
    if not path.is_dir():
        raise UsageError(
            f"'{verb}' works in the folder of your files, and {shown(path)} is a file: name the"
            " folder"
        )


def find_own_files(path: Path, key: Key) -> dict[str, Path]:
    """Return where each module of the submission in a folder is, by its name without ``.py``.

    These are the files that a grade takes of the folder that it chooses, without what it takes of
    others, such as a backup; it is an `IntakeError` if it would take none.
    """
    with open_folder(path) as listing:
        chosen = choose(listing, key.files, source=shown(path))
    return {
        name.removesuffix(".py"): path.joinpath(*file.path.parts)
        for name, file in chosen.modules.items()
        if file.path.parent == chosen.folder
    }
