"""Run the quick tests on each supported Python of this machine, as root and as an ordinary user.

``make test-matrix`` starts it; ``make test-matrix ARGS="-s 'ordinary(3.12.1)' -- -k compare"`` runs
one of the sessions and a few of the tests. Every session has a copy of the project and an
environment of its own, in a folder that every user can read and that goes with the session.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parent

#: The Pythons that the project supports, and all places where one may be.
SUPPORTED = tuple([f"3.{minor}" for minor in range(10, 15)])
PLACES = (
    "/usr/bin",
    "/usr/local/bin",
    "/opt/homebrew/bin",
    *os.environ.get("PATH", "").split(os.pathsep),
    *sorted(map(str, Path.home().glob(".pyenv/versions/*/bin"))),
)

#: A user that is nobody's.
ORDINARY = 61357

IS_ROOT = os.name == "posix" and os.geteuid() == 0

#: What a copy of the project does without.
NOT_COPIED = shutil.ignore_patterns(".venv*", ".nox", "dist", "__pycache__", ".*_cache")

ENVIRONMENTS = tempfile.TemporaryDirectory(prefix="matrix-")
Path(ENVIRONMENTS.name).chmod(0o755)

nox.options.envdir = os.path.join(ENVIRONMENTS.name, "env")
nox.options.error_on_missing_interpreters = True


def _find_interpreters() -> dict[str, str]:
    """Return the path of each supported Python by its full version."""
    found: dict[str, str] = {}
    code = "import sys; print('%d.%d.%d' % sys.version_info[:3], sys.base_prefix)"
    for place in dict.fromkeys(PLACES):
        for path in sorted(Path(place).glob("python3.[0-9][0-9]")) if place else ():
            command = [str(path), "-I", "-c", code]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            version, _, prefix = done.stdout.strip().partition(" ")
            if done.returncode == 0 and version.rpartition(".")[0] in SUPPORTED:
                found.setdefault(version, os.path.join(prefix, "bin", path.name))
    return dict(sorted(found.items(), key=lambda item: int(item[0].split(".")[1])))


def _is_open(path: Path) -> bool:
    return all([place.stat().st_mode & 0o005 == 0o005 for place in (path, *path.parents)])


def _open_to_all(python: str) -> str:
    """Return a Python that every user can start: a copy, where it lies in a closed folder."""
    prefix = Path(python).parents[1]
    if not IS_ROOT or _is_open(prefix):
        return python
    copy = Path(ENVIRONMENTS.name, f"of-{prefix.name}")
    if not copy.exists():
        left_out = shutil.ignore_patterns("test", "tests", "site-packages", "__pycache__")
        shutil.copytree(prefix, copy, symlinks=True, ignore=left_out)
        _find_library_beside(copy / "bin" / Path(python).name, str(prefix / "lib"))
    return str(copy / "bin" / Path(python).name)


def _find_library_beside(program: Path, folder: str) -> None:
    """Let a copied program look for its shared library in the copy, not where it was built."""
    built, beside = f"{folder}\0".encode(), b"$ORIGIN/../lib\0"
    if len(built) >= len(beside):
        content = program.read_bytes()
        program.write_bytes(content.replace(built, beside.ljust(len(built), b"\0")))


INTERPRETERS = {version: _open_to_all(path) for version, path in _find_interpreters().items()}


@contextmanager
def _copied_project(session: nox.Session, *, owner: int | None) -> Iterator[Path]:
    """Copy the project and install it; remove it at the end."""
    with tempfile.TemporaryDirectory(prefix="project-", dir=ENVIRONMENTS.name) as folder:
        Path(folder).chmod(0o755)
        project = Path(folder, "project")
        shutil.copytree(ROOT, project, symlinks=True, ignore=NOT_COPIED)
        with session.chdir(project):
            session.install("--editable", ".[dev]")
            if owner is not None:
                for path in [Path(folder), *Path(folder).rglob("*")]:
                    os.chown(path, owner, owner, follow_symlinks=False)
            yield project


def _test(session: nox.Session, project: Path, *before: str) -> None:
    """Run the quick tests, or those that the words after ``--`` choose."""
    home = project.parent / "home"
    environment = {"HOME": str(home), "TMPDIR": str(home / "tmp")} if before else {}
    words = ["python", "-m", "pytest", "-n", "2", "--dist", "loadfile", "-q", "-m", "not slow"]
    session.run(*before, *words, *session.posargs, env=environment, external=bool(before))


@nox.session
@nox.parametrize("python", [nox.param(path, id=name) for name, path in INTERPRETERS.items()])
def root(session: nox.Session) -> None:
    """Run the tests as root."""
    if not IS_ROOT:
        session.skip("not started as root")
    with _copied_project(session, owner=None) as project:
        _test(session, project)


@nox.session
@nox.parametrize("python", [nox.param(path, id=name) for name, path in INTERPRETERS.items()])
def ordinary(session: nox.Session) -> None:
    """Run the tests as a user without rights."""
    if IS_ROOT and not shutil.which("setpriv"):
        session.skip("there is no setpriv, to become another user")
    with _copied_project(session, owner=ORDINARY if IS_ROOT else None) as project:
        if not IS_ROOT:
            _test(session, project)
            return
        for folder in (project.parent / "home", project.parent / "home" / "tmp"):
            folder.mkdir()
            os.chown(folder, ORDINARY, ORDINARY)
        user = [f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups"]
        _test(session, project, "setpriv", *user)
