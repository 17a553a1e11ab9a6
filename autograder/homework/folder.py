"""Where a homework's files are, and whether its compiled key is current."""

import functools
import hashlib
import runpy
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.core.writing import read_portable
from autograder.errors import KeyFileError
from autograder.homework.find import (
    HANDED_OUT_KEY,
    HANDED_OUT_STUBS,
    SETTINGS,
    find_homework,
)

if TYPE_CHECKING:
    from autograder.homework.key import Key
    from autograder.homework.settings import Settings

__all__ = ["Homework", "list_own_verbs", "load_predicates"]

#: What a key depends on beside the homework itself: what compiles it and what it is written in.
_COMPILER_SOURCES = (
    "authoring/changes/*.py",
    "authoring/compiler/*.py",
    "authoring/language/*.py",
    "core/codec.py",
    "core/compare.py",
    "core/recorded.py",
    "core/results.py",
    "core/right_replies.py",
    "core/sketches.py",
    "core/vectors.py",
    "homework/key.py",
)

_PACKAGE = Path(__file__).resolve().parents[1]

#: What of a homework tells answers: its sources, keys, tests and history.
_CLOSED = ("solution", "rubric", "build", HANDED_OUT_KEY, "dist", "tests", ".git")

#: The packages on whose versions the examples and the results depend.
_COMPILED_WITH = ("hypothesis", "numpy")


@dataclass(frozen=True)
class Homework:
    """The folders of one homework.

    Its `root` holds ``homework.ini``, and ``solution/``, ``rubric/`` and the rest, or, where these
    are not handed out, the compiled key: in ``build/``, or a student's, beside ``grade.py``.
    """

    root: Path

    @classmethod
    def here(cls, near: Path | None = None) -> "Homework":
        """Return the homework that a call is about, or raise a UsageError that says where to go.

        `near` is a file or folder in it, for callers that need not run in the homework's folder:
        the tests of an editor, a notebook's kernel.
        """
        return cls(find_homework(near=near))

    @property
    def solution(self) -> Path:
        """The reference solution's folder."""
        return self.root / "solution"

    @property
    def rubric(self) -> Path:
        """The folder of the exam key."""
        return self.root / "rubric"

    @property
    def predicates_path(self) -> Path:
        """Where the homework's own kinds of checks are, if it has any."""
        return self.rubric / "predicates.py"

    @property
    def pictures(self) -> Path:
        """The folder of the homework's own code for its pictures; it need not exist."""
        return self.rubric / "pictures"

    @property
    def experiments(self) -> Path:
        """The folder of the homework's own verbs, of the same kind."""
        return self.rubric / "experiments"

    @property
    def own_files(self) -> list[Path]:
        """What of that code is handed out: every module but ``declare.py``, which is compiled."""
        files = [*self.pictures.glob("*.py"), *self.experiments.glob("*.py")]
        return [file for file in sorted(files) if file.name != "declare.py"]

    @property
    def assignment(self) -> Path:
        """The folder of the students' stubs."""
        return self.root / "assignment"

    @property
    def stubs_path(self) -> Path:
        """Where students have the stubs as they were handed out."""
        return self.root / HANDED_OUT_STUBS

    @property
    def closed(self) -> tuple[Path, ...]:
        """What a submission must not look into, whether it exists or not.

        That of this homework, of those around its folder and below it, and of one around this
        package.
        """
        root = self.root.resolve()
        around = [f for f in (*root.parents, _PACKAGE.parent) if (f / SETTINGS).is_file()]
        below = [file.parent for file in root.glob(f"*/*/{SETTINGS}")]
        folders = dict.fromkeys([root, *around, *below])
        known = root / self.settings.homework.submissions
        return (known, *[folder / name for folder in folders for name in _CLOSED])

    @property
    def has_sources(self) -> bool:
        """Whether a key can be compiled here."""
        # Students have some of rubric/, and a few make a folder called solution/.
        return self.solution.is_dir() and (self.rubric / "exam.py").is_file()

    @property
    def is_handed_out(self) -> bool:
        """Whether this is a student's copy, with the public key alone."""
        return (self.root / HANDED_OUT_KEY).is_file()

    def key_path(self, half: str) -> Path:
        """Return where the ``"full"`` or ``"public"`` key is."""
        handed_out = self.root / HANDED_OUT_KEY
        if half == "public" and handed_out.is_file() and not self.has_sources:
            return handed_out
        return self.root / "build" / f"answer-key.{half}"

    @functools.cached_property
    def settings(self) -> "Settings":
        """What staff decided in ``homework.ini``."""
        from autograder.homework.settings import read_settings  # here, as most verbs need none

        return read_settings(self.settings_path)

    @property
    def settings_path(self) -> Path:
        """Where the homework's settings are (`autograder.homework.settings`)."""
        return self.root / SETTINGS

    @property
    def best_half(self) -> str:
        """``"full"`` for staff, ``"public"`` where only the students' key was handed out."""
        return "full" if self.has_sources or self.key_path("full").is_file() else "public"

    def digest(self) -> str:
        """Return a digest of everything that a key is compiled from."""
        own = [*self.rubric.rglob("*.py"), *self.solution.glob("*.py")]
        files = {*own}.difference(self.own_files)  # these draw and try, and decide nothing
        return self._sum_up({*files, *self._data_files})

    def compiler_digest(self) -> str:
        """Return a digest of that but for rubric and solution, and of this Python."""
        return f"{sys.version_info[:2]} {self._sum_up(self._data_files)}"

    @property
    def _data_files(self) -> set[Path]:
        data = [file for file in (self.root / "datasets").rglob("*") if file.is_file()]
        return {file for file in data if file.suffix not in (".md", ".pyc")}

    def _sum_up(self, files: Iterable[Path]) -> str:
        """Return a digest of the compiler, of versions, and of some files of the homework."""
        named = {
            f"autograder/{file.relative_to(_PACKAGE).as_posix()}": file
            for pattern in _COMPILER_SOURCES
            for file in _PACKAGE.glob(pattern)
        }
        named |= {file.relative_to(self.root).as_posix(): file for file in files}
        summary = hashlib.sha256()
        for name in _COMPILED_WITH:
            summary.update(f"{name} {_find_version(name)}\n".encode())
        for name in sorted(named):
            content = read_portable(named[name])
            summary.update(f"{name} {len(content)}\n".encode())
            summary.update(content)
        return summary.hexdigest()

    def read_key(self, half: str) -> "Key | None":
        """Return the compiled key, None where it is missing or stale and can be compiled again.

        Where there are no sources to compile one from, a KeyFileError says what is wrong.
        """
        from autograder.homework.key import read_key  # here, as it takes numpy: see `cli`

        path = self.key_path(half)
        if not self.has_sources:
            if not path.is_file():
                raise KeyFileError(
                    f"there is no answer key at {path}, and no solution to compile one from"
                )
            key = read_key(path)
        else:
            try:
                key = read_key(path)
            except KeyFileError:
                return None
            if key.digest != self.digest():
                return None
        key = key.with_predicates(load_predicates(self.predicates_path))
        return replace(key.with_limits(self.settings.limits.limits), closed=self.closed)


def list_own_verbs(homework: Homework) -> list[tuple[str, str]]:
    """Return the names of a homework's verbs, and what each does, without running its code.

    They are the first two words of each ``OwnVerb(...)`` of ``verbs.py``.
    """
    try:
        source = (homework.experiments / "verbs.py").read_bytes()
    except OSError:
        return []
    import ast  # here, as no grade needs it

    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    own = [call for call in calls if getattr(call.func, "id", "") == "OwnVerb"]
    return [
        tuple([ast.literal_eval(word) for word in call.args[:2]])
        for call in sorted(own, key=lambda call: call.lineno)
    ]


def load_predicates(path: Path) -> dict[str, Callable[..., Any]]:
    """Return the public functions of a homework's file of predicates, none where it has no such.

    The file is staff's, never a submission's: it runs where the judge does. A KeyFileError says why
    it can't be imported.
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
    """Return an installed package's version, as the folder that pip writes beside it says."""
    for entry in sys.path:  # `importlib.metadata` finds the same, and is 30 ms of imports
        found = sorted(Path(entry or ".").glob(f"{package}-*.dist-info"))
        if found:
            return found[0].name.removeprefix(f"{package}-").removesuffix(".dist-info")
    import importlib.metadata

    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "missing"
