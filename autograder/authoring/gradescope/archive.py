"""Write the zip that staff upload to Gradescope: the same bytes for the same sources.

The zip's root becomes ``/autograder/source``. In it are the part of this package that grades, the
compiled answer key as data, the wheels, and the two scripts that Gradescope calls. The solution,
and whatever was made to know it, is not (`autograder.authoring.handed_out`).
"""

from collections.abc import Sequence
from pathlib import Path

from autograder.authoring.handed_out import handed_out_files, handed_out_of_rubric
from autograder.core.writing import pack_zip, write_atomically
from autograder.homework.folder import Homework

__all__ = ["write_archive"]

#: The scripts that go into the zip's root.
CONTAINER = Path(__file__).parent / "container"

EXECUTABLES = ("run_autograder", "setup.sh")

_PACKAGE = Path(__file__).resolve().parents[2]


def write_archive(path: Path, homework: Homework, wheels: Sequence[Path]) -> None:
    """Write the zip, with an up-to-date full key of the homework and the wheels to go along."""
    files = {file.name: file for file in CONTAINER.iterdir() if file.is_file()}
    files |= {f"autograder/{name}": _PACKAGE / name for name in handed_out_files()}
    files |= {"build/answer-key.full": homework.key_path("full")}
    files |= {homework.settings_path.name: homework.settings_path}
    files |= handed_out_of_rubric(homework)
    files |= {f"wheels/{wheel.name}": wheel for wheel in wheels}
    content = {name: file.read_bytes() for name, file in files.items()}
    write_atomically(path, pack_zip(content, executables=EXECUTABLES))
