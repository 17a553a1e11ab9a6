"""Write the zip that staff upload to Gradescope: the same bytes for the same sources.

The zip's root becomes ``/autograder/source``. In it are the part of this package that grades, the
compiled answer key as data, the wheels, and the two scripts that Gradescope calls. The solution,
and whatever was made to know it, is not.
"""

from collections.abc import Sequence
from pathlib import Path

from autograder.authoring.handed_out import handed_out_files
from autograder.core.writing import pack_zip, write_atomically
from autograder.homework.folder import Homework

__all__ = ["write_archive"]

#: The scripts that go into the zip's root.
CONTAINER = Path(__file__).parent / "container"

EXECUTABLES = ("run_autograder", "setup.sh")


def write_archive(path: Path, homework: Homework, wheels: Sequence[Path]) -> None:
    """Write the zip.

    Parameters
    ----------
    path : pathlib.Path
        Its folder is created where missing.
    homework : Homework
        With an up-to-date full key.
    wheels : sequence of pathlib.Path
        The wheels to go along.
    """
    package = Path(__file__).resolve().parents[2]
    content = {file.name: file for file in CONTAINER.iterdir() if file.is_file()}
    content |= {f"autograder/{name}": package / name for name in handed_out_files(package)}
    content["build/answer-key.full"] = homework.key_path("full")
    content[homework.settings_path.name] = homework.settings_path
    content |= {f"wheels/{wheel.name}": wheel for wheel in wheels}
    contents = {name: file.read_bytes() for name, file in content.items()}
    write_atomically(path, pack_zip(contents, is_compressed=True, executables=EXECUTABLES))
