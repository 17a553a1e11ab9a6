"""Whoever asks a submission goes on when a worker ends, and never pays for the same thing twice."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from autograder.core.codec import encode
from autograder.core.limits import Limits
from autograder.core.records import Ending, Raised, Returned, Status
from autograder.grading.grade import grade
from autograder.homework.folder import Homework
from autograder.intake.take_in import Submission
from autograder.pictures.collect import collect_pictures
from autograder.supervisor import asker as module
from autograder.supervisor.asker import Asker
from autograder.supervisor.spawn import Spawned, Spawner, spawning
from autograder.supervisor.worker import NotStartedError

FILES = {"a": ("f", "g"), "b": ("h",)}

Ask = Callable[..., Asker]


@pytest.fixture
def spawner() -> Iterator[Spawner]:
    with spawning() as one:
        yield one


@pytest.fixture
def ask(spawner: Spawner) -> Iterator[Ask]:
    """Ask about two files with this text."""
    folder = spawner.workspace / "submission"  # where a worker of another user gets to
    folder.mkdir()
    open_ones: list[Asker] = []

    def begin(*, a: str = "", b: str = "", **limits: Any) -> Asker:
        (folder / "a.py").write_text(a)
        (folder / "b.py").write_text(b)
        submission = Submission(folder, ("a", "b"), ())
        one = Asker(
            submission, FILES, spawner, limits=Limits(**limits), allowed_missing=None, closed=()
        )
        open_ones.append(one)
        return one

    yield begin
    for one in open_ones:
        one.close()


def request(name: str, *arguments: object) -> bytes:
    return encode({"call": name, "returns": "", "calls": ((0, arguments),)})


def call(asker: Asker, name: str, *arguments: object) -> Any:
    """Return what a call came to: a number, an exception's type, or how it ended."""
    asker.load(name[0])
    run = asker.collect(name, request(name, *arguments), 1, seconds=5)
    if run.ending is not None:
        return run.ending.status
    (outcome,) = run.outcomes
    if isinstance(outcome, Raised):
        return outcome.kind
    assert isinstance(outcome, Returned)
    return outcome.value[0].item()


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """End the next so many workers before they are ready."""
    take = Spawner.take

    def kill(count: int) -> None:
        left = iter(range(count))

        def take_one(spawner: Spawner) -> Spawned:
            spawned = take(spawner)
            if next(left, None) is not None:
                spawned.kill()
            return spawned

        monkeypatch.setattr(Spawner, "take", take_one)

    return kill


def test_a_worker_that_somebody_ends_before_it_is_ready_is_started_again(
    ask: Ask, killed: Callable[[int], None]
) -> None:
    killed(module.START_ATTEMPTS - 1)
    assert call(ask(a="f = abs"), "a.f", -1.0) == 1.0


def test_after_some_attempts_the_grader_is_at_fault(
    ask: Ask, killed: Callable[[int], None]
) -> None:
    killed(module.START_ATTEMPTS)
    with pytest.raises(NotStartedError):
        ask(a="f = abs").load("a")


def test_grades_and_pictures_outlive_a_worker_that_somebody_ends(
    answer_keys: object,
    root: Path,
    spawner: Spawner,
    killed: Callable[[int], None],
) -> None:
    homework = Homework(root)
    key = homework.read_key("public")
    assert key is not None
    folder = Path(shutil.copytree(root / "solution", spawner.workspace / "work"))
    submission = Submission(folder, tuple(key.files), ())
    killed(1)
    report = grade(submission, key, spawner)
    assert report.score == report.max_score
    killed(1)
    pictures = collect_pictures(submission, key, spawner, code=homework.pictures)
    assert len(pictures.pictures) == len(key.pictures) > 0


def test_a_call_that_ends_its_worker_costs_no_other_call(ask: Ask) -> None:
    asker = ask(a="import os\ndef f(x): os._exit(1)\ndef g(x): return x", b="h = abs")
    asker.load("a")
    for name in ("a.f", "a.g"):
        asker.put(name, request(name, 2.0))
    assert call(asker, "a.f", 2.0) == Status.CRASHED
    assert call(asker, "a.g", 2.0) == 2.0
    assert call(asker, "b.h", 2.0) == 2.0


def test_a_file_whose_import_hangs_is_imported_once(ask: Ask) -> None:
    text = "from a import f\ndef h(x): return f(x)"
    asker = ask(a="while True: pass", b=text, import_seconds=2)
    asker.start_workers(2)
    first = asker.load("a").problem
    assert isinstance(first, Ending)
    left = asker.rest_seconds
    assert asker.load("a").problem == first
    assert call(asker, "b.h", 1.0) == "ModuleNotFoundError"
    asker.end_worker()  # the next one was started before the first one hung
    assert call(asker, "b.h", 1.0) == "ModuleNotFoundError"
    assert left - asker.rest_seconds < 5


def test_a_fresh_worker_knows_nothing_of_the_one_before(ask: Ask) -> None:
    asker = ask(a="count = [0.0]\ndef f(): count[0] += 1; return count[0]")
    asker.start_workers(2)
    assert [call(asker, "a.f"), call(asker, "a.f")] == [1.0, 2.0]
    asker.end_worker()
    assert call(asker, "a.f") == 1.0


def test_what_has_no_turn_any_more_is_not_asked(ask: Ask) -> None:
    asker = ask(a="f = abs", run_seconds=0.0)
    assert asker.load("a").problem == asker.out_of_time
    assert "limit of 0 s" in asker.out_of_time.sentence


def test_the_clock_stops_in_a_time_out(ask: Ask) -> None:
    asker = ask(a="import time\ndef f(x):\n    time.sleep(x)\n    return x")
    with closing(asker), asker.time_out():
        before = asker.rest_seconds
        call(asker, "a.f", 0.2)
    assert before - asker.rest_seconds < 0.2
