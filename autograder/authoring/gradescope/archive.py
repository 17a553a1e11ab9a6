"""Write the zip that staff upload to Gradescope: the same bytes for the same sources.

The zip's root becomes ``/autograder/source``. In it are the part of this package that grades, the
compiled answer key as data, the wheels, and the two scripts that Gradescope calls. The solution,
and whatever was made to know it, is not.
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from autograder.authoring.handed_out import handed_out_files
from autograder.homework.folder import Homework

__all__ = ["write_archive"]

#: The scripts that go into the zip's root.
CONTAINER = Path(__file__).parent / "container"

EXECUTABLES = ("run_autograder", "setup.sh")

#: A zip's earliest date: a date of its own would change the bytes at every packaging.
DATE = (1980, 1, 1, 0, 0, 0)

#: A zip's number for Unix, which makes the upper half of ``external_attr`` the file's mode.
UNIX = 3


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
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(temporary, "w") as archive:
            for name in sorted(content):
                archive.writestr(_entry(name), content[name].read_bytes(), compresslevel=9)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, DATE)
    info.create_system = UNIX
    info.external_attr = (0o100755 if name in EXECUTABLES else 0o100644) << 16
    info.compress_type = zipfile.ZIP_STORED if name.endswith(".whl") else zipfile.ZIP_DEFLATED
    return info
