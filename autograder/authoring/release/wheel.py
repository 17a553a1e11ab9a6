"""Build the grader that students install: a wheel without whatever knows or hands out answers.

The wheel is pure Python, for every system and every Python that `pyproject.toml` allows. The same
sources give the same bytes.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from autograder.authoring.handed_out import handed_out_files
from autograder.errors import GraderError

__all__ = ["build_wheel"]

#: The time that every file in the wheel gets: a zip's earliest, 1980-01-01.
EPOCH = "315532800"


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
    for name in handed_out_files(package):
        _copy(package / name, stage / "autograder" / name)
    for name in ("pyproject.toml", "LICENSE"):
        _copy(root / name, stage / name)
    # The package's description: the students' page, not the staff's.
    _copy(package / "authoring" / "handout" / "files" / "README.md", stage / "README.md")
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
