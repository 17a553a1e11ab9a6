"""Classes made of known submissions, and the real command that grades them."""

import contextlib
import csv
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from autograder.cli import main

ROOT = Path(__file__).resolve().parents[2]
KNOWN = ROOT / "tests" / "submissions"

#: Who submitted what in a class of a few: a folder of this repository.
FEW = {
    "ada": ROOT / "solution",
    "bob": ROOT / "assignment",
    "cleo": KNOWN / "gradient_ascent",
    "dan": KNOWN / "gradient_ascent",
    "eve": KNOWN / "affine_bias_row0",
}


def write_class(folder: Path, members: Mapping[str, Path] = FEW) -> Path:
    """Write a folder for each student, and return the one around them."""
    for student, source in members.items():
        kept = shutil.ignore_patterns("*.ipynb", "*.md", "__pycache__", "expected.json")
        shutil.copytree(source, folder / student, ignore=kept)
    return folder


class Said(NamedTuple):
    """What a command wrote."""

    stdout: str
    stderr: str


@dataclass(frozen=True)
class ClassRun:
    """A class's folder for results, and a cache of its own."""

    out: Path
    cache: Path

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"XDG_CACHE_HOME": str(self.cache)}

    def command(self, *words: object) -> list[str]:
        call = [sys.executable, "-m", "autograder", "class", *map(str, words)]
        return [*call, "--out", str(self.out)]

    def grade(self, submissions: Path, *words: object, status: int = 0) -> Said:
        """Grade a class by the real command, and expect this exit status."""
        done = subprocess.run(
            self.command(submissions, *words),
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return Said(done.stdout, done.stderr)

    def act(self, *words: object, status: int = 0) -> Said:
        """Run ``class`` with other words, in this process."""
        out, err = io.StringIO(), io.StringIO()
        call = self.command(*words)[3:]
        with (
            mock.patch.dict(os.environ, self.environment),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            given = main(call)
        assert given == status, out.getvalue() + err.getvalue()
        return Said(out.getvalue(), err.getvalue())

    def rows(self) -> dict[str, dict[str, str]]:
        """Return the rows of the table by student."""
        text = (self.out / "grades.csv").read_bytes().decode()
        return {row["student"]: row for row in csv.DictReader(text.splitlines())}

    def files(self, without: Iterable[str] = ()) -> dict[str, bytes]:
        """Return the bytes of each file but the gradebook."""
        return {
            file.relative_to(self.out).as_posix(): file.read_bytes()
            for file in sorted(self.out.rglob("*"))
            if file.is_file() and "gradebook" not in file.name and file.name not in without
        }


def class_run(folder: Path) -> ClassRun:
    """Return a class's run whose results and cache are in a folder."""
    return ClassRun(folder / "out", folder / "cache")
