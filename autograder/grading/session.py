"""Grade again and again while someone works: only what changed, in workers that are warm.

Watch mode, a notebook's check cells and the editor's test panel each keep one session. It runs the
public checks. A function is asked again when its own file, or a file that it may use, has other
bytes than the last time; everything else is remembered.
"""

import hashlib
import os
import re
import shutil
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from autograder.core.limits import Limits
from autograder.core.records import SYNTAX_ERRORS, Raised, Report
from autograder.grading.examination import Examination, Known
from autograder.grading.grade import cut_to, examine_and_judge, with_used
from autograder.homework.key import Key
from autograder.intake.take_in import Submission, take_in
from autograder.judge.evidence import Evidence
from autograder.supervisor.spawn import Spawner, spawning

__all__ = ["Session"]

_WORD = re.compile(r"\w+")

#: What a file can find others by without naming them: it is taken to use all of them.
_FINDERS = frozenset(
    [
        "__builtins__",
        "__import__",
        "__loader__",
        "__spec__",
        "builtins",
        "eval",
        "exec",
        "globals",
        "importlib",
        "modules",
        "open",
        "path",
        "pkgutil",
        "runpy",
    ]
)


class Session:
    """Grades by the public checks of a key, again and again; use it in a ``with`` statement."""

    def __init__(self, key: Key, *, limits: Limits | None = None, python: str = "") -> None:
        self.key = key
        self._python = python  # that grades in the end
        self._limits = limits or key.limits
        self._stack = ExitStack()
        self._spawner: Spawner | None = None
        self._evidences: dict[tuple[str, str], Evidence] = {}
        self._environment: dict[str, str] = {}
        self._layers: dict[str, str] = {}
        self._without_turn: frozenset[tuple[str, str]] = frozenset()
        self._digests: dict[str, str] = {}
        self._runs = 0

    def __enter__(self) -> "Session":
        # Before the first submission: the workers' nursery loads numpy while its user types.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        self._spawner = self._stack.enter_context(spawning())
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes and remove the folder of the session."""
        self._spawner = None
        self._stack.close()

    def grade(self, path: Path, *, functions: Collection[str] | None = None) -> Report:
        """Grade the submission at `path` as it is now; report the same as a run from nothing.

        Of all functions, or only of some, ``file.function``: only these are called, and where one
        of them fails, those of the homework that it uses.

        Raises
        ------
        IntakeError
            If there is nothing to grade at `path`.
        GraderError
            If no worker can be started.
        ValueError
            If a function is none of the homework's.
        """
        self._require(functions)
        with self.taken_in(path) as (submission, _):
            return self.grade_taken_in(submission, functions=functions)

    def grade_taken_in(
        self, submission: Submission, *, functions: Collection[str] | None = None
    ) -> Report:
        """Grade a submission that `taken_in` gave; else as `grade`."""
        self._require(functions)
        wanted = frozenset(self.key.functions if functions is None else functions)
        self._forget_changed(submission, wanted)
        report = self._grade_with_used(submission, wanted)
        return report if functions is None else cut_to(report, wanted)

    def _require(self, functions: Collection[str] | None) -> None:
        unknown = sorted(set(functions or ()) - self.key.functions.keys())
        if unknown:
            raise ValueError(f"the homework has no function {', '.join(unknown)}")

    @contextmanager
    def taken_in(self, path: Path) -> Iterator[tuple[Submission, Spawner]]:
        """Take the submission at `path` in as it is now, and yield it and what starts workers.

        The copy is removed at the end.

        Raises
        ------
        IntakeError
            If there is nothing at `path`.
        """
        spawner = self._open_spawner()
        self._runs += 1
        folder = spawner.workspace / f"session-{self._runs}" / "submission"
        try:
            taken = take_in(
                path,
                folder,
                wanted=self.key.files,
                python=self._python,
                optional=self.key.bonus,
            )
            yield taken, spawner
        finally:
            shutil.rmtree(folder.parent, ignore_errors=True)

    @property
    def unreadable(self) -> tuple[str, ...]:
        """The files, without ``.py``, that Python could not read when they were last graded."""
        problems = {e.key.file: e.file.problem for e in self._evidences.values() if e.file}
        raised = {file: p.kind for file, p in problems.items() if isinstance(p, Raised)}
        return tuple([file for file, kind in raised.items() if kind in SYNTAX_ERRORS])

    def _open_spawner(self) -> Spawner:
        if self._spawner is None:
            raise RuntimeError("a session grades inside its 'with' statement")
        return self._spawner

    def _forget_changed(self, submission: Submission, wanted: Collection[str]) -> None:
        digests = digests_of(submission)
        # Asked for the same once more, someone wants to see whether it still hangs.
        is_again = digests == self._digests
        self._evidences = {
            place: evidence
            for place, evidence in self._evidences.items()
            if digests.get(evidence.key.file) == self._digests.get(evidence.key.file)
            and place not in self._without_turn
            and not (is_again and place[0] in wanted and evidence.ending is not None)
        }
        self._digests = digests

    def _grade_with_used(self, submission: Submission, wanted: frozenset[str]) -> Report:
        while True:
            report = self._examine(submission, wanted)
            wider = with_used(wanted, report, self._evidences)
            if wider == wanted:
                return report
            wanted = wider

    def _examine(self, submission: Submission, wanted: frozenset[str]) -> Report:
        examination = Examination(
            submission,
            self.key,
            self._open_spawner(),
            self._limits,
            ("public",),
            known=Known(self._evidences, wanted, self._environment, self._layers),
        )
        report = examine_and_judge(examination)
        self._evidences = examination.evidences
        self._environment, self._layers = examination.environment, examination.layers
        self._without_turn = examination.without_turn()
        return report


def digests_of(submission: Submission) -> dict[str, str]:
    """Return for each file a digest of it and of every file that it may use.

    A file may use those whose names stand in it, as any word and however Python's rules allow to
    spell it; all of them, if a word stands in it by which files are found in other ways.
    """
    contents = {name: (submission.folder / f"{name}.py").read_bytes() for name in submission.files}
    for path in submission.inner:  # a package counts as one file
        package = path.partition("/")[0]
        content = (submission.folder / path).read_bytes()
        contents[package] = contents.get(package, b"") + f"\n# {path}\n".encode() + content
    uses: dict[str, set[str]] = {}
    for name, content in contents.items():
        text = unicodedata.normalize("NFKC", content.decode("utf-8", "replace"))
        words = set(_WORD.findall(text))
        uses[name] = set(contents) if words & _FINDERS else words & contents.keys()
    return {name: _digest(contents, _reach(name, uses)) for name in contents}


def _reach(name: str, uses: dict[str, set[str]]) -> set[str]:
    reached = {name}
    queue = [name]
    while queue:
        new = uses[queue.pop()] - reached
        reached |= new
        queue += new
    return reached


def _digest(contents: dict[str, bytes], names: set[str]) -> str:
    summary = hashlib.sha256()
    for name in sorted(names):
        summary.update(f"{name} {len(contents[name])}\n".encode() + contents[name])
    return summary.hexdigest()
