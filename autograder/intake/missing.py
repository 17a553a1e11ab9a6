"""Say what is missing of a submission, what may be meant instead, and what was left out."""

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path, PurePosixPath

from autograder.core.lookalikes import letters_as_seen, name_lookalike
from autograder.intake.listing import Listing, listed, shown
from autograder.intake.names import DISCUSSION

__all__ = ["no_submission_at", "remarks_on"]

#: Things that are left out of which each gets a sentence of its own.
MAX_LEFT_OUT = 5

#: What a notebook may have been exported to, and files of such kinds that are none.
EXPORTS = (".html", ".htm", ".pdf", ".docx", ".doc", ".md", ".tex", ".rst", ".mht", ".webarchive")
NO_EXPORTS = frozenset({DISCUSSION, "readme.md"})

#: What may hold Python files.
PACKED = (".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".xz", ".bz2")


def remarks_on(
    files: Sequence[str],
    wanted: Sequence[str],
    listing: Listing,
    folder: PurePosixPath,
    unread: Collection[str] = (),
) -> tuple[str, ...]:
    """Return what a student has to know about what is missing beside `files`, or was left out.

    Of those that are `unread`, with ``.py``, something else is said.
    """
    others = [path.name for path in listing.others if path.parent == folder]
    left_out = {PurePosixPath(one.name) for one in listing.left_out}
    said = {name for name in wanted if folder / f"{name}.py" in left_out or f"{name}.py" in unread}
    looked_for = [name for name in wanted if name not in said]
    instead = _instead(listing) if set(wanted).isdisjoint(files) else ()
    return (*_missing(files, looked_for, others), *instead, *_left_out(listing))


def _missing(files: Sequence[str], wanted: Sequence[str], others: Sequence[str]) -> list[str]:
    helpers = [file for file in files if file not in wanted]
    meant = {name: _meant(name, helpers, others) for name in wanted if name not in files}
    if meant and len(meant) == len(wanted) and not any(meant.values()):
        return [f"None of the homework's files is here: {', '.join([f'{n}.py' for n in wanted])}."]
    return [
        f"{name}.py is not in the submission{_say_meant(other) if other else ''}."
        for name, other in meant.items()
    ]


def _say_meant(other: str) -> str:
    lookalike = name_lookalike(other)
    reason = f": its name has {lookalike}" if lookalike else ""
    return f" (rename {shown(other)}{'' if reason else '?'}{reason})"


def _meant(name: str, helpers: Sequence[str], others: Sequence[str]) -> str:
    """Return which of the other files may be the one called `name`, empty for none."""
    import difflib  # seldom needed

    by_lower = {letters_as_seen(helper).lower(): helper for helper in reversed(helpers)}
    copies = [lower for lower in by_lower if lower.startswith(name)]  # 'train - copy'
    near = copies[-1:] or difflib.get_close_matches(name, by_lower, n=1, cutoff=0.75)
    if near:
        return f"{by_lower[near[0]]}.py"
    endings = ("", ".txt", ".py.txt", ".py.text")  # as editors add them
    return next((o for o in others if o.lower() in [f"{name}{end}" for end in endings]), "")


def _instead(listing: Listing) -> Iterator[str]:
    """Say what to do with what is there instead of the homework's files."""
    exports = [path for path in listing.others if path.suffix.lower() in EXPORTS]
    exports = [path for path in exports if path.name.lower() not in NO_EXPORTS]
    if exports and not listing.notebooks and not listing.files:
        yield (
            f"No Python file is in it, but {listed(exports)}: what a notebook was printed or"
            " exported to can't be graded. Submit the notebook itself (.ipynb); Colab has it under"
            " File, Download."
        )
    packed = [path for path in listing.others if path.suffix.lower() in PACKED]
    if packed and listing.files:
        yield f"Is the homework in {listed(packed)}? Unpack that, and submit what is in it."
    elif packed:
        yield (
            f"No Python file is in it, but {listed(packed)}: unpack that, and submit what is in it."
        )


def _left_out(listing: Listing) -> Iterator[str]:
    for left_out in listing.left_out[:MAX_LEFT_OUT]:
        yield f"{shown(left_out.name)} was left out: {left_out.reason}."
    more = len(listing.left_out) - MAX_LEFT_OUT
    if more > 0:
        yield f"{more} more {'was' if more == 1 else 'were'} left out for such reasons."


def no_submission_at(path: Path) -> str:
    """Return the sentence about a submission that is missing, with what is there of that name."""
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
