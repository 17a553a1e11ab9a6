"""The limits that a homework sets hold for every run of it, and messages tell them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.core.limits import MIB, Limits
from autograder.core.records import CheckResult, Raised, Report, Status
from autograder.grading.grade import grade
from autograder.grading.session import Session
from autograder.homework.folder import Homework
from autograder.homework.key import Key
from autograder.intake.take_in import take_in
from autograder.judge.messages import find_limit
from autograder.outputs.report_json import write_message
from autograder.pictures.collect import collect_pictures
from autograder.supervisor import asker
from autograder.supervisor.spawn import spawning

ENDLESS = "\n\ndef relu(x):\n    while True:\n        pass\n"

SET = "[limits]\nfunction_seconds = 0.5\nmemory_mib = 600\n"


@pytest.fixture
def key(answer_keys: dict[str, Path], root: Path, tmp_path: Path) -> Key:
    """Return the key of a homework that sets limits."""
    folder = tmp_path / "homework"
    (folder / "rubric").mkdir(parents=True)
    shutil.copy(root / "rubric" / "predicates.py", folder / "rubric")
    (folder / "homework.ini").write_text(SET)
    shutil.copy(answer_keys["public"], folder / "answer-key.public")
    key = Homework(folder).read_key("public")
    assert key is not None
    return key


@pytest.fixture
def endless(root: Path, tmp_path: Path) -> Path:
    """A submission with a function that does not end."""
    folder = tmp_path / "submission"
    folder.mkdir()
    text = (root / "solution" / "activations.py").read_text(encoding="utf-8")
    (folder / "activations.py").write_text(text + ENDLESS, encoding="utf-8")
    return folder


def run_from_nothing(submission: Path, key: Key) -> Report:
    with spawning() as spawner:
        folder = spawner.workspace / "submission"
        return grade(take_in(submission, folder, wanted=key.files), key, spawner)


def run_a_session(submission: Path, key: Key) -> Report:
    with Session(key) as session:
        return session.grade(submission)


def values_of(report: Report, function: str) -> CheckResult:
    return next(check for check in report.checks if check.id == f"{function}.values")


@pytest.mark.parametrize("run", [run_from_nothing, run_a_session])
def test_an_endless_function_is_stopped_when_its_homework_says(
    run: Callable[[Path, Key], Report], endless: Path, key: Key
) -> None:
    stopped = values_of(run(endless, key), "activations.relu")
    assert stopped.status == Status.TIMEOUT
    assert "stopped after 0.5 s in call 1 of" in write_message(stopped.message)


def test_what_runs_beside_the_grading_has_the_same_limits_but_less_time(
    endless: Path, key: Key, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[Limits] = []
    start = asker.Worker

    def noted(*words: object, limits: Limits, **named: object) -> object:
        used.append(limits)
        return start(*words, limits=limits, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(asker, "Worker", noted)
    with spawning() as spawner:
        taken = take_in(endless, spawner.workspace / "submission", wanted=key.files)
        collect_pictures(taken, key, spawner, code=Homework(root).pictures, seconds=3)
    assert used
    expected = Limits(function_seconds=0.5, memory_bytes=600 * MIB, run_seconds=3)
    assert set(used) == {expected}


def test_a_sentence_about_memory_tells_what_the_homework_gives(key: Key) -> None:
    function = key.functions["activations.relu"]
    said = find_limit(Raised("MemoryError", ""), function.limits)
    assert said == "a submission has 600 MiB of memory"
