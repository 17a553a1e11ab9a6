"""Whatever is odd about a notebook, its functions are graded, or a sentence says why not."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from notebook_corpus import CASES, Case

from autograder import grade as grading
from autograder.errors import IntakeError
from autograder.homework import Homework
from autograder.intake import Submission, take_in
from autograder.key import Key
from autograder.outputs.contract_json import to_json
from autograder.spawn import Spawner, spawning

Graded = dict[str, Any]

#: Every so many of them go through the command in the quick tests.
EVERY = 9


@pytest.fixture(scope="module")
def key(answer_keys: dict[str, Path]) -> Key:
    key = Homework.here().read_key("full")
    assert key is not None
    return key


@pytest.fixture(scope="module")
def spawner() -> Iterator[Spawner]:
    with spawning() as spawner:
        yield spawner


@pytest.fixture
def graded_here(tmp_path: Path, key: Key, spawner: Spawner) -> Callable[[bytes], Graded]:
    """Return a function that grades a notebook in this process and returns the JSON."""

    def run(data: bytes) -> Graded:
        (tmp_path / "hw.ipynb").write_bytes(data)
        folder = spawner.workspace / tmp_path.name / "submission"
        submission = take_in(tmp_path / "hw.ipynb", folder, wanted=key.files)
        report: Graded = json.loads(to_json(grading.grade(submission, key, spawner)))
        return report

    return run


def taken(path: Path, key: Key) -> Submission:
    return take_in(path, path.parent / f"{path.name} clean", wanted=key.files)


def names(*, slow: bool) -> list[Any]:
    marked = []
    for place, (name, case) in enumerate(CASES.items()):
        is_slow = case.is_slow or (slow and place % EVERY > 0)
        marked.append(pytest.param(name, marks=[pytest.mark.slow] if is_slow else []))
    return marked


def assert_right(case: Case, report: Graded) -> None:
    lost = [check for check in report["checks"] if check["score"] < check["max_score"]]
    messages = "\n".join([check["message"] for check in lost])
    notes = "\n".join(report["notes"])
    for text in case.says:
        assert text in messages
    for text in case.notes:
        assert text in notes
    for function, status in case.loses.items():
        assert status in [check["status"] for check in lost if check["function"] == function]
    if case.score == 100 and not case.loses:
        assert [check["id"] for check in lost] == []
    if not case.loses or case.score < 100:
        assert report["score"] == pytest.approx(case.score)


@pytest.mark.parametrize("name", names(slow=False))
def test_an_odd_notebook_gets_what_is_right(
    graded_here: Callable[[bytes], Graded], name: str
) -> None:
    case = CASES[name]
    if not case.is_refused:
        assert_right(case, graded_here(case.build()))
        return
    with pytest.raises(IntakeError) as caught:
        graded_here(case.build())
    for text in case.notes:
        assert text in str(caught.value)


@pytest.mark.parametrize("name", names(slow=True))
def test_the_command_says_the_same(
    command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, name: str
) -> None:
    case = CASES[name]
    (tmp_path / "hw.ipynb").write_bytes(case.build())
    done = command("grade", tmp_path / "hw.ipynb", "--json", tmp_path / "report.json")
    if case.is_refused:
        assert done.returncode == 2
        assert all([text in done.stderr for text in case.notes])
        return
    assert done.returncode == 0, done.stderr
    assert_right(case, json.loads((tmp_path / "report.json").read_text()))


def test_there_are_as_many_odd_notebooks_as_were_asked_for() -> None:
    assert len(CASES) >= 30
