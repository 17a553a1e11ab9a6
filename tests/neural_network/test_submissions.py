"""Every test submission gets what its ``expected.json`` says is right.

They go through the grader in this process, one after the other with warm workers, and through the
real command: in the slow tests all of them by both ways, in the quick ones some.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import submission_corpus as corpus

from autograder.grading import grade as grading
from autograder.homework.folder import Homework
from autograder.homework.key import Key
from autograder.intake.take_in import take_in
from autograder.outputs.report_json import to_json
from autograder.supervisor.spawn import Spawner, spawning

ROOT = Path(__file__).parents[2]

#: Far above the longest run, that of a submission stopped at several time limits.
SECONDS = 150

#: Their messages or prints have addresses, paths, signals or unseeded random numbers in them.
VARYING = (
    "message_with_addresses_and_paths",
    "prints_everywhere",
    "segmentation_fault",
    "unseeded_initialisation",
)

KEYS = {
    "id",
    "part",
    "function",
    "title",
    "status",
    "score",
    "max_score",
    "visibility",
    "message",
    "misconception",
    "explained_by",
}

#: What is extra credit.
BONUS = "smoothing"
KINDS = {"mistake", "change", "relation"}
STATUSES = {"passed", "failed", "error", "timeout", "crashed", "not started"}

#: How the line of a message begins that says that no points are lost.
CARRIED = "carried "

#: What a check of a function says that loses points in another one by the same mistake.
SAME = "no points are lost here: the same mistake as in"

Report = dict[str, Any]
Checks = list[dict[str, Any]]
Grade = Callable[[str], bytes]


@pytest.fixture(scope="session", autouse=True)
def _compiled_key() -> None:
    """Compile the answer key, if it is stale, before anything is timed."""
    command = [sys.executable, "-m", "autograder", "compile", "--if-stale"]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=600)


@pytest.fixture(scope="module")
def key(_compiled_key: None) -> Key:
    key = Homework.here().read_key("full")
    assert key is not None
    return key


@pytest.fixture(scope="module")
def spawner() -> Iterator[Spawner]:
    with spawning() as spawner:
        yield spawner


@pytest.fixture
def grade_here(tmp_path: Path, key: Key, spawner: Spawner) -> Grade:
    """Return a function that grades a test submission in this process and returns the JSON."""

    def run(name: str) -> bytes:
        folder = corpus.build(name, tmp_path / "submission")
        target = spawner.workspace / f"taken-{name}" / "submission"
        submission = take_in(folder, target, wanted=key.files, optional=key.bonus)
        return to_json(grading.grade(submission, key, spawner))

    return run


@pytest.fixture
def grade(tmp_path: Path) -> Grade:
    """Return a function that grades a test submission by the real command and returns the JSON."""

    def run(name: str) -> bytes:
        with tempfile.TemporaryDirectory(dir=tmp_path) as target:
            folder = corpus.build(name, Path(target, "submission"))
            report = Path(target, "report.json")
            _run_command(folder, report, seconds=corpus.expected(name)["seconds"] or SECONDS)
            return report.read_bytes()

    return run


def _run_command(folder: Path, report: Path, *, seconds: float) -> None:
    command = [sys.executable, "-m", "autograder", "grade", str(folder), "--json", str(report)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=seconds, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")


def _parameters(*, every: int) -> list[Any]:
    """Return all test submissions; in the quick tests only every so many of them are graded."""
    parameters = []
    for place, name in enumerate(corpus.names()):
        expected = corpus.expected(name)
        is_one_of_some = place % every == 0 or expected["seconds"] is not None
        is_slow = expected["slow"] or not is_one_of_some
        parameters.append(pytest.param(name, marks=[pytest.mark.slow] if is_slow else []))
    return parameters


@pytest.mark.parametrize("name", _parameters(every=10))
def test_the_verdict_is_right(grade_here: Grade, name: str) -> None:
    right, report = corpus.expected(name), json.loads(grade_here(name))
    assert report["finished"]
    _assert_right(right, report)


@pytest.mark.parametrize("name", _parameters(every=36))
def test_the_verdict_of_the_command_is_right(grade: Grade, name: str) -> None:
    right, report = corpus.expected(name), json.loads(grade(name))
    assert report["finished"]
    _assert_right(right, report)


def _assert_right(right: dict[str, Any], report: Report) -> None:
    _assert_form(report)
    lost, carried = _lost(report), _carried(report)
    for function, fact in right["loses"].items():
        _assert_loss(function, fact, lost.pop(function, []))
        kept = carried.pop(function, [])
        assert all([SAME in check["message"] for check in kept]), _summary({function: kept})
    for function in right["charged_along"]:
        checks = lost.pop(function, []) + carried.pop(function, [])
        _assert_blames(function, checks, set(right["loses"]))
    for function in right["carried"]:
        assert function not in lost, _summary({function: lost[function]})
        _assert_blames(function, carried.pop(function, []), set(right["loses"]))
    assert not lost, f"these should have lost nothing:\n{_summary(lost)}"
    assert not carried, f"these should have passed:\n{_summary(carried)}"
    assert report["score"] == right["score"], _summary(_lost(report))
    bonus = corpus.MAX_BONUS if right["bonus"] is None else right["bonus"]
    assert report["bonus"] == bonus, _summary(_lost(report))
    _assert_texts(right, report)


@pytest.mark.parametrize(
    "name", [VARYING[0], *[pytest.param(name, marks=pytest.mark.slow) for name in VARYING[1:]]]
)
def test_the_same_submission_gets_the_same_bytes(grade: Grade, name: str) -> None:
    assert grade(name) == grade(name)


def _lost(report: Report) -> dict[str, Checks]:
    """Return the checks that lost points, by function."""
    lost: dict[str, Checks] = {}
    for check in report["checks"]:
        if check["score"] < check["max_score"]:
            lost.setdefault(check["function"], []).append(check)
    return lost


def _carried(report: Report) -> dict[str, Checks]:
    """Return the checks that failed and lost nothing, by function."""
    carried: dict[str, Checks] = {}
    for check in report["checks"]:
        if check["status"] != "passed" and check["score"] == check["max_score"]:
            carried.setdefault(check["function"], []).append(check)
    return carried


def _summary(lost: dict[str, Checks]) -> str:
    checks = [check for function in lost.values() for check in function]
    return "\n".join([f"{c['id']}: {c['status']}, {c['misconception']}" for c in checks])


def _assert_form(report: Report) -> None:
    assert {"score", "max_score", "bonus", "max_bonus", "checks"} <= report.keys()
    assert (report["max_score"], report["max_bonus"]) == (100, corpus.MAX_BONUS)
    ids = [check["id"] for check in report["checks"]]
    assert len(set(ids)) == len(ids)
    reached = sum([c["score"] for c in report["checks"]])
    assert report["score"] + report["bonus"] == pytest.approx(reached)
    for check in report["checks"]:
        _assert_check_form(check)


def _assert_check_form(check: dict[str, Any]) -> None:
    assert check.keys() - {"bonus"} == KEYS
    assert check.get("bonus", False) is (check["part"] == BONUS)
    assert check["status"] in STATUSES
    assert check["visibility"] in {"public", "hidden"}
    assert check["function"].partition(".")[0] == check["part"]
    is_carried = any([line.startswith(CARRIED) for line in check["message"].split("\n")])
    assert not is_carried or check["status"] in {"failed", "error"}
    keeps_its_points = is_carried or check["status"] == "passed"
    assert check["score"] == (check["max_score"] if keeps_its_points else 0)
    assert not keeps_its_points or check["misconception"] is None
    assert check["misconception"] is None or isinstance(check["misconception"], str)
    is_named = check["misconception"] is not None
    assert check["explained_by"] in (KINDS if is_named else {"advice", None})
    assert all([c.isprintable() or c in "\n\t" for c in check["message"]])
    assert len(check["message"]) < 5000


def _assert_loss(function: str, fact: dict[str, Any], lost: Checks) -> None:
    assert lost, f"{function} should have lost points"
    summary = _summary({function: lost})
    statuses = {check["status"] for check in lost}
    assert fact["status"] in statuses, summary
    if fact["status"] in ("timeout", "crashed"):  # nothing is left of the function's process
        assert statuses == {fact["status"]}, summary
    if fact["misconception"] is not None:
        assert fact["misconception"] in [check["misconception"] for check in lost], summary


def _assert_blames(function: str, checks: Checks, culprits: set[str]) -> None:
    """Require that the message of each check names a function that it calls and that is wrong.

    Of a hidden check that lost points nothing is shown that would have to name it.
    """
    assert checks, f"{function} should have failed"
    for check in checks:
        if check["visibility"] == "hidden" and check["score"] < check["max_score"]:
            continue
        message = check["message"]
        assert any([culprit in message for culprit in culprits]), f"{check['id']}:\n{message}"


def _assert_texts(right: dict[str, Any], report: Report) -> None:
    messages = "\n".join([c["message"] for checks in _lost(report).values() for c in checks])
    for text in right["says"]:
        assert text in messages, messages
    for text in right["notes"]:
        assert text in "\n".join(report["notes"])
    for text in right["never"]:
        assert text not in json.dumps(report, ensure_ascii=False)


def test_every_folder_holds_patches_and_a_description_that_is_understood() -> None:
    for name in corpus.names():
        files = {path.suffix for path in (corpus.CORPUS / name).iterdir()}
        assert files <= {".py", ".json"}, name
        assert corpus.expected(name).keys() == {"about", "loses", "score", *corpus.DEFAULTS}, name


def test_every_folder_has_a_description() -> None:
    folders = [path.name for path in corpus.CORPUS.iterdir() if path.is_dir()]
    assert sorted(folders) == corpus.names()
