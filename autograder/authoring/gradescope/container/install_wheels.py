"""Unpack the wheels that fit this interpreter into its environment, and check their digests.

Run by ``setup.sh`` with the environment's own python. That one has no pip, and needs none: a wheel
is a zip whose content goes to ``site-packages``. ``requirements.lock`` says which packages there
have to be; packaging reads it by the same functions.
"""

import hashlib
import platform
import re
import sys
import sysconfig
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Locked", "find_wheel", "has_locked_digest", "read_lock"]

#: How the wheels' names call the operating systems.
SYSTEMS = {"Linux": "manylinux", "Darwin": "macosx"}


@dataclass(frozen=True)
class Locked:
    """One package of the lock: `text` is its entry in pip's form, `digests` are SHA-256."""

    name: str
    version: str
    digests: frozenset[str]
    text: str


def read_lock(lock: Path) -> list[Locked]:
    """Return the packages of a lock: lines in pip's form, each with its wheels' digests."""
    content = re.sub(r"^#.*\n", "", lock.read_text("utf-8"), flags=re.MULTILINE)
    entries = content.replace("\\\n", " ").strip().splitlines()
    return [_locked(entry) for entry in entries]


def _locked(entry: str) -> Locked:
    name, _, version = entry.split()[0].partition("==")
    return Locked(name, version, frozenset(re.findall(r"sha256:([0-9a-f]{64})", entry)), entry)


def find_wheel(
    wheels: Iterable[Path], locked: Locked, python: str, system: tuple[str, str]
) -> Path | None:
    """Return the package's wheel for a Python such as ``3.10``, or its pure one; None without.

    Only the names are looked at; `system` has operating system and processor in their words.
    """
    tag = f"cp{python.replace('.', '')}"
    for wheel in wheels:
        name, version, *tags, platforms = wheel.stem.split("-")
        if (name, version) != (locked.name.replace("-", "_"), locked.version):
            continue
        is_pure = [*tags, platforms] == ["py3", "none", "any"]
        is_for_system = platforms.startswith(system[0]) and platforms.endswith(system[1])
        if is_pure or (tags == [tag, tag] and is_for_system):
            return wheel
    return None


def has_locked_digest(wheel: Path, locked: Locked) -> bool:
    """Return whether the file is one of those that the lock names."""
    return hashlib.sha256(wheel.read_bytes()).hexdigest() in locked.digests


def main(source: Path) -> None:
    """Install from the folder `source`, or end with a sentence."""
    wheels = sorted((source / "wheels").glob("*.whl"))
    for locked in read_lock(source / "requirements.lock"):
        wheel = _fitting(wheels, locked)
        if not has_locked_digest(wheel, locked):
            sys.exit(f"{wheel.name} is not what requirements.lock names: its digest is another")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(sysconfig.get_paths()["platlib"])
        print(f"installed {wheel.name}")


def _fitting(wheels: list[Path], locked: Locked) -> Path:
    """Return the wheel for this interpreter, operating system and processor."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    system = (SYSTEMS.get(platform.system(), "?"), platform.machine())
    wheel = find_wheel(wheels, locked, python, system)
    if wheel is None:
        names = ", ".join([wheel.name for wheel in wheels]) or "none"
        sys.exit(
            f"this image has Python {python} on {platform.system()} {system[1]}, and the package"
            f" has no wheel of {locked.name} for it (it has: {names}). Package again with --python"
            f" {python}, or choose another base image."
        )
    return wheel


if __name__ == "__main__":
    main(Path(sys.argv[1]))
