"""The wheels that go into the package: pinned by digest, downloaded once, then kept."""

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
from autograder.errors import GraderError, UsageError

__all__ = ["DEFAULT_PYTHONS", "LOCK", "fetch_wheels", "this_python", "this_system"]

#: Ubuntu 22.04, Gradescope's default image, has Python 3.10; Ubuntu 24.04 has 3.12.
DEFAULT_PYTHONS = ("3.10", "3.12")

#: Those that the pinned numpy has wheels for.
SUPPORTED_PYTHONS = ("3.10", "3.11", "3.12", "3.13")

#: Gradescope's machines, in the words of the wheels' names.
GRADESCOPE_SYSTEM = ("manylinux", "x86_64")

LOCK = Path(__file__).parent / "container" / "requirements.lock"

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
