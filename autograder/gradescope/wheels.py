"""The numpy wheels that go into the package: pinned by digest, downloaded once, then kept."""

import hashlib
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from autograder.errors import GraderError, UsageError

__all__ = [
    "DEFAULT_PYTHONS",
    "LOCK",
    "SUPPORTED_PYTHONS",
    "fetch_wheels",
    "this_python",
    "this_system",
]

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
    """Return one verified wheel for each Python, from `folder` or else downloaded into it.

    Parameters
    ----------
    folder : pathlib.Path
        The store; created where missing.
    pythons : sequence of str
        Versions such as ``"3.10"``.
    system : tuple of str
        Operating system and processor, in the words of the wheels' names.

    Raises
    ------
    UsageError
        If there is no wheel for one of `pythons`, or it can't be downloaded.
    """
    for python in pythons:
        if python not in SUPPORTED_PYTHONS:
            raise UsageError(
                f"the pinned {_requirement()} has wheels for Python {', '.join(SUPPORTED_PYTHONS)},"
                f" not for {python!r}"
            )
    folder.mkdir(parents=True, exist_ok=True)
    return [_wheel(folder, python, system) for python in sorted(set(pythons), key=pythons.index)]


def _requirement() -> str:
    return next(line.split()[0] for line in LOCK.read_text("utf-8").splitlines() if "==" in line)


def _wheel(folder: Path, python: str, system: tuple[str, str]) -> Path:
    stored = _stored(folder, python, system)
    if stored is None:
        _download(folder, python, system)
        stored = _stored(folder, python, system)
    if stored is None:
        raise GraderError(
            f"pip downloaded no wheel for Python {python} that requirements.lock names"
        )
    return stored


def _stored(folder: Path, python: str, system: tuple[str, str]) -> Path | None:
    """Return the wheel if it is in the store and whole."""
    tag = f"cp{python.replace('.', '')}"
    pattern = f"{_requirement().replace('==', '-')}-{tag}-{tag}-{system[0]}*{system[1]}.whl"
    pinned = set(re.findall(r"sha256:([0-9a-f]{64})", LOCK.read_text("utf-8")))
    for file in sorted(folder.glob(pattern)):
        if hashlib.sha256(file.read_bytes()).hexdigest() in pinned:
            return file
        file.unlink()  # cut short, or tampered with
    return None


def _download(folder: Path, python: str, system: tuple[str, str]) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary=:all:", "--require-hashes", "--requirement", str(LOCK)]
    command += ["--python-version", python, "--implementation", "cp"]
    if system[0] == "manylinux":  # on macOS pip knows best which of the wheels fits
        command += ["--platform", f"manylinux2014_{system[1]}"]
    with tempfile.TemporaryDirectory(prefix="download-", dir=folder) as temporary:
        problem = _run_pip([*command, "--dest", temporary])
        for file in Path(temporary).glob("*.whl"):
            file.replace(folder / file.name)  # only a whole file ever has this name
    if problem:
        raise UsageError(
            f"{_requirement()} for Python {python} could not be downloaded ({problem}). Packaging"
            f" needs the network and pip the first time; then the wheel is kept in {folder}."
        )


def _run_pip(command: list[str]) -> str:
    """Run pip; return its last line where it failed, and nothing where it did not."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS)
    except subprocess.TimeoutExpired:
        return f"no answer within {DOWNLOAD_SECONDS:.0f} s"
    return (done.stderr.strip().splitlines() or ["no message"])[-1] if done.returncode else ""
