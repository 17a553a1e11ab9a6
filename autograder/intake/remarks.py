"""Say which files of the homework, or which submission, are missing, and what may be meant."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from autograder.intake.listing import Listing, listed, shown

__all__ = ["no_submission_at", "remarks_on"]

#: Things that are left out of which each gets a sentence of its own.
MAX_LEFT_OUT = 5

#: What holds or could have held Python files.
PACKED = (".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".xz", ".bz2")


def remarks_on(
    files: Sequence[str], wanted: Sequence[str], listing: Listing, folder: PurePosixPath
) -> tuple[str, ...]:
    """Return what a student has to know about what is missing beside `files`, or was left out."""
    others = [path.name for path in listing.others if path.parent == folder]
    return (*_missing(files, wanted, others), *_instead(listing), *_left_out(listing))


def _missing(files: Sequence[str], wanted: Sequence[str], others: Sequence[str]) -> list[str]:
    helpers = [file for file in files if file not in wanted]
    meant = {name: _meant(name, helpers, others) for name in wanted if name not in files}
    if len(meant) == len(wanted) and not any(meant.values()):
        return [f"None of the homework's files is here: {', '.join([f'{n}.py' for n in wanted])}."]
    return [
        f"{name}.py is not in the submission{f' (rename {shown(other)}?)' if other else ''}."
        for name, other in meant.items()
    ]


def _meant(name: str, helpers: Sequence[str], others: Sequence[str]) -> str:
    """Return which of the other files may be the one called `name`, empty for none."""
    import difflib  # seldom needed

    by_lower = {helper.lower(): helper for helper in reversed(helpers)}
    copies = [lower for lower in by_lower if lower.startswith(name)]  # 'train - copy'
    near = copies[-1:] or difflib.get_close_matches(name, by_lower, n=1, cutoff=0.75)
    if near:
        return f"{by_lower[near[0]]}.py"
    endings = ("", ".txt", ".py.txt", ".py.text")  # as editors add them
    return next((o for o in others if o.lower() in [f"{name}{end}" for end in endings]), "")


def _instead(listing: Listing) -> Iterator[str]:
    """Say what to do with what is there in the place of Python files."""
    if listing.files:
        return
    packed = [path for path in listing.others if path.suffix.lower() in PACKED]
    if packed:
        yield f"No Python file is in it, but {listed(packed)}: unpack that, and give what is in it."


def _left_out(listing: Listing) -> Iterator[str]:
    for left_out in listing.left_out[:MAX_LEFT_OUT]:
        yield f"{shown(left_out.name)} was left out: {left_out.reason}."
    more = len(listing.left_out) - MAX_LEFT_OUT
    if more > 0:
        yield f"{more} more {'was' if more == 1 else 'were'} left out for such reasons."


def no_submission_at(path: Path) -> str:
    """Return the sentence about a submission that is not there, with what is there of that name."""
    sentence = f"there is no folder, zip or notebook at {shown(path)}"
    near = _find_near(path)
    if near is not None:
        return f"{sentence}: did you mean {shown(near)}?"
    here = shown(os.getcwd())
    where = "" if path.is_absolute() else f" (this runs in {here})"
    return f"{sentence}: check the path{where}"


def _find_near(path: Path) -> Path | None:
    """Return what is there under nearly the same name, here, one folder up, or further down."""
    import difflib  # seldom needed

    for folder in (path.parent, Path(), Path("..")):
        try:
            names = sorted([entry.name for entry in os.scandir(folder)])
        except (OSError, ValueError):
            continue
        lower = {name.lower(): name for name in reversed(names)}
        near = difflib.get_close_matches(path.name.lower(), lower, n=1, cutoff=0.75)
        if near:
            return folder / lower[near[0]]
    return None
