"""What a file's name says: whether it counts, what it is without the marks of a system."""

import re
import unicodedata
from pathlib import PurePosixPath

__all__ = [
    "DISCUSSION",
    "folded",
    "is_fit",
    "is_ignored",
    "is_notebook",
    "is_python",
    "plain",
    "unmarked",
]

#: The written answer, which people read.
DISCUSSION = "discussion.md"

#: A module's name, in characters, with ``.py``.
MAX_NAME_CHARACTERS = 60

#: What some system can't hold in a name, or reads as a path. Windows' reserved names (``aux.py``)
#: are fine: the grader runs on Linux and macOS.
FORBIDDEN_IN_NAMES = frozenset('<>:"/\\|?*')

#: Names that no student wrote, beside the hidden ones, which begin with a dot.
IGNORED_FOLDERS = frozenset({"__macosx", "__pycache__", "venv", "node_modules", "site-packages"})

#: What browsers and Canvas put behind the name of a file whose name is taken: ``forward (1).py``,
#: ``forward-1.py``, and from the eighth on, in Canvas, ``forward-`` and a UUID.
_MARK = re.compile(
    r"(?P<stem>.+?)"
    r"(?: ?\((?P<browser>[0-9]{1,4})\)"
    r"|-(?P<canvas>[0-9]{1,4})"
    r"|-(?P<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4,12}){4}))"
    r"(?P<suffix>\.py)",
    re.IGNORECASE,
)


def is_ignored(path: PurePosixPath) -> bool:
    """Tell whether a path leads through something that no student wrote, or is hidden."""
    return any(
        [
            part.casefold() in IGNORED_FOLDERS or (part.startswith(".") and part != "..")
            for part in path.parts
        ]
    )


def is_python(name: str) -> bool:
    """Tell whether a name is that of a Python file, on a system that is lenient with names."""
    return folded(name).endswith(".py")


def is_notebook(name: str) -> bool:
    """Tell whether a name is that of a notebook."""
    return folded(name).endswith(".ipynb")


def plain(name: str) -> str:
    """Return a name in composed letters, without the dots and blanks that Windows drops."""
    return unicodedata.normalize("NFC", name).rstrip(". ")


def folded(name: str) -> str:
    """Return what is equal for two names that some system takes for one."""
    return unicodedata.normalize("NFC", plain(name).casefold())


def unmarked(name: str) -> tuple[str, str, int | None]:
    """Take the mark off the name of a copy.

    Returns
    -------
    tuple
        The name without it, whose mark it is (empty where there is none), and its number, None
        where marks of this kind have no order.
    """
    match = _MARK.fullmatch(plain(name))
    if match is None:
        return plain(name), "", None
    without = match["stem"] + match["suffix"]
    if match["uuid"] is not None:
        return without, "uuid", None
    kind = "browser" if match["browser"] is not None else "canvas"
    return without, kind, int(match[kind])


def is_fit(name: str) -> bool:
    """Tell whether a file of this name can lie in any system's folder, and in that folder only."""
    is_plain = name.isprintable() and not FORBIDDEN_IN_NAMES.intersection(name)
    return is_plain and len(name) <= MAX_NAME_CHARACTERS and not name.startswith(".")
