"""Build the grader that students install: a wheel without whatever knows or hands out answers.

The wheel is pure Python, for every system and every Python that `pyproject.toml` allows. The same
sources give the same bytes.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import GraderError

__all__ = ["LEFT_OUT", "build_wheel", "wheel_files"]

#: What stays with the staff, by its path in the package: the rubric and the compiler know the
#: answers, the rest is of use to nobody without them.
LEFT_OUT = (
    "authoring/",
    "rubric/",
    "language/",
    "compiler/",
    "explanation.py",
    "gradescope/",
    "handout/",
    "notebook/build.py",
    "notebook/pages.py",
    "notebook/words.py",
    "release/",
    "search.py",
    "stubs.py",
    "verification/",
    "commands/explain.py",
    "commands/gradescope.py",
    "commands/gradescope_run.py",
    "commands/handout.py",
    "commands/release.py",
    "commands/stubs.py",
    "commands/verify.py",
    "outputs/gradescope.py",
)

#: What goes in all the same: the judge calls it.
HANDED_OUT = ("rubric/predicates.py",)

#: What nobody wrote, by its ending or its folder's name.
MADE_BY_MACHINES = (".pyc", ".part", "~")

#: The time that every file in the wheel gets: a zip's earliest, 1980-01-01.
EPOCH = "315532800"


def wheel_files(package: Path) -> Iterator[str]:
    """Yield the paths, in the package, of the files that go into the wheel.

    Parameters
    ----------
    package : pathlib.Path
        The folder ``autograder/``.
    """
    for file in sorted(package.rglob("*")):
        name = file.relative_to(package).as_posix()
        is_written = "__pycache__" not in file.parts and not name.endswith(MADE_BY_MACHINES)
        is_handed_out = name in HANDED_OUT or not name.startswith(LEFT_OUT)
        if file.is_file() and is_written and is_handed_out:
            yield name


def build_wheel(root: Path, folder: Path) -> Path:
    """Build the wheel of the checkout at `root`.

    Parameters
    ----------
    root : pathlib.Path
        With ``pyproject.toml``, ``LICENSE`` and ``autograder/``; not changed.
    folder : pathlib.Path
        An empty one; the wheel is left in it.

    Returns
    -------
    pathlib.Path
        The wheel.

    Raises
    ------
    GraderError
        If it can't be built; the sentence has the last line that hatchling said.
    """
    stage = folder / "stage"
    package = root / "autograder"
    for name in wheel_files(package):
        _copy(package / name, stage / "autograder" / name)
    for name in ("pyproject.toml", "LICENSE"):
        _copy(root / name, stage / name)
    # The package's description: the students' page, not the staff's.
    _copy(package / "handout" / "files" / "README.md", stage / "README.md")
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


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)  # without its mode: the bytes are the same for everybody
