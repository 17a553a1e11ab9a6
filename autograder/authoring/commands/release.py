"""The verb ``release``: the zip that students get, without the solution and the hidden checks."""

import sys
import tempfile
from pathlib import Path

from autograder.authoring.commands.stubs import run_stubs
from autograder.authoring.handout.page import to_html
from autograder.authoring.handout.readme import to_markdown
from autograder.authoring.handout.source import read_handout
from autograder.authoring.release.release import release_content
from autograder.core.writing import pack_zip, write_atomically
from autograder.errors import UsageError
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework

__all__ = ["run_release"]

#: The folder that the zip unpacks to.
TOP = "homework"


def run_release(homework: Homework, *, output: Path | None = None) -> int:
    """Write the handout.

    Parameters
    ----------
    output : pathlib.Path, optional
        Where it goes; ``dist/handout.zip`` by default.

    Raises
    ------
    UsageError
        If `output` can't be written, or the stubs are not those of the solution.
    GraderError
        If the answer key can't be compiled, or the grader can't be packed.
    """
    if run_stubs(homework, check_only=True):
        raise UsageError(
            "assignment/ is not what solution/ makes of it, so students would get the wrong stubs:"
            " run 'make stubs', look at 'git diff assignment', and run this again"
        )
    current_key(homework, "public")
    page = to_html(to_markdown(read_handout(homework, key=current_key(homework, "full"))))
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        content = release_content(homework, Path(folder), page=page.encode())
    path = output or homework.root / "dist" / "handout.zip"
    try:
        write_atomically(
            path,
            pack_zip({f"{TOP}/{n}": c for n, c in content.items()}, is_compressed=True),
        )
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from error
    sys.stdout.write(_listing(content))
    if "handout.pdf" not in content:
        sys.stdout.write("(without handout.pdf: 'make handout' prints it, then run this again)\n")
    sys.stdout.write(f"{path}: {path.stat().st_size / 1e6:.1f} MB\n")
    return 0


def _listing(content: dict[str, bytes]) -> str:
    """Return what is in the zip, for whoever hands it out to look over."""
    lines = [f"{len(content[name]) / 1e3:>10,.1f} kB  {name}\n" for name in sorted(content)]
    return "".join(lines)
