"""What of the grader and of a homework goes to students and into containers.

Of the grader it is all but what only staff use: whatever knows answers, makes them, or looks at a
whole class. Of a homework's exam key it is the compiled half, and the few modules of ``rubric/``
that are needed while grading. The wheel that students install, the Gradescope package and the tests
that look for leaks share these rules.
"""

import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from autograder.errors import GraderError
from autograder.homework.folder import Homework
from autograder.homework.settings import read_settings

__all__ = [
    "STAFF_ONLY",
    "build_wheel",
    "handed_out_files",
    "handed_out_of_rubric",
    "is_left_behind",
    "name_folder",
    "read_title",
]

#: Packages below ``autograder/``.
STAFF_ONLY = ("authoring", "classroom")

#: What programs at work leave behind, by its ending and by its name.
_ENDINGS = (".pyc", ".part", "~")
_NAMES = {"__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".ruff_cache", ".DS_Store"}

#: The time that every file in the wheel gets: a zip's earliest, 1980-01-01.
EPOCH = "315532800"

PROJECT = "numpy-homework-autograder"

#: Letters of the students' folder: on Windows a path has few.
MAX_FOLDER = 40

_PACKAGE = Path(__file__).resolve().parents[1]


def is_left_behind(path: Path) -> bool:
    """Tell whether a file was left by a program at work; settings of editors are handed out."""
    return bool(_NAMES & set(path.parts)) or path.name.endswith(_ENDINGS)


def handed_out_files(package: Path = _PACKAGE) -> Iterator[str]:
    """Yield the paths below `package`, the folder ``autograder/``, of what is handed out."""
    for file in sorted(package.rglob("*")):
        path = file.relative_to(package)
        if file.is_file() and not is_left_behind(path) and path.parts[0] not in STAFF_ONLY:
            yield path.as_posix()


def handed_out_of_rubric(homework: Homework) -> dict[str, Path]:
    """Return what of a homework's rubric is handed out, by its path in the homework.

    It is run or drawn while a submission is graded, and knows no answers; the rest stays.
    """
    files = [homework.predicates_path, *homework.picture_files]
    return {f.relative_to(homework.root).as_posix(): f for f in files if f.is_file()}


# ---- the homework's name


def read_title(homework: Homework) -> str:
    """Return a homework's title: what its settings say, or else what its folder's name does."""
    words = re.sub(r"[\W_]+", " ", homework.root.name).strip()
    title = read_settings(homework.settings_path).homework.title or words or "homework"
    return title[:1].upper() + title[1:]


def name_folder(homework: Homework) -> str:
    """Return what the folder is called that students unpack: the title in plain letters."""
    letters = unicodedata.normalize("NFKD", read_title(homework)).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", letters.lower()).strip("-")
    return name[:MAX_FOLDER].rstrip("-") or "homework"


# ---- the package


def build_wheel(folder: Path, *, readme: bytes) -> Path:
    """Build the grader that students install: pure Python, the same bytes for the same sources.

    Parameters
    ----------
    folder : pathlib.Path
        An empty one; the wheel is left in it.
    readme : bytes
        The package's description: the students' page, not the staff's.

    Raises
    ------
    GraderError
        If it can't be built; the sentence has the last line that hatchling said.
    """
    stage = folder / "stage"
    for name in handed_out_files():
        target = stage / "autograder" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_PACKAGE / name, target)  # without its mode: the same for everybody
    (stage / "README.md").write_bytes(readme)
    (stage / "LICENSE").write_bytes(_read_own("LICENSE", "licenses/LICENSE"))
    project = _read_own("pyproject.toml", "extra_metadata/pyproject.toml")
    (stage / "pyproject.toml").write_bytes(project)
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=stage,
        env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    built = sorted(folder.glob("*.whl"))
    if done.returncode or not built:
        reason = (done.stdout.strip().splitlines() or ["it said nothing"])[-1]
        raise GraderError(f"the grader's package can't be built by hatchling: {reason}")
    return built[0]


def _read_own(name: str, installed: str) -> bytes:
    """Return a file of the grader's checkout, or where there is none, as it was installed."""
    checkout = _PACKAGE.parent
    with suppress(OSError):
        if PROJECT in (checkout / "pyproject.toml").read_text("utf-8"):
            return (checkout / name).read_bytes()
    try:
        text = metadata.distribution(PROJECT).read_text(installed)
    except metadata.PackageNotFoundError:
        text = None
    if text is None:
        raise GraderError(f"the grader's package can't be built: its {name} is not at hand")
    return text.encode()
