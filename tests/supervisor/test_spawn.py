"""Workers are started and ended in order, whatever becomes of the nursery that forks them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.core.limits import Limits
from autograder.errors import GraderError
from autograder.isolation.workspace import around, workspace
from autograder.supervisor.spawn import Spawned, Spawner, spawning
from autograder.supervisor.worker import Worker
from autograder.worker.protocol import NUMBER

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no nursery without fork")


@pytest.fixture
def spawner() -> Iterator[Spawner]:
    with spawning() as spawner:
        yield spawner


def worker(spawner: Spawner) -> Worker:
    folder = spawner.workspace / "submission"
    folder.mkdir(exist_ok=True)
    return Worker(spawner.take(), folder, modules={}, blocked={}, limits=Limits())


def test_a_scratch_folder_goes_with_its_worker(spawner: Spawner) -> None:
    first, second = worker(spawner), worker(spawner)
    first.start()
    second.start()
    scratches = sorted(spawner.workspace.glob("scratch-*"))
    assert len(scratches) == 2
    first.close()
    second.close()
    spawner.close()
    assert [scratch.exists() for scratch in scratches] == [False, False]


def test_a_late_answer_is_never_taken_for_another(
    spawner: Spawner, monkeypatch: pytest.MonkeyPatch
) -> None:
    nursery = spawner._nursery
    assert nursery is not None
    first = worker(spawner)
    first.start()
    receive = nursery._receive_number

    def too_late() -> int:
        receive()
        raise TimeoutError

    monkeypatch.setattr(nursery, "_receive_number", too_late)
    first.close()  # its exit status comes too late
    again = worker(spawner)
    again.start()
    assert spawner._nursery is not nursery
    again.close()


@pytest.mark.parametrize("pid", [1, 0, -1])
def test_a_process_number_that_means_others_is_never_signalled(
    pid: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    for name in ("kill", "killpg"):
        monkeypatch.setattr(os, name, lambda number, _signal: sent.append(number))
    with open(os.devnull, "rb", buffering=0) as nothing:
        spawned = Spawned(pid, nothing, nothing, scratch=tmp_path, wait=lambda: 0)
        spawned.kill()
    assert sent == []


def test_a_nursery_that_is_replaced_leaves_the_workspace_alone(spawner: Spawner) -> None:
    nursery = spawner._nursery
    assert nursery is not None
    kept = spawner.workspace / "kept"
    kept.write_text("")
    nursery._socket.close()  # as if it had failed
    again = worker(spawner)
    again.start()
    nursery._process.wait(10)
    assert kept.exists()
    again.close()


def test_a_nursery_whose_judge_is_killed_removes_the_workspace() -> None:
    code = """
import sys, time
from autograder.supervisor.spawn import Spawner
from autograder.isolation.workspace import workspace
with workspace() as folder:
    spawner = Spawner(folder)
    spawner.take()
    print(folder, flush=True)
    time.sleep(60)
"""
    judge = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert judge.stdout is not None
    folder = Path(judge.stdout.readline().strip())
    assert folder.is_dir()
    judge.send_signal(signal.SIGKILL)
    judge.wait()
    judge.stdout.close()
    deadline = time.monotonic() + 30
    while around(folder).exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not around(folder).exists()


def test_a_workspace_can_be_passed_through_by_those_who_know_its_name_alone() -> None:
    mode = 0o711 if os.geteuid() == 0 else 0o700
    with workspace() as folder:
        assert len(folder.name) == 32
        assert [place.stat().st_mode & 0o777 for place in (folder, folder.parent)] == [mode, mode]
        with spawning() as spawner:
            first = worker(spawner)
            first.start()
            (scratch,) = spawner.workspace.glob("scratch-*")
            assert scratch.stat().st_mode & 0o777 == 0o700
            first.close()
    assert not folder.parent.exists()


def test_a_process_number_on_the_socket_is_a_number_with_a_sign() -> None:
    assert NUMBER.unpack(NUMBER.pack(-9)) == (-9,)


def test_a_worker_that_fails_before_its_submission_is_the_graders_fault(spawner: Spawner) -> None:
    gone = spawner.workspace / "gone"
    failing = Worker(spawner.take(), gone, modules={}, blocked={}, limits=Limits())
    sentence = "a worker process did not start as it should: FileNotFoundError: .*gone"
    with pytest.raises(GraderError, match=sentence):
        failing.load("separability", ("affine",), seconds=10)
    failing.close()


def test_a_nursery_that_ends_at_once_is_told_of_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program.py"
    program.write_text("raise SystemExit(1)\n", encoding="utf-8")
    monkeypatch.setattr("autograder.supervisor.spawn._PROGRAM", program)
    spawner = Spawner(tmp_path / "work", forks=True)
    try:
        with pytest.raises(GraderError, match="no worker process could be started with"):
            spawner.take()
    finally:
        spawner.close()
