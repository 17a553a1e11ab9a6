"""The words of a call that grades, and paths at which there is nothing to grade."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

__all__ = ["Command", "Done", "ROOT", "grade_words", "no_path", "no_zip"]


ROOT = Path(__file__).resolve().parents[2]


Done = subprocess.CompletedProcess[str]


Command = Callable[..., Done]


def grade_words(*words: object) -> list[str]:
    """Return the words of a real command."""
    return [sys.executable, "-m", "autograder", "grade", *map(str, words)]


def no_path(folder: Path) -> Path:
    return folder / "nowhere"


def no_zip(folder: Path) -> Path:
    (folder / "homework.zip").write_bytes(b"PK\x03\x04 but not really")
    return folder / "homework.zip"
