"""Where a homework's sources and products are, and whether its compiled key is up to date."""

import hashlib
import importlib.metadata
import runpy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import KeyFileError
from autograder.homework.find import HANDED_OUT_KEY, find_root
from autograder.homework.key import Key, read_key

__all__ = ["Homework", "load_predicates"]

#: What a key depends on beside the solution, the rubric and the data, in the grader's own package.
_COMPILER_SOURCES = (
    "compare.py",
    "results.py",
    "values.py",
    "vectors.py",
    "key.py",
    "authoring/*.py",
    "compiler/*.py",
    "language/*.py",
    "rubric/*.py",
)

#: The packages on whose versions the examples and the results depend.
_COMPILED_WITH = ("hypothesis", "numpy")


@dataclass(frozen=True)
class Homework:
    """The folders of one homework.

    Attributes
    ----------
    root : pathlib.Path
        The folder that holds ``solution/``, ``assignment/``, ``autograder/`` and ``datasets/``, or,
        where the sources are not handed out, the folder with the compiled key: in ``build/``, or a
        student's, beside ``grade.py``.
    """

    root: Path

    @classmethod
    def here(cls, near: Path | None = None) -> "Homework":
        """Return the homework that a call is about.

        Parameters
        ----------
        near : pathlib.Path, optional
            A file or folder in it, for callers that need not run in the homework's folder: the
            tests of an editor, a notebook's kernel.

        Raises
        ------
        UsageError
            If there is none (`autograder.homework.find`); the sentence says where to go.
        """
        return cls(find_root(near))

    @property
    def solution(self) -> Path:
        """The reference solution's folder."""
        return self.root / "solution"

    @property
    def assignment(self) -> Path:
        """The folder of the students' stubs."""
        return self.root / "assignment"

    @property
    def has_sources(self) -> bool:
        """Whether a key can be compiled here."""
        return self.solution.is_dir() and (self.root / "autograder" / "rubric").is_dir()

    def key_path(self, half: str) -> Path:
        """Return where the ``"full"`` or ``"public"`` key is."""
        handed_out = self.root / HANDED_OUT_KEY
        if half == "public" and handed_out.is_file() and not self.has_sources:
            return handed_out
        return self.root / "build" / f"answer-key.{half}"

    @property
    def settings_path(self) -> Path:
        """Where the homework's settings are, if there are any (`autograder.homework.settings`)."""
        return self.root / "homework.ini"

    @property
    def best_half(self) -> str:
        """``"full"`` for staff, ``"public"`` where only the students' key was handed out."""
        return "full" if self.has_sources or self.key_path("full").is_file() else "public"

    def digest(self) -> str:
        """Return a digest of everything that a key is compiled from."""
        package = self.root / "autograder"
        files = [file for pattern in _COMPILER_SOURCES for file in package.glob(pattern)]
        data = [file for file in (self.root / "datasets").glob("*.*") if file.suffix != ".md"]
        files += [*self.solution.glob("*.py"), *data]
        summary = hashlib.sha256()
        for name in _COMPILED_WITH:
            summary.update(f"{name} {_find_version(name)}\n".encode())
        for file in sorted(set(files)):
            content = file.read_bytes()
            name = file.relative_to(self.root).as_posix()
            summary.update(f"{name} {len(content)}\n".encode())
            summary.update(content)
        return summary.hexdigest()

    @property
    def predicates_path(self) -> Path:
        """Where the homework's own kinds of checks are, if it has any."""
        package = Path(__file__).resolve().parent
        own = self.root / "autograder" / "rubric" / "predicates.py"
        return own if own.is_file() else package / "rubric" / "predicates.py"

    def read_key(self, half: str) -> Key | None:
        """Return the compiled key, None where it is missing or stale and can be compiled again.

        Raises
        ------
        KeyFileError
            If there is no usable key and no sources to compile one from.
        """
        path = self.key_path(half)
        if not self.has_sources:
            if not path.is_file():
                raise KeyFileError(
                    f"there is no answer key at {path}, and no solution to compile one from"
                )
            return read_key(path).with_predicates(load_predicates(self.predicates_path))
        try:
            key = read_key(path)
        except KeyFileError:
            return None
        if key.digest != self.digest():
            return None
        return key.with_predicates(load_predicates(self.predicates_path))


def load_predicates(path: Path) -> dict[str, Callable[..., Any]]:
    """Return the public functions of a homework's file of predicates, none where it has no such.

    Parameters
    ----------
    path : pathlib.Path
        Staff's, never a submission's: it runs where the judge does.

    Raises
    ------
    KeyFileError
        If it can't be imported.
    """
    if not path.is_file():
        return {}
    try:
        scope = runpy.run_path(str(path), run_name="predicates_of_the_homework")
    except Exception as error:
        raise KeyFileError(f"{path} can't be imported: {type(error).__name__}: {error}") from error
    return {
        name: thing
        for name, thing in scope.items()
        if getattr(thing, "__module__", None) == "predicates_of_the_homework"
        and callable(thing)
        and not name.startswith("_")
    }


def _find_version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "missing"
