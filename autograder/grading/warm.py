"""Grade many submissions by one key, which is read once, with workers from one nursery.

A submission comes as the bytes of its files and gets workers of its own, as in every grading, so
the report is the one that it would get alone. Nothing of it is left when the next one comes.
"""

import ast
import os
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from autograder.core.limits import KIB
from autograder.core.records import Report
from autograder.grading.examination import Examination
from autograder.grading.grade import examine_and_judge
from autograder.homework.key import PHASES, Key
from autograder.intake.python_source import list_short_files, parsed, with_newlines
from autograder.intake.take_in import Submission, take_in
from autograder.intake.uploaded import find_uploaded
from autograder.judge.wrong_outputs import hash_wrong_outputs
from autograder.supervisor.spawn import Spawner, spawning
from autograder.supervisor.worker import started_worker

__all__ = ["Judged", "WarmJudge", "write_files"]

#: The Python that grades, such as ``3.10``.
PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"

#: A function that is longer is cut: what is wrong with it is not seen at a glance.
MAX_CODE_CHARACTERS = 16 * KIB


@dataclass(frozen=True)
class Judged:
    """What a submission came to.

    Attributes
    ----------
    report : Report
        For staff, of all checks of the key.
    wrong : dict of str to str
        `autograder.judge.wrong_outputs`.
    code : dict of str to str
        The source of each function of the homework that is defined at the top of its file.
    """

    report: Report
    wrong: Mapping[str, str]
    code: Mapping[str, str]


class WarmJudge:
    """Grades one submission after the other; use it in a ``with`` statement.

    The key has the limits of its homework (`autograder.homework.folder.Homework.read_key`). Layers
    of protection that strangers' code needs may be missing where `allowed_missing` names them; with
    None, for one's own code, all may.
    """

    def __init__(self, key: Key, *, allowed_missing: Collection[str] | None) -> None:
        self.key = key
        self._allowed_missing = allowed_missing
        self._stack = ExitStack()
        self._spawner: Spawner | None = None
        self._count = 0

    def __enter__(self) -> "WarmJudge":
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        self._spawner = self._stack.enter_context(spawning())
        return self

    def __exit__(self, *exception: object) -> None:
        self._spawner = None
        self._stack.close()

    def check_layers(self) -> None:
        """Raise a GraderError if a layer of protection is missing that the code to come needs."""
        started_worker(self._open_spawner(), allowed_missing=self._allowed_missing)

    def grade(self, files: Mapping[str, bytes]) -> Judged:
        """Grade the files of one submission, by their paths in it.

        Raises
        ------
        IntakeError
            If they can't be read as a submission; the sentence says why.
        GraderError
            If no worker can be started, or a layer of protection is missing.
        """
        with self._taken_in(files) as (submission, spawner):
            examination = Examination(
                submission,
                self.key,
                spawner,
                self.key.limits,
                PHASES if self.key.half == "full" else PHASES[:1],
                allowed_missing=self._allowed_missing,
            )
            report = examine_and_judge(examination)
            wrong = hash_wrong_outputs(self.key, report.checks, examination.evidences)
            return Judged(report, wrong, dict(_list_code(submission, self.key)))

    def _open_spawner(self) -> Spawner:
        if self._spawner is None:
            raise RuntimeError("a judge grades inside its 'with' statement")
        return self._spawner

    @contextmanager
    def _taken_in(self, files: Mapping[str, bytes]) -> Iterator[tuple[Submission, Spawner]]:
        spawner = self._open_spawner()
        self._count += 1
        around = spawner.workspace / f"submitted-{self._count}"
        source = around / "source" / "submission"  # as sentences call it
        source.mkdir(parents=True, mode=0o700)
        try:
            write_files(files, source)
            target = around / "submission"
            taken = take_in(
                find_uploaded(source),
                target,
                wanted=self.key.files,
                python=PYTHON,
                optional=self.key.bonus,
            )
            shutil.rmtree(around / "source")
            yield taken, spawner
        finally:
            shutil.rmtree(around, ignore_errors=True)


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files below a folder, whatever their paths say; what has no place there is left out."""
    for name in sorted(files):
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or "\0" in name or not path.parts:
            continue
        target = folder / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(files[name])
        except (FileExistsError, NotADirectoryError, IsADirectoryError, UnicodeEncodeError):
            continue  # a file where a folder is, too; a name that this system can't have
        except OSError as error:
            if error.errno is None or "name too long" not in os.strerror(error.errno).lower():
                raise


def _list_code(submission: Submission, key: Key) -> Iterator[tuple[str, str]]:
    short = {path.stem: path for path in list_short_files(submission.folder)}
    for file, functions in key.files.items():
        if file in short and file in submission.files:
            text = short[file].read_bytes().decode("utf-8", "replace")
            for name, code in _cut_functions(text).items():
                if name in functions:
                    yield f"{file}.{name}", code[:MAX_CODE_CHARACTERS]


def _cut_functions(text: str) -> dict[str, str]:
    """Return the functions at the top of a file as they are written, decorators included."""
    try:
        nodes = parsed(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    lines = with_newlines(text).split("\n")
    found = {}
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *[one.lineno for one in node.decorator_list]])
            found[node.name] = "\n".join(lines[first - 1 : node.end_lineno]) + "\n"
    return found
