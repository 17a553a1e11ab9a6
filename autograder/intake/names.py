"""What a file's name says: whether it counts, what it is without the marks of a system or platform.

Canvas, Moodle and Gradescope name what their bulk exports hold in their own ways:

========== ========================================================================================
platform   names
========== ========================================================================================
Canvas     ``doejane_LATE_1234_56789_forward-1.py``: the student's sortable name in small letters
           without blanks and signs, ``LATE`` where it was, the user's number, the upload's number
           (it grows), the file's name. Where graders see no names: ``anon_x7Yz2_56789_forward.py``.
           A file uploaded again gets ``-1``, ``-2`` and so on behind its name.
Moodle     ``Jane Doe_1234_assignsubmission_file_/forward.py``, or without folders
           ``Jane Doe_1234_assignsubmission_file_forward.py``: the full name (or ``Participant``, or
           the group's name), a number. Newer versions leave the folder's last underscore out.
Gradescope ``submission_12345/forward.py``, with ``submission_metadata.yml`` beside the folders.
========== ========================================================================================

Sources: Canvas' ``lib/content_zipper.rb`` and ``Attachment.make_unique_filename`` (in
https://github.com/instructure/canvas-lms), Moodle's ``mod/assign/classes/downloader.php`` (in
https://github.com/moodle/moodle); for Gradescope public scripts that read its exports.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

__all__ = [
    "DISCUSSION",
    "ENVIRONMENT_MARKS",
    "Exported",
    "find_original",
    "folded",
    "is_draft",
    "is_fit",
    "is_ignored",
    "is_notebook",
    "is_of_environment",
    "is_python",
    "may_be_notebook",
    "name_kept",
    "parse_file_name",
    "parse_folder_name",
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
IGNORED_FOLDERS = frozenset(
    {
        "$recycle.bin",
        "__macosx",
        "__pycache__",
        "__pypackages__",
        "bower_components",
        "dist-packages",
        "node_modules",
        "site-packages",
        "system volume information",
        "venv",
        "virtualenv",
    }
)

#: What marks the folder around it as a Python environment, whatever that is called: a file of venv
#: and virtualenv, and a folder of conda.
ENVIRONMENT_MARKS = frozenset({"pyvenv.cfg", "conda-meta"})

#: What such an environment consists of. Made in the homework's own folder, it is beside the files.
_ENVIRONMENT_FOLDERS = frozenset(
    {"bin", "conda-meta", "dlls", "etc", "include", "lib", "lib64", "library", "libs", "man"}
    | {"scripts", "share", "ssl", "tcl", "tools"}
)

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

#: Bytecode and compiled modules (``.pyc``, ``.pyd``) are none.
_DRAFT = re.compile(r"\.py(?![a-z])|\.(?:txt|text|bak|old|orig|save)$", re.IGNORECASE)

#: What `name_kept` gives.
_KEPT = re.compile(r"\.kept(?:-\d+)?\.txt$", re.IGNORECASE)

#: The longest name that a system's folder holds; of a longer one no more is looked at.
_LONGEST_NAME = 255

_CANVAS = re.compile(
    r"(?:(?P<late_anon>LATE_)?anon_(?P<anon>[^\W_]+)"
    r"|(?P<name>\w*?)_(?P<late>LATE_)?(?P<user>[0-9]+))"
    r"_(?P<upload>[0-9]{1,18})_(?P<file>.+)",
    re.DOTALL,
)
_MOODLE = re.compile(
    r"(?P<name>.+?)(?:_(?P<user>[0-9]+))?_assignsubmission_file(?:_(?P<file>.*))?", re.DOTALL
)
_GRADESCOPE = re.compile(r"submission_(?P<number>[0-9]+)")


def is_ignored(path: PurePosixPath) -> bool:
    """Tell whether a path leads through something that no student wrote, or is hidden."""
    return any(
        [
            part.casefold() in IGNORED_FOLDERS or (part.startswith(".") and part != "..")
            for part in path.parts
        ]
    )


def is_of_environment(folder: str) -> bool:
    """Tell whether a folder beside one of `ENVIRONMENT_MARKS` belongs to that environment."""
    return folder.casefold() in _ENVIRONMENT_FOLDERS


def is_python(name: str) -> bool:
    """Tell whether a name is that of a Python file, on a system that is lenient with names."""
    return folded(name).endswith(".py")


def is_notebook(name: str) -> bool:
    """Tell whether a name is that of a notebook."""
    return folded(name).endswith(".ipynb")


def may_be_notebook(name: str) -> bool:
    """Tell whether a name may be that of a notebook under another ending, or under none.

    Browsers, mail programs and editors make ``hw.ipynb.txt``, ``hw.ipynb (1)``, ``hw.json`` of it.
    """
    path = PurePosixPath(folded(name))
    return ".ipynb" in path.name or (path.suffix in ("", ".json", ".txt") and path.name != "")


def plain(name: str) -> str:
    """Return a name in composed letters, without the dots and blanks that Windows drops."""
    return unicodedata.normalize("NFC", name).rstrip(". ")


def folded(name: str) -> str:
    """Return what is equal for two names that some system takes for one."""
    return unicodedata.normalize("NFC", plain(name).casefold())


def unmarked(name: str) -> tuple[str, str, int | None]:
    """Take the mark off the name of a copy.

    Returns the name without it, whose mark it is (empty where there is none), and its number, None
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


def find_original(name: str, modules: Iterable[str]) -> str:
    """Return of which module a file's name says that it is a copy or a version; empty for none.

    Programs that synchronize and people who save name copies in every language, before the name
    and after it: ``forward 2.py``, ``Kopie von forward.py``, ``forward (Jane's conflicted copy
    2026-11-01).py``, ``forward_final.py``, ``forward.py.bak``. What such files have in common is
    the module's name as a word. Whether one is meant, its content says.

    Examples
    --------
    >>> from autograder.intake.names import find_original
    >>> find_original("square_root - Copy.py", ["root", "square_root"])
    'square_root'
    >>> find_original("fast_forwarding.py", ["forward"])
    ''
    """
    words = plain(name)[:_LONGEST_NAME]
    found = [
        module
        for module in modules
        if re.search(rf"(?<![A-Za-z])(?i:{re.escape(module)})(?![a-z])", words)
    ]
    return max(found, key=len, default="")


def is_draft(name: str) -> bool:
    """Tell whether a name may be that of Python under another ending, as editors leave and add it.

    Such as ``forward.py.txt``, ``forward.txt``, ``forward.py~``, ``#forward.py#``; not what a reset
    keeps of one function.
    """
    short = plain(name)[:_LONGEST_NAME]
    return _DRAFT.search(short) is not None and _KEPT.search(short) is None


def name_kept(module: str, function: str, number: int) -> str:
    """Return what a file is called that keeps the code of one function; no draft of the module."""
    return f"{module}.{function}.kept{'' if number == 1 else f'-{number}'}.txt"


def is_fit(name: str) -> bool:
    """Tell whether a file of this name can lie in any system's folder, and in that folder only."""
    is_plain = name.isprintable() and not FORBIDDEN_IN_NAMES.intersection(name)
    return is_plain and len(name) <= MAX_NAME_CHARACTERS and not name.startswith(".")


@dataclass(frozen=True)
class Exported:
    """What the name of a file or a folder in an export says."""

    #: ``"Canvas"``, ``"Moodle"`` or ``"Gradescope"``.
    platform: str
    #: A key that is the same for all files of one submission, and for no other one's.
    student: str
    #: The student's or group's name as the platform writes it; empty where it does not.
    name: str = ""
    is_late: bool = False
    #: Canvas' number of the upload, larger for a later one.
    upload: int | None = None
    #: The file's own name; empty for a folder.
    file: str = ""


def parse_file_name(name: str) -> Exported | None:
    """Return what a file's name says in an export without folders, None where no platform gave it.

    A student's own name can look like one: whoever asks says what was taken as what.

    Examples
    --------
    >>> from autograder.intake.names import parse_file_name
    >>> found = parse_file_name("doejane_LATE_1234_56789_forward-1.py")
    >>> found.student, found.is_late, found.upload, found.file
    ('1234', True, 56789, 'forward-1.py')
    """
    moodle = _MOODLE.fullmatch(name)
    if moodle is not None:
        return _from_moodle(moodle) if moodle["file"] else None
    canvas = _CANVAS.fullmatch(name)
    if canvas is None:
        return None
    return Exported(
        "Canvas",
        canvas["user"] or f"anon_{canvas['anon']}",
        canvas["name"] or "",
        is_late=bool(canvas["late"] or canvas["late_anon"]),
        upload=int(canvas["upload"]),
        file=canvas["file"],
    )


def parse_folder_name(name: str) -> Exported | None:
    """Return what a folder's own name says in an export, None where no platform gave it."""
    moodle = _MOODLE.fullmatch(name)
    if moodle is not None:
        return None if moodle["file"] else _from_moodle(moodle)
    gradescope = _GRADESCOPE.fullmatch(name)
    return Exported("Gradescope", gradescope["number"]) if gradescope is not None else None


def _from_moodle(match: re.Match[str]) -> Exported:
    student = match["user"] or match["name"]
    return Exported("Moodle", student, match["name"], file=match["file"] or "")
