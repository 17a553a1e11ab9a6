"""What a process needs to grade a class: the key and the settings, as bytes, and who grades.

Two processes grade alike where they have the same grader, Python and numpy; `identify` names these.
The key travels, so that a machine of a cluster needs no copy of the homework.
"""

import contextlib
import functools
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from autograder import __version__
from autograder.classroom.engine.entry import EntryMaker
from autograder.core.limits import Limits
from autograder.core.writing import read_portable
from autograder.errors import GraderError
from autograder.grading.warm import WarmJudge
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework, load_predicates
from autograder.homework.key import Key, read_key
from autograder.homework.settings import Feedback

__all__ = ["Setup", "identify", "open_maker", "set_up", "tell_difference"]

#: The packages that decide what a report says; the others only start it, or show it elsewhere.
DECIDING = (
    "classroom/engine",
    "core",
    "grading",
    "homework",
    "intake",
    "isolation",
    "judge",
    "outputs",
    "supervisor",
    "worker",
)

_PACKAGE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Setup:
    """All that a process needs beside the submissions.

    Attributes
    ----------
    key, predicates : bytes
        The full answer key, and the homework's own kinds of checks as Python; empty without any.
    key_digest : str
        Of what the key was compiled from.
    functions : tuple of str
        All functions of the key, ``file.function``, in its order.
    grader : dict of str to str
        What `identify` says where the class is graded.
    """

    key: bytes = field(repr=False)
    predicates: bytes = field(repr=False)
    key_digest: str
    functions: tuple[str, ...]
    limits: Limits
    closed: tuple[str, ...]
    allowed_missing: tuple[str, ...]
    feedback: Feedback
    grader: Mapping[str, str]

    @functools.cached_property
    def digest(self) -> str:
        """A digest of everything that a report depends on beside the submission."""
        return _digest({"key": hashlib.sha256(self.key).hexdigest(), "around": self.around})

    @functools.cached_property
    def around(self) -> str:
        """A digest of everything that a report depends on beside the submission and the key."""
        decides = {
            "predicates": hashlib.sha256(self.predicates).hexdigest(),
            "limits": asdict(self.limits),
            "allowed_missing": sorted(self.allowed_missing),
            "feedback": asdict(self.feedback),
            "grader": dict(self.grader),
        }
        return _digest(decides)


def _digest(decides: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


def set_up(homework: Homework) -> Setup:
    """Return what grading this homework takes, with its key compiled where it is not up to date.

    Raises
    ------
    GraderError
        If there is no full key.
    """
    key = current_key(homework, "full")
    if key.half != "full":
        raise GraderError(f"{homework.key_path('full')} is not a full answer key")
    predicates = homework.predicates_path
    return Setup(
        key=homework.key_path("full").read_bytes(),
        predicates=predicates.read_bytes() if predicates.is_file() else b"",
        key_digest=key.digest,
        functions=tuple(key.functions),
        limits=homework.settings.limits.limits,
        closed=tuple([str(path) for path in homework.closed]),
        allowed_missing=homework.settings.protection.allow_missing,
        feedback=homework.settings.feedback,
        grader=identify(),
    )


@contextlib.contextmanager
def open_maker(setup: Setup) -> Iterator[EntryMaker]:
    """Read the key, start the nursery of workers, and yield what makes entries.

    Raises
    ------
    GraderError
        If a layer of protection is missing that strangers' code needs.
    """
    with WarmJudge(_read_key(setup), allowed_missing=setup.allowed_missing) as judge:
        judge.check_layers()
        yield EntryMaker(judge, setup.feedback)


def _read_key(setup: Setup) -> Key:
    with tempfile.TemporaryDirectory(prefix="class-") as name:  # closed to other users
        path, predicates = Path(name, "answer-key.full"), Path(name, "predicates.py")
        path.write_bytes(setup.key)
        if setup.predicates:
            predicates.write_bytes(setup.predicates)
        key = read_key(path).with_predicates(load_predicates(predicates))
    return replace(key.with_limits(setup.limits), closed=tuple(map(Path, setup.closed)))


def identify() -> dict[str, str]:
    """Return the versions, here, of all that a report depends on beside key and submission."""
    import numpy as np

    summary = hashlib.sha256()
    for folder in DECIDING:
        for file in sorted((_PACKAGE / folder).rglob("*")):
            if file.suffix in (".py", ".j2", ".css", ".js"):
                content = read_portable(file)
                name = file.relative_to(_PACKAGE).as_posix()
                summary.update(f"{name} {len(content)}\n".encode() + content)
    return {
        "grader": f"{__version__} ({summary.hexdigest()[:12]})",
        "Python": sys.version.split()[0],
        "numpy": np.__version__,
    }


def tell_difference(there: Mapping[str, str], here: Mapping[str, str]) -> str:
    """Return in what two graders differ, as ``numpy 2.1, here 2.3``; empty if they don't."""
    names = [name for name in here if there.get(name) != here[name]]
    return "; ".join([f"{n} {there.get(n, 'is missing')}, here {here[n]}" for n in names])
