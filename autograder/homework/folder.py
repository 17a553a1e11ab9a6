"""Where a homework's sources and products are, and whether its compiled key is up to date."""

import hashlib
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import KeyFileError
from autograder.homework.find import HANDED_OUT_KEY, find_root
from autograder.homework.key import Key, read_key

__all__ = ["Homework"]

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
            return read_key(path)
        try:
            key = read_key(path)
        except KeyFileError:
            return None
        return key if key.digest == self.digest() else None


def _find_version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "missing"
