"""The verb ``gradescope``: write the zip that staff upload, the same bytes for the same sources.

The zip's root becomes ``/autograder/source``. In it are the part of this package that grades, the
compiled answer key as data, the wheels, and the two scripts that Gradescope calls. The solution,
and whatever was made to know it, is not (`autograder.authoring.handed_out`). The wheels are pinned
by digest, downloaded once, then kept.
"""

import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from autograder.authoring.gradescope.container.install_wheels import (
    Locked,
    find_wheel,
    has_locked_digest,
    read_lock,
)
from autograder.authoring.handed_out import PACKAGE, handed_out_files, handed_out_of_rubric
from autograder.core.writing import pack_zip, read_portable, write_atomically
from autograder.errors import GraderError, UsageError
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework

__all__ = [
    "DEFAULT_PYTHONS",
    "LOCK",
    "fetch_wheels",
    "run_gradescope",
    "this_python",
    "this_system",
    "write_archive",
]


def run_gradescope(
    homework: Homework, *, output: Path | None = None, pythons: Sequence[str] | None = None
) -> int:
    """Write the zip that is uploaded to Gradescope, ``dist/gradescope.zip`` if not said otherwise.

    It brings packages for some versions of Python, those of Ubuntu 22.04 and 24.04 by default.
    """
    path = output or homework.root / "dist" / "gradescope.zip"
    pythons = pythons or DEFAULT_PYTHONS
    current_key(homework, "full")
    wheels = fetch_wheels(homework.root / "build" / "wheels", pythons)
    write_archive(path, homework, wheels)
    sys.stdout.write(
        f"{path}: {path.stat().st_size / 1e6:.1f} MB, numpy for Python {', '.join(pythons)}\n"
    )
    return 0


# ---- the zip

#: The scripts that go into the zip's root.
CONTAINER = Path(__file__).parents[1] / "gradescope" / "container"

EXECUTABLES = ("run_autograder", "setup.sh")


def write_archive(path: Path, homework: Homework, wheels: Sequence[Path]) -> None:
    """Write the zip, with an up-to-date full key of the homework and the wheels to go along."""
    files = {file.name: file for file in CONTAINER.iterdir() if file.is_file()}
    files |= {f"autograder/{name}": PACKAGE / name for name in handed_out_files()}
    files |= {"build/answer-key.full": homework.key_path("full")}
    files |= {homework.settings_path.name: homework.settings_path}
    files |= handed_out_of_rubric(homework)
    files |= {f"wheels/{wheel.name}": wheel for wheel in wheels}
    content = {name: read_portable(file) for name, file in files.items()}
    write_atomically(path, pack_zip(content, executables=EXECUTABLES))


# ---- the wheels

#: Ubuntu 22.04, Gradescope's default image, has Python 3.10; Ubuntu 24.04 has 3.12.
DEFAULT_PYTHONS = ("3.10", "3.12")

#: Those that the pinned numpy has wheels for.
SUPPORTED_PYTHONS = ("3.10", "3.11", "3.12", "3.13")

#: Gradescope's machines, in the words of the wheels' names.
GRADESCOPE_SYSTEM = ("manylinux", "x86_64")

LOCK = CONTAINER / "requirements.lock"

DOWNLOAD_SECONDS = 600.0


def this_python() -> str:
    """Return the version of the interpreter that runs, as ``--python`` takes it."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def this_system() -> tuple[str, str]:
    """Return this machine's operating system and processor, in the words of the wheels' names."""
    return ("macosx" if sys.platform == "darwin" else "manylinux"), platform.machine()


def fetch_wheels(
    folder: Path, pythons: Sequence[str], *, system: tuple[str, str] = GRADESCOPE_SYSTEM
) -> list[Path]:
    """Return the verified wheels for some Pythons, from `folder` or else downloaded into it.

    Each Python, such as ``"3.10"``, has a wheel of numpy of its own; a package in pure Python has
    one wheel for all. `system` is in the words of the wheels' names.

    Raises
    ------
    UsageError
        If there is no wheel for one of `pythons`, or it can't be downloaded.
    """
    for python in pythons:
        if python not in SUPPORTED_PYTHONS:
            raise UsageError(
                f"the pinned numpy has wheels for Python {', '.join(SUPPORTED_PYTHONS)},"
                f" not for {python!r}"
            )
    folder.mkdir(parents=True, exist_ok=True)
    packages = read_lock(LOCK)
    wheels = [_wheel(folder, locked, python, system) for python in pythons for locked in packages]
    return sorted(set(wheels))


def _wheel(folder: Path, locked: Locked, python: str, system: tuple[str, str]) -> Path:
    stored = _stored(folder, locked, python, system)
    if stored is None:
        _download(folder, locked, python, system)
        stored = _stored(folder, locked, python, system)
    if stored is None:
        raise GraderError(
            f"pip downloaded no wheel of {locked.name} for Python {python} that requirements.lock"
            " names"
        )
    return stored


def _stored(folder: Path, locked: Locked, python: str, system: tuple[str, str]) -> Path | None:
    """Return the wheel if it is in the store and whole."""
    while wheel := find_wheel(sorted(folder.glob("*.whl")), locked, python, system):
        if has_locked_digest(wheel, locked):
            return wheel
        wheel.unlink()  # cut short, or tampered with
    return None


def _download(folder: Path, locked: Locked, python: str, system: tuple[str, str]) -> None:
    with tempfile.TemporaryDirectory(prefix="download-", dir=folder) as temporary:
        lock = Path(temporary) / "requirements.lock"
        lock.write_text(locked.text, "utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--only-binary=:all:", "--require-hashes", "--requirement", str(lock)]
        command += ["--python-version", python, "--implementation", "cp"]
        if system[0] == "manylinux":  # on macOS pip knows best which of the wheels fits
            command += ["--platform", f"manylinux2014_{system[1]}"]
        problem = _run_pip([*command, "--dest", temporary])
        for file in Path(temporary).glob("*.whl"):
            file.replace(folder / file.name)  # only a whole file ever has this name
    if problem:
        raise UsageError(
            f"{locked.name} {locked.version} for Python {python} could not be downloaded"
            f" ({problem}). Packaging needs the network and pip the first time; then the wheels are"
            f" kept in {folder}."
        )


def _run_pip(command: list[str]) -> str:
    """Run pip; return its last line where it failed, and nothing where it did not."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS)
    except subprocess.TimeoutExpired:
        return f"no answer within {DOWNLOAD_SECONDS:.0f} s"
    return (done.stderr.strip().splitlines() or ["no message"])[-1] if done.returncode else ""
