"""Build a minimal Debian or Ubuntu root with debootstrap, once, and keep it as an archive.

The suite and the mirror are this machine's own, as its apt has them. In the root is less than in
Gradescope's images, 'a fresh install of the OS' with what the platform itself needs: python3, which
its harness runs on, and dos2unix, which prepares the two scripts; something has to unpack the zip,
too. No pip, and no package of Python's but its own library. Sources:

- https://gradescope-autograders.readthedocs.io/en/latest/base_images/
- https://gradescope-autograders.readthedocs.io/en/latest/python3_issues/
- https://github.com/gradescope/autograder_samples/blob/master/manual_docker/Dockerfile
"""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["PACKAGES", "UnavailableError", "root_archive"]

#: What is added to the packages that every root has (debootstrap's variant minbase).
PACKAGES = ("dos2unix", "python3", "unzip")

BUILD_SECONDS = 900.0


class UnavailableError(Exception):
    """No root can be built on this machine; the message says why."""


def root_archive(build: Path) -> Path:
    """Return the archive of the root below the folder `build`, which keeps it.

    Raises
    ------
    UnavailableError
        If there is none yet and it can't be built here.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        raise UnavailableError("a root can only be built by root, on Linux")
    suite = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    recipe = " ".join([suite, platform.machine(), *PACKAGES])
    digest = hashlib.sha256(recipe.encode()).hexdigest()[:12]
    archive = build / f"gradescope-root-{suite}-{digest}.tar"
    build.mkdir(exist_ok=True)
    with archive.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests in another process may be about to build it, too
        if not archive.exists():
            _build(suite, archive)
    return archive


def _build(suite: str, archive: Path) -> None:
    if shutil.which("debootstrap") is None:
        raise UnavailableError("there is no debootstrap: apt-get install debootstrap")
    folder = archive.with_suffix(".part")
    shutil.rmtree(folder, ignore_errors=True)
    command = ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}"]
    try:
        _run([*command, suite, str(folder), _mirror(suite)])
        for place in ("var/cache/apt/archives", "var/lib/apt/lists"):
            shutil.rmtree(folder / place)
        part = archive.with_suffix(".tar.part")
        _run(["tar", "--numeric-owner", "-C", str(folder), "-cf", str(part), "."])
        part.replace(archive)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _mirror(suite: str) -> str:
    """Return where this machine's apt has the suite from."""
    form = ["--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"]
    for line in _run(["apt-get", "indextargets", *form]).splitlines():
        address, _, place = line.partition(" ")
        if place == f"{suite} main":
            return address
    raise UnavailableError(f"apt has no source of {suite}: apt-get update")


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=BUILD_SECONDS,
            env=os.environ | {"LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"{command[0]} failed: {error}") from error
    if done.returncode:
        last = (done.stdout.strip().splitlines() or ["no message"])[-1]
        raise UnavailableError(f"{command[0]} failed: {last}")
    return done.stdout
