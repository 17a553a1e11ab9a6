"""Find what to take in among the files that a student uploaded to a platform."""

from pathlib import Path

from autograder.errors import IntakeError

__all__ = ["find_uploaded"]

#: What a student packs a whole submission into.
_PACKED = (".zip", ".ipynb")


def find_uploaded(folder: Path) -> Path:
    """Return the folder itself, or the one zip or notebook in it that was uploaded as it is.

    Raises
    ------
    IntakeError
        If there is no such folder, as where nothing was uploaded.
    """
    if not folder.is_dir():
        raise IntakeError("nothing was uploaded: submit your .py files, or a zip of them")
    if any(_has_modules(place) for place in [folder, *folder.iterdir()]):
        return folder
    files = [file for file in folder.iterdir() if file.is_file() and not file.is_symlink()]
    packed = [file for file in files if file.suffix.lower() in _PACKED]
    return packed[0] if len(packed) == 1 else folder


def _has_modules(place: Path) -> bool:
    if place.is_symlink() or not place.is_dir():
        return False
    return any([file.suffix.lower() == ".py" for file in place.iterdir()])
