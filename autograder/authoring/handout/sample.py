"""A report of the grader, for the handout: what the real command prints of a wrong function."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from autograder.authoring.handout.stubs import read_stubs
from autograder.errors import RubricError
from autograder.homework.folder import Homework

__all__ = ["sample_report"]

#: A grade takes a second; a machine may be busy.
TIMEOUT_SECONDS = 120

#: Where this very grader is found, whatever homework the text is of.
_INSTALLATION = Path(__file__).resolve().parents[3]


def sample_report(homework: Homework, name: str, body: str) -> str:
    """Grade the stubs with one function written, and return what is printed.

    Parameters
    ----------
    homework : Homework
        Its solution gives the stubs. The grader's own key has to be up to date.
    name : str
        ``file.function``.
    body : str
        What stands in the function in place of the stub's last line, one statement.

    Returns
    -------
    str
        The report as students see it, without a newline at its end.

    Raises
    ------
    RubricError
        If there is no such function, or it can't be graded.
    """
    with tempfile.TemporaryDirectory(prefix="sample-") as folder:
        for name_of_file, text in read_stubs(homework.solution).items():
            (Path(folder) / name_of_file).write_text(text, encoding="utf-8")
        _write_body(Path(folder), name, body)
        command = [sys.executable, "-m", "autograder", "--homework", str(homework.root)]
        done = subprocess.run(
            [*command, "grade", folder, "--public", "--for", "students"],
            cwd=_INSTALLATION,
            capture_output=True,
            encoding="utf-8",
            timeout=TIMEOUT_SECONDS,
        )
    if done.returncode:
        raise RubricError(f"the report of {name} can't be made: {done.stderr.strip()}")
    return done.stdout.rstrip("\n")


def _write_body(folder: Path, name: str, body: str) -> None:
    """Put `body` in the place of a stub's line that raises."""
    path = folder / f"{name.partition('.')[0]}.py"
    stub = path.read_text(encoding="utf-8") if path.is_file() else ""
    line = rf'raise NotImplementedError\(\s*"{re.escape(name)}: [^\n]*"\s*\)'
    written, count = re.subn(line, lambda _: body, stub)
    if count != 1:
        raise RubricError(f"there is no stub of {name} to write into")
    path.write_text(written, encoding="utf-8")
