"""What is put into a student's folder for ``submission``, and what that prints and packs."""

import shutil
import zipfile
from pathlib import Path

import pytest

from autograder.cli import main

__all__ = [
    "ANSWER",
    "FULL",
    "LATER",
    "QUESTION",
    "ROOT",
    "SOFTMAX",
    "held",
    "ignore_caches",
    "submit",
]

ROOT = Path(__file__).parents[2]

QUESTION = "# Discussion\n\nWhat do you think?\n\n## My answer\n\n## Sources\n"
ANSWER = QUESTION.replace("## Sources", "I try a few on held-out data.\n\n## Sources")

#: The public checks are worth this much.
LATER = "24.75 more points are checked after submission."
FULL = f"Public checks: 75.25 of 75.25 points; {LATER}"

SOFTMAX = "def softmax(z):\n    return z\n"

ignore_caches = shutil.ignore_patterns("__pycache__")


def submit(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """Zip `folder` into a zip beside it; return the lines that were printed."""
    output = folder.parent / "submission.zip"
    assert main(["submission", str(folder), "--output", str(output), *words]) == 0
    assert output.is_file()
    return capsys.readouterr().out.splitlines()


def held(zipped: Path) -> dict[str, bytes]:
    """Return the files of a zip."""
    with zipfile.ZipFile(zipped) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
