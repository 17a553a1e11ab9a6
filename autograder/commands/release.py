"""The verb ``release``: the zip that students get, without the solution and the hidden checks."""

import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from autograder.atomic import write_atomically
from autograder.commands.compile import current_key
from autograder.homework import Homework

__all__ = ["run_release"]

#: The folder that the zip unpacks to.
TOP = "homework"

#: What stays with the staff, by its path in the package: whatever knows or hands out answers.
LEFT_OUT = (
    "rubric/",
    "language/",
    "compiler/",
    "gradescope/",
    "handout/",
    "explanation.py",
    "verification/",
    "stubs.py",
    "commands/explain.py",
    "commands/gradescope.py",
    "commands/gradescope_run.py",
    "commands/handout.py",
    "commands/release.py",
    "commands/stubs.py",
    "commands/verify.py",
    "outputs/gradescope.py",
)

#: A zip's earliest date, so that the same sources give the same bytes.
DATE = (1980, 1, 1, 0, 0, 0)


def run_release(*, output: Path | None = None) -> int:
    """Write the handout.

    Parameters
    ----------
    output : pathlib.Path, optional
        Where it goes; ``dist/handout.zip`` by default.

    Raises
    ------
    GraderError
        If the answer key can't be compiled.
    """
    homework = Homework.here()
    current_key(homework, "public")
    path = output or homework.root / "dist" / "handout.zip"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, file in sorted(_content(homework)):
            entry = zipfile.ZipInfo(f"{TOP}/{name}", DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())
    write_atomically(path, packed.getvalue())
    sys.stdout.write(f"{path}: {path.stat().st_size / 1e6:.1f} MB\n")
    return 0


def _content(homework: Homework) -> Iterator[tuple[str, Path]]:
    """Yield every file of the handout: its name in the zip, and where it is."""
    package = homework.root / "autograder"
    for file in package.rglob("*.py"):
        name = file.relative_to(package).as_posix()
        if not name.startswith(LEFT_OUT):
            yield f"autograder/{name}", file
    for file in (package / "handout" / "files").iterdir():
        if file.is_file():
            yield file.name, file
    for folder in ("assignment", "datasets"):
        for file in (homework.root / folder).glob("*"):  # a homework without data has no datasets/
            if file.is_file() and not file.name.startswith("."):
                yield f"{folder}/{file.name}", file
    yield "build/answer-key.public", homework.key_path("public")
    yield "LICENSE", homework.root / "LICENSE"
