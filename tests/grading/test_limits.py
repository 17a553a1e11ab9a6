"""The limits that a homework sets hold for every run of it, and messages tell them."""

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
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


#: A function that does not end.
HANG = "import time\n\n\ndef {name}(*arguments):\n    time.sleep(60)\n"


def test_each_function_that_hangs_leaves_less_time_to_the_next_and_says_so(
    key: Key, tmp_path: Path
) -> None:
    bodies = [HANG.format(name=name) for name in key.files["activations"]]
    (tmp_path / "activations.py").write_text("\n\n".join(bodies), encoding="utf-8")
    started = time.monotonic()
    report = run_from_nothing(tmp_path, key)
    seconds = time.monotonic() - started
    names = [f"activations.{name}" for name in key.files["activations"]]
    said = [write_message(values_of(report, name).message) for name in names[1:5]]
    assert "stopped after 0.25 s" in said[0]
    assert "it had less time, since 1 function before it did not end" in said[0]
    assert "stopped after 0.1 s" in said[1]
    assert "since 2 functions before it did not end" in said[1]
    assert "stopped after 0.05 s" in said[3]
    assert all([c.status == Status.TIMEOUT for c in report.checks if c.function in names])
    assert seconds < 0.5 * len(names)  # what they took before, without the workers' start


def test_a_session_gives_a_function_the_time_that_a_run_from_nothing_gives_it(
    key: Key, endless: Path
) -> None:
    """Whatever is asked first: what hangs before it in the homework's order counts."""
    with (endless / "activations.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef sigmoid(x):\n    while True:\n        pass\n")
    with Session(key) as session:
        session.grade(endless, functions=["activations.relu"])
        later = values_of(session.grade(endless), "activations.relu")
    alone = values_of(run_from_nothing(endless, key), "activations.relu")
    assert write_message(later.message) == write_message(alone.message)
    assert "since 1 function before" in write_message(alone.message)


def test_files_that_hang_leave_less_time_to_the_next_as_well(key: Key, tmp_path: Path) -> None:
    for file in list(key.files)[:3]:
        (tmp_path / f"{file}.py").write_text("while True:\n    pass\n", encoding="utf-8")
    with spawning() as spawner:
        submission = take_in(tmp_path, spawner.workspace / "submission", wanted=key.files)
        limits = replace(key.limits, import_seconds=1)
        report = grade(submission, key, spawner, limits=limits)
    first, second, third = [
        write_message(values_of(report, f"{file}.{key.files[file][0]}").message)
        for file in list(key.files)[:3]
    ]
    assert "stopped after 1 s in importing" in first
    assert "stopped after 0.5 s in importing" in second
    assert "stopped after 0.2 s in importing" in third
    assert "it had less time, since 2 files before it did not end" in third
