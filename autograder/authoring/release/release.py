"""Gather what goes into the students' zip.

=========================  =====================================================================
in the zip                 from
=========================  =====================================================================
``assignment/``            the same folder: stubs, notebook, whatever else students work in
``datasets/``              the same folder
``answer-key.public``      the public half of the compiled key
``*.whl``                  the grader (`autograder.authoring.release.wheel`)
``requirements.txt``       one line, that wheel with all that students use beside it
``handout.html``           what the handout's text comes to now
``handout.pdf``            ``dist/``, where it was printed from that very page
``LICENSE``, ``homework.ini``  the same files
all else                   ``autograder/authoring/handout/files/``, as it is
=========================  =====================================================================
"""

from collections.abc import Iterator
from pathlib import Path

from autograder.authoring.handed_out import MADE_BY_MACHINES
from autograder.authoring.release.wheel import build_wheel
from autograder.errors import GraderError
from autograder.homework.find import HANDED_OUT_KEY, SETTINGS
from autograder.homework.folder import Homework

__all__ = ["release_content"]

#: What stands at the top of the zip as it is.
FILES = Path(__file__).parents[1] / "handout" / "files"

#: Folders that students get as staff have them.
FOLDERS = ("assignment", "datasets")


def release_content(homework: Homework, folder: Path, *, page: bytes) -> dict[str, bytes]:
    """Return the files of the zip by their paths in it.

    Parameters
    ----------
    homework : Homework
        A checkout, with an up-to-date public key.
    folder : pathlib.Path
        An empty one, to build in.
    page : bytes
        The handout as HTML.

    Raises
    ------
    GraderError
        If the grader's package can't be built, or two files have the same name in the zip.
    """
    wheel = build_wheel(homework.root, folder)
    requirement = f"./{wheel.name}[student]\n"
    content = {
        wheel.name: wheel.read_bytes(),
        "requirements.txt": requirement.encode(),
        "handout.html": page,
    }
    printed = homework.root / "dist" / "handout.pdf"
    if printed.is_file() and _holds(printed.with_suffix(".html"), page):
        content["handout.pdf"] = printed.read_bytes()
    for name, file in _files(homework):
        if name in content:
            raise GraderError(f"{file} can't be handed out: the zip has a {name} already")
        content[name] = file.read_bytes()
    return content


def _holds(file: Path, content: bytes) -> bool:
    return file.is_file() and file.read_bytes() == content


def _files(homework: Homework) -> Iterator[tuple[str, Path]]:
    """Yield every file that is handed out as it is: its name in the zip, and where it is."""
    yield from _below(FILES, "")
    for name in FOLDERS:  # a homework without data has no datasets/
        yield from _below(homework.root / name, f"{name}/")
    yield HANDED_OUT_KEY, homework.key_path("public")
    yield "LICENSE", homework.root / "LICENSE"
    yield SETTINGS, homework.settings_path


def _below(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder)
        if file.is_file() and not _is_by_the_way(path):
            yield f"{prefix}{path.as_posix()}", file


def _is_by_the_way(path: Path) -> bool:
    """Tell whether a file was left by a program at work; settings of editors are handed out."""
    left = {"__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".ruff_cache", ".DS_Store"}
    return bool(left & set(path.parts)) or path.name.endswith(MADE_BY_MACHINES)
