"""Show the homework's checks to pytest, and so to the test panels of VS Code and PyCharm.

Each public check is a test: file, function, the check's title. Nothing of the student's is imported
here: the functions of the tests that are to run are graded by workers
(`autograder.grading.session`), all
at once, when the first of them runs. A failed test shows the grader's message alone; what is not
started is skipped.

The handout's ``conftest.py`` loads this module; it does nothing anywhere else.
"""

import ast
import os
import re
import types
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.core.message import Label
from autograder.core.records import CheckResult, Report, Status
from autograder.errors import AutograderError, UsageError
from autograder.grading.session import Session
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework
from autograder.homework.key import CheckKey, Key
from autograder.outputs.groups import (
    gather_blocks,
    later_text,
    line_of,
    reached_points_text,
    score_text,
)
from autograder.outputs.report_json import write_message
from autograder.outputs.text import block_lines

__all__ = [
    "CheckItem",
    "FunctionChecks",
    "HomeworkFile",
    "pytest_collect_file",
    "pytest_configure",
    "pytest_terminal_summary",
    "pytest_unconfigure",
]


class Grading:
    """The reports of one run of pytest, made when its first test needs them."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.reports: dict[Path, Report] = {}
        self._results: dict[tuple[Path, str], CheckResult] = {}
        self._told: dict[tuple[Path, str], str] = {}
        self._session: Session | None = None

    def result(self, item: "CheckItem") -> CheckResult:
        """Return the verdict on an item's check; the first time, grade all that are to run."""
        folder = item.path.parent
        if (folder, item.check.id) not in self._results:
            items = [other for other in item.session.items if isinstance(other, CheckItem)]
            here = [other for other in items if other.path.parent == folder]
            self._grade(folder, {other.check.function for other in here})
        return self._results[folder, item.check.id]

    def shown(self, result: CheckResult, folder: Path) -> str:
        """Return what to say of a failed check; what is wrong with a file in full once."""
        worth = reached_points_text([result])
        told = self._told.setdefault((folder, result.waits_for), result.id)
        if result.waits_for and told != result.id:
            return f"{worth}: {line_of(result)}"
        return f"{worth}\n\n{write_message(result.message)}"

    def _grade(self, folder: Path, functions: set[str]) -> None:
        if self._session is None:
            self._session = Session(self.key).__enter__()
        report = self._session.grade(folder, functions=functions)
        self._results |= {(folder, check.id): check for check in report.checks}
        self.reports[folder] = report

    def close(self) -> None:
        """End the processes that graded."""
        if self._session is not None:
            self._session.close()
            self._session = None


_GRADING = pytest.StashKey[Grading]()


def pytest_configure(config: pytest.Config) -> None:
    """Read the answer key."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        key = current_key(Homework.here(config.rootpath), "public")
    except AutograderError as error:
        raise pytest.UsageError(f"The homework's checks can't be shown: {error}") from error
    config.stash[_GRADING] = Grading(key)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what graded."""
    grading = config.stash.get(_GRADING, None)
    if grading is not None:
        grading.close()


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Take the homework's own files for tests; they are never imported here."""
    collected = yield
    grading = parent.config.stash[_GRADING]
    if file_path.suffix != ".py" or file_path.stem not in grading.key.files:
        return collected
    others = [node for node in collected if not isinstance(node, pytest.Module)]
    return [*others, HomeworkFile.from_parent(parent, path=file_path)]


class HomeworkFile(pytest.File):
    """One of the homework's files: a collection of functions."""

    def collect(self) -> Iterator["FunctionChecks"]:
        """Yield the file's functions that have checks."""
        key = self.config.stash[_GRADING].key
        lines = lines_of(self.path, key.files[self.path.stem])
        for name in key.files[self.path.stem]:
            node = FunctionChecks.from_parent(self, name=name)
            node.obj = shape_of(self.path, name, lines.get(name, 1))
            yield node


class FunctionChecks(pytest.Class):
    """One function: a collection of checks.

    It is a class for pytest, since editors show the tests of a class below its name, and click on
    it leads to the line of its `obj`.
    """

    def collect(self) -> Iterator["CheckItem"]:
        """Yield the function's public checks."""
        function = f"{self.path.stem}.{self.name}"
        checks = [c for c in self.config.stash[_GRADING].key.checks if c.function == function]
        for check in checks:
            if check.visibility == "public":
                yield CheckItem.from_parent(self, name=check.title, check=check)


class CheckItem(pytest.Item):
    """One check as a test."""

    def __init__(self, name: str, parent: FunctionChecks, check: CheckKey, **others: Any) -> None:
        super().__init__(name, parent, **others)
        self.check = check

    def runtest(self) -> None:
        """Pass, skip with the reason, or fail with the grader's message."""
        __tracebackhide__ = True
        result = self.config.stash[_GRADING].result(self)
        if result.status == Status.PASSED:
            return
        if result.status == Status.NOT_STARTED or result.score == result.max_score:
            raise pytest.skip.Exception(_give_reason(result), _use_item_location=True)
        raise AssertionError(self.config.stash[_GRADING].shown(result, self.path.parent))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the message alone: no line of the grader's helps a student."""
        if isinstance(excinfo.value, AssertionError | UsageError):
            return str(excinfo.value)
        if isinstance(excinfo.value, AutograderError):
            return f"The grader failed, not your code: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the function begins in the student's file, and the check's name."""
        assert isinstance(self.parent, FunctionChecks)
        line = self.parent.obj.__code__.co_firstlineno - 1
        return self.path, line, f"{self.parent.name}: {self.name}"


def _give_reason(result: CheckResult) -> str:
    """Return in a sentence why a check says nothing yet."""
    label = Label.TO_DO if result.status == Status.NOT_STARTED else Label.CARRIED
    rows = result.message.find(label)
    return rows[0].said if rows else result.status


def lines_of(path: Path, names: tuple[str, ...]) -> dict[str, int]:
    """Return the line, from 1, in which each function of a file begins; the last definition's."""
    try:
        source = path.read_bytes()
        nodes = ast.parse(source).body
        found = [n for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        return {node.name: node.lineno for node in found if node.name in names}
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # half written: look for 'def'
        lines = source.decode("utf-8", "replace").splitlines()
        found_at = {match[1]: n for n, line in enumerate(lines, 1) if (match := _DEF.match(line))}
        return {name: found_at[name] for name in names if name in found_at}
    except OSError:
        return {}


_DEF = re.compile(r"(?:async )?def (\w+)")


def shape_of(path: Path, name: str, line: int) -> types.FunctionType:
    """Return a function that does nothing and stands where the student's stands.

    Editors ask it for its file and line.
    """
    code = compile(f"def {name}(): pass", str(path), "exec")
    inner = next(constant for constant in code.co_consts if isinstance(constant, types.CodeType))
    return types.FunctionType(inner.replace(co_firstlineno=line), {"__name__": path.stem})


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what is wrong in the homework's files, and the score where all of it was graded."""
    grading = config.stash[_GRADING]
    for folder, report in grading.reports.items():
        broken = [block for block in gather_blocks(report.checks) if block.file]
        lines = [text for block in broken for _, text in block_lines(block)]
        lines += report.notes
        if {check.function for check in report.checks} == grading.key.functions.keys():
            lines.append(f"score {score_text(report)} (public checks, {folder.name}/)")
            lines += filter(None, [later_text(report)])
        if lines:
            terminalreporter.section("homework")
        for line in lines:
            terminalreporter.write_line(line)
