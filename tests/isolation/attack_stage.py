"""A private copy of the project for each attack, with canaries: secrets that no one may see.

The copy lies outside root's home, so that processes of other users can reach it where it lets them.
It is made once (`Template`) and copied for each attack (`Stage`), so that no attack meets the
traces of another one.
"""

import hashlib
import os
import secrets
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.core.codec import decode
from autograder.homework.key import _MAGIC, _SIZE, FORMAT, read_key, sealed

__all__ = ["UNPRIVILEGED", "Stage", "Template", "canary", "interpreter", "left_outside"]

ROOT = Path(__file__).resolve().parents[2]

#: A user that is no one's.
UNPRIVILEGED = 61357

#: Where anyone may write; what an attack leaves there has the run's mark in its name.
PUBLIC_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/dev/mqueue")

SYSTEM_PYTHON = Path("/usr/bin/python3")

#: The function in which attacks are made, and the least length of an input that is no chance.
ATTACKED, SHORTEST_INPUT = "separability.compose_affine", 20

#: What the grader needs, and uses if it is there.
PACKAGES = ("numpy", "numpy.libs", "py_landlock", "pyseccomp.py")


def canary() -> str:
    """Return a secret that nothing else on the machine contains."""
    return f"canary-{secrets.token_hex(8)}"


class Template:
    """The project with canaries in solution, key, tests and history, ready to be copied.

    Parameters
    ----------
    folder : pathlib.Path
        Where it goes; other users can reach it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = interpreter(folder)
        self.project = folder / "project"
        self.canaries = {name: canary() for name in ("solution", "key", "tests", "git", "rubric")}
        self.hidden_inputs = _hidden_inputs(ROOT / "build" / "answer-key.full")
        self.project.mkdir()
        ignored = shutil.ignore_patterns("__pycache__")
        for name in ("autograder", "solution", "rubric", "assignment", "datasets"):
            shutil.copytree(ROOT / name, self.project / name, ignore=ignored)
        shutil.copy(ROOT / "homework.ini", self.project)
        self._plant()
        self._compile()

    def _plant(self) -> None:
        for name, file in (
            ("solution", "solution/separability.py"),
            ("tests", "tests/test_secrets.py"),
            ("rubric", "rubric/notes_of_staff.py"),
            ("git", ".git/objects/12/secret"),
        ):
            path = self.project / file
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a") as handle:
                handle.write(f'\nSECRET = "{self.canaries[name]}"\n')
        shutil.copy(Path(__file__).with_name("attack_naive.py"), self.project / "tests")
        digest = self._digest()
        (self.project / "build").mkdir()
        for half in ("full", "public"):
            name = f"answer-key.{half}"
            content = _resealed(ROOT / "build" / name, digest=digest, secret=self.canaries["key"])
            (self.project / "build" / name).write_bytes(content)

    def _digest(self) -> str:
        """Return what the grading Python takes the project's sources for."""
        ask = "from autograder.homework.folder import Homework; print(Homework.here().digest())"
        command = [self.python, "-c", ask]
        said = subprocess.run(command, cwd=self.project, stdout=subprocess.PIPE, check=True)
        return said.stdout.decode().strip()

    def _compile(self) -> None:
        """Compile to bytecode, so that no process has a reason to write into the project."""
        command = [self.python, "-m", "compileall", "-q", "autograder", "solution", "datasets"]
        subprocess.run(command, cwd=self.project, check=True)


def _hidden_inputs(path: Path) -> tuple[str, ...]:
    """Return the hidden inputs of the attacked function that no public call has, as printed.

    Short ones may be anywhere by chance.
    """
    printed: dict[str, set[str]] = {"public": set(), "hidden": set()}
    for name, function in read_key(path).functions.items():
        for phase in ("public", *(["hidden"] if name == ATTACKED else [])):
            for call in range(function.counts[phase]):
                arrays = [a for a in function.arguments(phase, call) if hasattr(a, "tolist")]
                printed[phase] |= {repr(array.tolist()) for array in arrays}
    found = printed["hidden"] - printed["public"]
    return tuple(sorted([text for text in found if len(text) >= SHORTEST_INPUT]))


def _resealed(path: Path, **changed: str) -> bytes:
    content = path.read_bytes()
    start = len(_MAGIC % FORMAT) + 32
    size = _SIZE.unpack(content[start : start + _SIZE.size])[0]
    end = start + _SIZE.size + size
    return sealed(decode(content[start + _SIZE.size : end]) | changed, content[end:])


def interpreter(folder: Path) -> str:
    """Return a Python with numpy that any user can start; made in `folder` where there is none.

    Raises
    ------
    LookupError
        If there is none; says why.
    """
    if os.geteuid() != 0 or all([_is_open(Path(p)) for p in (sys.executable, sys.base_prefix)]):
        return sys.executable
    import numpy

    installed = Path(numpy.__file__).parents[1]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    if not SYSTEM_PYTHON.exists():
        raise LookupError(f"{sys.executable} is closed to other users, and no {SYSTEM_PYTHON}")
    command = [SYSTEM_PYTHON, "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    if found != version:
        raise LookupError(f"{SYSTEM_PYTHON} is Python {found}; numpy here is for {version}")
    command = [SYSTEM_PYTHON, "-m", "venv", "--without-pip", folder / "env"]
    subprocess.run(command, check=True)
    packages = folder / "env" / "lib" / f"python{version}" / "site-packages"
    for name in PACKAGES:
        if (installed / name).is_dir():
            shutil.copytree(installed / name, packages / name)
        elif (installed / name).exists():
            shutil.copy(installed / name, packages / name)
    return str(folder / "env" / "bin" / "python")


def _is_open(path: Path) -> bool:
    """Tell whether any user can reach a path."""
    places = [path.resolve(), *path.resolve().parents]
    return all([place.stat().st_mode & stat.S_IXOTH for place in places])


@dataclass(frozen=True)
class Stage:
    """Everything that one attack may meet.

    Attributes
    ----------
    folder : pathlib.Path
        Around it all.
    uid : int or None
        Whose it is, and who grades; None for the user of this process.
    canaries : dict of str to str
        By place.
    mark : str
        Tells this run's traces from those of any other one.
    python : str
        The interpreter that grades.
    hidden_inputs : tuple of str
        As printed.
    """

    folder: Path
    uid: int | None
    canaries: dict[str, str]
    mark: str
    python: str
    hidden_inputs: tuple[str, ...]

    @classmethod
    @contextmanager
    def open(cls, template: Template, *, uid: int | None = None) -> "Iterator[Stage]":
        """Copy the template; remove everything at the end, what was left elsewhere too."""
        mark = secrets.token_hex(6)
        folder = Path(tempfile.mkdtemp(prefix="attack-", dir=template.folder))
        canaries = template.canaries | {
            name: canary() for name in ("environment", "home", "tmp", "sibling")
        }
        stage = cls(folder, uid, canaries, mark, template.python, template.hidden_inputs)
        try:
            stage._furnish(template)
            yield stage
        finally:
            _remove(folder)
            for trace in left_outside(mark):
                _remove(Path(trace))
            _remove_memory(mark)

    def __getattr__(self, name: str) -> Path:
        if name in ("project", "results", "home", "tmp", "watched", "submission", "sibling"):
            return self.folder / name
        raise AttributeError(name)

    @property
    def report(self) -> Path:
        return self.results / "report.json"

    @property
    def places(self) -> dict[str, Any]:
        """What the attacks know."""
        names = ("project", "home", "tmp", "watched", "submission", "sibling", "report")
        return {
            "stage": str(self.folder),
            "mark": self.mark,
            "uid": self.uid,
            **{name: str(getattr(self, name)) for name in names},
        }

    def _furnish(self, template: Template) -> None:
        self.folder.chmod(0o755)
        shutil.copytree(template.project, self.project)
        for name in ("results", "home", "tmp", "watched", "submission", "sibling"):
            (self.folder / name).mkdir()
        (self.home / ".netrc").write_text(self.canaries["home"])
        (self.tmp / "of-somebody-else").write_text(self.canaries["tmp"])
        (self.sibling / "separability.py").write_text(f"# {self.canaries['sibling']}\n")

    def hand_over(self) -> None:
        """Give everything its owner and mode, now that the submission is there too."""
        if self.uid is not None:
            for path in [self.folder, *self.folder.rglob("*")]:
                os.chown(path, self.uid, self.uid, follow_symlinks=False)
        for name in ("project", "results", "home", "sibling"):
            (self.folder / name).chmod(0o700)
        for name in ("tmp", "watched"):
            (self.folder / name).chmod(0o1777)

    def snapshot(self) -> dict[str, str]:
        """Return what there is of everything that has to stay as it is."""
        folders = [self.project, self.home, self.sibling, self.submission, self.tmp, self.results]
        return {
            str(path.relative_to(self.folder)): _described(path)
            for folder in folders
            for path in [folder, *_below(folder)]
            if path not in (folder, self.report)
        }


def _below(folder: Path) -> Iterator[Path]:
    """Walk down without following links; however deep."""
    with suppress(OSError):
        for entry in os.scandir(folder):
            yield Path(entry.path)
            if entry.is_dir(follow_symlinks=False) and len(entry.path) < 1500:
                yield from _below(Path(entry.path))


def _described(path: Path) -> str:
    status = os.lstat(path)
    if stat.S_ISDIR(status.st_mode):
        return "a folder"  # the grader may close its own folders to others
    facts = [oct(status.st_mode), status.st_uid, status.st_nlink, status.st_mtime_ns]
    if stat.S_ISREG(status.st_mode):
        facts.append(hashlib.sha256(path.read_bytes()).hexdigest()[:12])
        facts += os.listxattr(path)
    return " ".join(map(str, facts))


def left_outside(mark: str) -> list[str]:
    """Return what lies in public folders with a run's mark in its name."""
    found = []
    for folder in PUBLIC_FOLDERS:
        with suppress(OSError):
            found += [os.path.join(folder, name) for name in os.listdir(folder) if mark in name]
    number = int(mark[:7], 16)
    for kind in ("shm", "msg", "sem"):
        with suppress(OSError), open(f"/proc/sysvipc/{kind}") as table:
            keys = [line.split()[0] for line in table.readlines()[1:]]
            found += [f"SysV {kind}" for key in keys if int(key) == number]
    return found


def _remove_memory(mark: str) -> None:
    for flag in ("-M", "-Q", "-S"):
        if shutil.which("ipcrm"):
            subprocess.run(["ipcrm", flag, hex(int(mark[:7], 16))], capture_output=True)


def _remove(path: Path) -> None:
    """Remove a tree of any depth and whatever modes."""
    if os.geteuid() != 0:
        subprocess.run(["chmod", "-R", "u+rwX", path], capture_output=True)
    subprocess.run(["rm", "-rf", "--one-file-system", path], capture_output=True)
