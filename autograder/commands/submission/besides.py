"""Look at what lies beside the files that are handed in: the written answer, an editor's files."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from autograder.intake.names import DISCUSSION

__all__ = ["discussion_in", "has_answer", "remarks_besides"]

#: Folders in a folder that are looked into for it, and other files that a sentence names.
MOST_FOLDERS, MOST_NAMED = 100, 5

#: Beside the students' own files, these were handed out.
HANDED_OUT = frozenset(
    {"readme.md", "license", "makefile", "handout.html", "handout.pdf", "pytest.ini"}
)


def discussion_in(folder: Path) -> Path | None:
    """Return where the written answer is, in a folder or one folder further in."""
    inner = sorted([place for place in folder.glob("[!.]*") if place.is_dir()])[:MOST_FOLDERS]
    found = [place / DISCUSSION for place in (folder, *inner)]
    return next((file for file in found if file.is_file()), None)


def has_answer(text: str) -> bool:
    """Tell whether there is text below a heading of the second level, or the first if alone."""
    parts = text.split("\n## ")[1:] or text.split("\n# ")[-1:]
    return any([part.partition("\n")[2].strip() for part in parts])


def remarks_besides(path: Path, packed: Collection[str], wanted: Collection[str]) -> Iterator[str]:
    """Say what an editor has not saved, and what stays out.

    Parameters
    ----------
    path : pathlib.Path
        The student's folder.
    packed : collection of str
        The names of the files that are packed.
    wanted : collection of str
        The homework's modules.
    """
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
    known = {name.casefold() for name in (*packed, DISCUSSION)}
    others = [
        name
        for name in names
        if (path / name).is_file()
        and not name.startswith((".", "#", "~"))
        and not name.endswith(("~", ".pyc", ".py", ".ipynb"))
        and name.casefold() not in known | HANDED_OUT
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
