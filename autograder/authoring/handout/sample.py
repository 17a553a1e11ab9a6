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
    """Grade the stubs with one function written, and return what students see.

    Parameters
    ----------
    homework : Homework
        Its public key has to be up to date.
    name : str
        ``file.function``.
    body : str
        What stands in the function in place of the stub's last line, one statement.

    Raises
    ------
    RubricError
        If there is no such function, or it can't be graded.
    """
    with tempfile.TemporaryDirectory(prefix="sample-") as folder:
        stubs = read_stubs(homework.solution)
        for file, text in (stubs | _write_body(stubs, name, body)).items():
            (Path(folder) / file).write_text(text, encoding="utf-8")
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


def _write_body(stubs: dict[str, str], name: str, body: str) -> dict[str, str]:
    """Return the stub of a function with `body` in the place of the line that raises."""
    file = f"{name.partition('.')[0]}.py"
    line = rf'raise NotImplementedError\(\s*"{re.escape(name)}: [^\n]*"\s*\)'
    written, count = re.subn(line, lambda _: body, stubs.get(file, ""))
    if count != 1:
        raise RubricError(f"there is no stub of {name} to write into")
    return {file: written}
