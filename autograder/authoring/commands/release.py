"""The verb ``release``: the zip that students get, without the solution and the hidden checks.

=========================  =====================================================================
in the zip                 from
=========================  =====================================================================
``assignment/``            the same folder: stubs, notebook, whatever else students work in
``datasets/``, ``LICENSE``  the same, where the homework has them
``homework.ini``           the same file
``rubric/``                what of it is run or drawn while grading (`handed_out_of_rubric`)
``answer-key.public``      the public half of the compiled key
``stubs.json``             the stubs once more, for the verb ``reset``
``*.whl``                  the grader as a package (`build_wheel`)
``requirements.txt``       one line, that wheel with all that students use beside it
``handout.html``           what the handout's text comes to now
``handout.pdf``            ``dist/``, where it was printed from that very page
all else                   ``autograder/authoring/handout/files/``
=========================  =====================================================================
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from autograder.authoring.commands.stubs import run_stubs
from autograder.authoring.handed_out import (
    PACKAGE,
    handed_out_files,
    handed_out_of_rubric,
    is_left_behind,
    name_folder,
    read_title,
)
from autograder.authoring.handout.page import to_html
from autograder.authoring.handout.source import read_handout
from autograder.authoring.handout.stubs import read_stubs
from autograder.core.writing import pack_zip, read_portable, write_atomically
from autograder.errors import GraderError, UsageError
from autograder.homework.current_key import current_key
from autograder.homework.find import HANDED_OUT_KEY, HANDED_OUT_STUBS, SETTINGS
from autograder.homework.folder import Homework

__all__ = ["build_wheel", "run_release"]

#: What stands at the top of the zip, the title of the homework filled into its page.
FILES = Path(__file__).parents[1] / "handout" / "files"

#: The time that every file in the wheel gets: a zip's earliest, 1980-01-01.
EPOCH = "315532800"

PROJECT = "numpy-homework-autograder"


def run_release(homework: Homework, *, output: Path | None = None) -> int:
    """Write the students' zip, ``dist/handout.zip`` if not said otherwise, and list what is in it.

    Raises
    ------
    UsageError
        If `output` can't be written, or the stubs are not those of the solution.
    """
    if run_stubs(homework, check_only=True):
        raise UsageError(
            "assignment/ is out of date, so students would get the wrong stubs: run 'python -m"
            " autograder stubs' (or 'make stubs'), look at what changed in assignment/, and"
            " run this again"
        )
    current_key(homework, "public")
    page = to_html(read_handout(homework, key=current_key(homework, "full")).to_markdown())
    content = _gather(homework, page.encode())
    top = name_folder(homework)
    path = output or homework.root / "dist" / "handout.zip"
    try:
        write_atomically(path, pack_zip({f"{top}/{name}": c for name, c in content.items()}))
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from error
    for name in sorted(content):
        sys.stdout.write(f"{len(content[name]) / 1e3:>10,.1f} kB  {name}\n")
    if "handout.pdf" not in content:
        sys.stdout.write("(without handout.pdf: run 'handout' to print it, then run this again)\n")
    sys.stdout.write(f"{path}: {path.stat().st_size / 1e6:.1f} MB, unpacks to {top}/\n")
    return 0


def _gather(homework: Homework, page: bytes) -> dict[str, bytes]:
    """Return the files of the zip by their paths below its one folder."""
    title = read_title(homework).encode()
    readme = read_portable(FILES / "README.md").replace(b"{{ title }}", title)
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        wheel = build_wheel(Path(folder), readme=readme)
        content = {wheel.name: wheel.read_bytes(), "README.md": readme, "handout.html": page}
    stubs = json.dumps(read_stubs(homework.solution), indent=1, sort_keys=True)
    content[HANDED_OUT_STUBS] = f"{stubs}\n".encode()
    content["requirements.txt"] = f"./{wheel.name}[student]\n".encode()
    printed = homework.root / "dist" / "handout.pdf"
    if printed.is_file() and _holds(printed.with_suffix(".html"), page):
        content["handout.pdf"] = printed.read_bytes()
    for name, file in _list_files(homework):
        if name in content:
            raise GraderError(f"{file} can't be handed out: the zip has a {name} already")
        content[name] = read_portable(file)
    return content


def _holds(file: Path, content: bytes) -> bool:
    return file.is_file() and file.read_bytes() == content


def _list_files(homework: Homework) -> Iterator[tuple[str, Path]]:
    """Yield every file that is handed out as it is: its name in the zip, and where it is."""
    for name, file in _list_below(FILES, ""):
        if name != "README.md":
            yield name, file
    for folder in ("assignment", "datasets"):
        yield from _list_below(homework.root / folder, f"{folder}/")
    yield HANDED_OUT_KEY, homework.key_path("public")
    yield SETTINGS, homework.settings_path
    yield from handed_out_of_rubric(homework).items()
    if (homework.root / "LICENSE").is_file():
        yield "LICENSE", homework.root / "LICENSE"


def _list_below(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder)
        if file.is_file() and not is_left_behind(path):
            yield f"{prefix}{path.as_posix()}", file


# ---- the package


def build_wheel(folder: Path, *, readme: bytes) -> Path:
    """Build the grader that students install: pure Python, the same bytes for the same sources.

    The wheel is left in `folder`, an empty one; `readme` is the students' page, not the staff's.

    Raises
    ------
    GraderError
        If it can't be built; the sentence has the last line that hatchling said.
    """
    stage = folder / "stage"
    for name in handed_out_files():
        target = stage / "autograder" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(read_portable(PACKAGE / name))  # without its mode, too
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
    checkout = PACKAGE.parent
    with suppress(OSError):
        if PROJECT in (checkout / "pyproject.toml").read_text("utf-8"):
            return read_portable(checkout / name)
    try:
        text = metadata.distribution(PROJECT).read_text(installed)
    except metadata.PackageNotFoundError:
        text = None
    if text is None:
        raise GraderError(f"the grader's package can't be built: its {name} is missing")
    return text.encode()
