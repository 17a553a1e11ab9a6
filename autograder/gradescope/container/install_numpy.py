"""Unpack the numpy wheel that fits this interpreter into its environment, and check its digest.

Run by ``setup.sh`` with the environment's own python. That one has no pip, and needs none: a wheel
is a zip whose content goes to ``site-packages``.
"""

import hashlib
import platform
import sys
import sysconfig
import zipfile
from pathlib import Path

#: How the wheels' names call the operating systems.
SYSTEMS = {"Linux": "manylinux", "Darwin": "macosx"}


def main(source: Path) -> None:
    """Install from the folder `source`, or end with a sentence."""
    wheel = _fitting(sorted((source / "wheels").glob("*.whl")))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if f"sha256:{digest}" not in (source / "requirements.lock").read_text("utf-8"):
        sys.exit(f"{wheel.name} is not what requirements.lock names: its digest is {digest}")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(sysconfig.get_paths()["platlib"])
    print(f"installed {wheel.name}")


def _fitting(wheels: list[Path]) -> Path:
    """Return the wheel for this interpreter, operating system and processor."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    tag = f"cp{python.replace('.', '')}"
    system, machine = SYSTEMS.get(platform.system(), "?"), platform.machine()
    for wheel in wheels:
        _, _, *tags, platforms = wheel.stem.split("-")
        if tags == [tag, tag] and platforms.startswith(system) and platforms.endswith(machine):
            return wheel
    names = ", ".join([wheel.name for wheel in wheels]) or "none"
    sys.exit(
        f"this image has Python {python} on {platform.system()} {machine}, and the package has no"
        f" wheel for it (it has: {names}). Package again with --python {python}, or choose another"
        " base image."
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
