"""What of the grader and of a homework goes to students and into containers.

Of the grader it is all but what only staff use: whatever knows answers, makes them, or looks at a
whole class. Of a homework's exam key it is the compiled half, and the few modules of ``rubric/``
that are needed while grading. The wheel that students install, the Gradescope package and the tests
that look for leaks share these rules.
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from autograder.homework.folder import Homework
from autograder.homework.settings import read_settings

__all__ = [
    "PACKAGE",
    "STAFF_ONLY",
    "handed_out_files",
    "handed_out_of_rubric",
    "is_left_behind",
    "name_folder",
    "read_title",
    "title_of_folder",
]

#: Packages below ``autograder/``.
STAFF_ONLY = ("authoring", "classroom")

#: What programs at work leave behind, by its ending and by its name.
_ENDINGS = (".pyc", ".part", "~")
_NAMES = {"__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".ruff_cache", ".DS_Store"}

#: Letters of the students' folder: on Windows a path has few.
MAX_FOLDER = 40

PACKAGE = Path(__file__).resolve().parents[1]


def is_left_behind(path: Path) -> bool:
    """Tell whether a file was left by a program at work; settings of editors are handed out."""
    return bool(_NAMES & set(path.parts)) or path.name.endswith(_ENDINGS)


def handed_out_files(package: Path = PACKAGE) -> Iterator[str]:
    """Yield the paths below `package`, the folder ``autograder/``, of what is handed out."""
    for file in sorted(package.rglob("*")):
        path = file.relative_to(package)
        if file.is_file() and not is_left_behind(path) and path.parts[0] not in STAFF_ONLY:
            yield path.as_posix()


def handed_out_of_rubric(homework: Homework) -> dict[str, Path]:
    """Return what of a homework's rubric is handed out, by its path in the homework.

    It is run or drawn while a submission is graded, and knows no answers; the rest stays.
    """
    files = [homework.predicates_path, *homework.own_files]
    return {f.relative_to(homework.root).as_posix(): f for f in files if f.is_file()}


# ---- the homework's name


def read_title(homework: Homework) -> str:
    """Return a homework's title: what its settings say, or else what its folder's name does."""
    title = read_settings(homework.settings_path).homework.title
    return title[:1].upper() + title[1:] if title else title_of_folder(homework.root.name)


def title_of_folder(name: str) -> str:
    """Return a folder's name in words, such as ``Moving averages`` for ``moving_averages``."""
    words = re.sub(r"[\W_]+", " ", name).strip() or "homework"
    return words[:1].upper() + words[1:]


def name_folder(homework: Homework) -> str:
    """Return what the folder is called that students unpack: the title in plain letters."""
    letters = unicodedata.normalize("NFKD", read_title(homework)).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", letters.lower()).strip("-")
    return name[:MAX_FOLDER].rstrip("-") or "homework"
