"""The supervisor survives every worker, whatever it writes, and however it ends."""

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worker_talk import (
    MODULES,
    Start,
    call,
    load,
    loaded_and_called,
)

from autograder.core.codec import encode
from autograder.core.limits import Limits
from autograder.core.records import (
    Ending,
    FunctionRun,
    Returned,
    Status,
    While,
)
from autograder.core.right_replies import RightReplies, pack_replies
from autograder.errors import GraderError
from autograder.supervisor.spawn import Spawned
from autograder.supervisor.worker import QUEUE_LENGTH, Worker

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="workers need POSIX")

ROOT = Path(__file__).parents[2]


FAKE = f"""
import os, signal, struct, sys
sys.path.insert(0, {str(ROOT)!r})
from autograder.core.codec import decode, encode

numbers = {{"to": 0, "at": 0}}

def receive():
    numbers.update(to=numbers["to"] + 1, at=0)
    size = struct.unpack("<I", sys.stdin.buffer.read(4))[0]
    return decode(sys.stdin.buffer.read(size))

def write(content):
    while content:
        content = content[os.write(1, content):]

def frame(content):
    write(struct.pack("<I", len(content)) + content)

def send(value):
    frame(encode(value | numbers))
    numbers["at"] += 1

def answer(value=None):
    send({{"value": value, "changed": ()}})

def ready():
    receive()
    send({{"ready": {{"python": "3", "numpy": "2"}}, "layers": {{}}}})
"""

#: Answers the start and one file.
READY = "ready(); receive(); send({'loaded': {'f': {}}})\n"

#: The same, and has read the request for the calls.
LOADED = READY + "receive()\n"


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[Start]:
    """Start a supervisor on a scripted worker."""
    workers = []

    def start(script: str, **changes: Any) -> Worker:
        process = subprocess.Popen(
            [sys.executable, "-c", FAKE + script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        spawned = Spawned(
            process.pid,
            process.stdin,  # type: ignore[arg-type]
            process.stdout,  # type: ignore[arg-type]
            scratch=tmp_path,
            wait=process.wait,
        )
        limits = Limits(**changes)
        workers.append(Worker(spawned, tmp_path, modules=MODULES, blocked={}, limits=limits))
        return workers[-1]

    yield start
    for worker in workers:
        worker.close()


KILLED = "the Python process was killed or closed its pipe in call 1 of 2 of a.f"
WROTE = "it wrote into the grader's pipe in call 1 of 2 of a.f"


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("write(b'garbage, and no size'); signal.pause()", WROTE),
        ("write(b'\\xff' * 4); signal.pause()", WROTE),
        ("frame(b'garbage'); signal.pause()", WROTE),
        ("frame(b''); signal.pause()", WROTE),
        ("frame(encode({'value': None} | numbers)[:-1]); signal.pause()", WROTE),
        ("frame(encode(None)); signal.pause()", WROTE),
        ("frame(encode(('value', 1))); signal.pause()", WROTE),
        ("frame(encode({'value': None})); signal.pause()", WROTE),
        ("frame(encode({'value': None, 'to': 4, 'at': 0})); signal.pause()", WROTE),
        ("frame(encode({'value': None, 'to': 3, 'at': 1})); signal.pause()", WROTE),
        ("frame(encode({'value': None, 'to': '3', 'at': 0})); signal.pause()", WROTE),
        ("os.close(1); signal.pause()", KILLED),
        ("write(b'\\x09\\0\\0\\0half'); os.close(1); signal.pause()", KILLED),
        ("os._exit(3)", "the Python process ended itself (exit status 3) in call 1 of 2 of a.f"),
        ("os._exit(0)", "the Python process ended itself (exit status 0) in call 1 of 2 of a.f"),
        (
            "os.kill(os.getpid(), signal.SIGSEGV)",
            "the Python process died (SIGSEGV) in call 1 of 2 of a.f",
        ),
        (
            "answer(); os._exit(3)",
            "the Python process ended itself (exit status 3) in call 2 of 2 of a.f",
        ),
    ],
)
def test_a_worker_that_misbehaves_counts_as_crashed(
    fake: Start, script: str, sentence: str
) -> None:
    worker = fake(LOADED + script)
    run = loaded_and_called(worker)
    assert run.ending == Ending(Status.CRASHED, sentence, While.CALL)
    assert len(run.outcomes) == script.count("answer()")
    assert not worker.is_alive


def test_a_worker_that_dies_after_the_last_answer_counts_as_crashed(fake: Start) -> None:
    run = loaded_and_called(fake(LOADED + "answer(); answer()"))
    assert len(run.outcomes) == 2
    assert run.ending is not None
    assert run.ending.status == Status.CRASHED


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux tells of others' processes")
@pytest.mark.parametrize("more", ["", "sum(range(10**7)); "])
@pytest.mark.parametrize(
    ("end", "cause"),
    [
        ("os._exit(3)", "the Python process ended itself (exit status 3)"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "the Python process died (SIGSEGV)"),
    ],
)
def test_how_a_worker_ended_does_not_depend_on_when_its_pipe_closed(
    fake: Start, more: str, end: str, cause: str
) -> None:
    run = loaded_and_called(fake(f"{LOADED}os.close(1); {more}{end}"))
    assert run.ending == Ending(Status.CRASHED, f"{cause} in call 1 of 2 of a.f", While.CALL)


DRIP = """
import time
for byte in struct.pack('<I', 10**6) + bytes(10**4):
    write(bytes([byte]))
    time.sleep(0.01)
"""


@pytest.mark.parametrize(
    "script", ["signal.pause()", "write(b'\\x09\\0\\0\\0half'); signal.pause()", DRIP]
)
def test_a_worker_that_does_not_answer_is_stopped_at_the_limit(fake: Start, script: str) -> None:
    worker = fake(LOADED + script)
    assert load(worker).problem is None
    start = time.monotonic()
    run = call(worker, seconds=1)
    assert run.ending == Ending(
        Status.TIMEOUT, "stopped after 1 s in call 1 of 2 of a.f", While.CALL
    )
    assert 0.9 < time.monotonic() - start < 10
    assert not worker.is_alive


def test_the_limit_is_one_for_all_calls_together(fake: Start) -> None:
    drip = "import time\nfor _ in range(100): answer(); time.sleep(0.05)\n"
    run = loaded_and_called(fake(LOADED + drip), 100, seconds=1)
    assert run.ending is not None
    assert run.ending.status == Status.TIMEOUT
    assert 0 < len(run.outcomes) < 40


def test_a_worker_that_stops_reading_does_not_stop_the_judge(fake: Start) -> None:
    worker = fake(READY + "signal.pause()")
    assert load(worker).problem is None
    start = time.monotonic()
    run = worker.collect(worker.ask(encode((bytes(10**7),))), "a.f", 1, seconds=1)
    worker.close()
    assert run.ending is not None
    assert run.ending.status == Status.TIMEOUT
    assert time.monotonic() - start < 10


def test_an_answer_of_the_largest_size_passes_and_a_larger_one_does_not(fake: Start) -> None:
    script = LOADED + "answer('x' * %d)\nsend({'printed': ''})\nsignal.pause()"
    room = 1000 - len(encode({"value": "", "changed": (), "to": 3, "at": 0}))
    assert loaded_and_called(fake(script % room, reply_bytes=1000), 1).ending is None
    ending = loaded_and_called(fake(script % (room + 1), reply_bytes=1000), 1).ending
    assert ending == Ending(
        Status.CRASHED, "it wrote into the grader's pipe in call 1 of 1 of a.f", While.CALL
    )


def test_a_flood_of_frames_does_not_fill_the_judges_memory(tmp_path: Path, fake: Start) -> None:
    largest = 4 * 10**6
    flood = f"""
big = encode({{'value': bytes({largest} - 100)}} | numbers)
for _ in range(100): frame(big)
open({str(tmp_path / "done")!r}, "w")
signal.pause()
"""
    worker = fake(READY + flood, reply_bytes=largest)
    tracemalloc.start()
    try:
        assert load(worker).problem is None
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline and not (tmp_path / "done").exists():
            pass  # the judge is busy with something else
        waiting = tracemalloc.get_traced_memory()[0]
        assert call(worker).ending == Ending(Status.CRASHED, WROTE, While.CALL)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert waiting < (QUEUE_LENGTH + 2) * largest
    assert peak < (QUEUE_LENGTH + 4) * largest


def test_a_flood_of_old_answers_ends_the_worker(fake: Start) -> None:
    flood = """
signal.alarm(20)
old = encode({'ready': None, 'to': 1, 'at': 0})
while True: frame(old)
"""
    run = loaded_and_called(fake(LOADED + flood))
    assert run.ending == Ending(Status.CRASHED, WROTE, While.CALL)


def test_an_answer_too_many_is_not_taken_for_the_next_questions(fake: Start) -> None:
    more = "answer('1'); send({'printed': ''}); answer('2')\n"
    worker = fake(LOADED + more + "receive(); answer('3'); send({'printed': ''})")
    assert loaded_and_called(worker, 1).outcomes == (Returned("1"),)
    assert call(worker, 1).outcomes == (Returned("3"),)


def test_an_answer_ahead_of_its_question_is_refused(fake: Start) -> None:
    ahead = """
answer(); send({'printed': ''})
numbers.update(to=4, at=0); answer(); send({'printed': ''})
receive(); signal.pause()
"""
    worker = fake(LOADED + ahead)
    assert loaded_and_called(worker, 1).ending is None
    deadline = time.monotonic() + 20
    while not worker._frames and worker._arrived.empty() and time.monotonic() < deadline:
        pass  # until it has arrived
    run = call(worker, 1)
    assert run.ending == Ending(Status.CRASHED, WROTE.replace("of 2", "of 1"), While.CALL)
    assert run.outcomes == ()


def test_an_answer_that_says_what_no_answer_says_ends_the_worker(fake: Start) -> None:
    for said in ("answer(1)", "send({'value': None})", "send({'printed': ''})", "send({})"):
        run = loaded_and_called(fake(LOADED + f"{said}; signal.pause()"))
        assert run == FunctionRun((), Ending(Status.CRASHED, WROTE, While.CALL))


def test_the_sentence_of_an_import_names_the_file(fake: Start) -> None:
    state = load(fake("ready(); receive(); os._exit(4)"))
    sentence = "the Python process ended itself (exit status 4) in importing a.py"
    assert state.problem == Ending(Status.CRASHED, sentence, While.IMPORT)
    state = load(fake("ready(); receive(); signal.pause()"), seconds=1)
    assert state.problem == Ending(
        Status.TIMEOUT, "stopped after 1 s in importing a.py", While.IMPORT
    )


@pytest.mark.parametrize(
    "script",
    [
        "receive(); send({'ready': 3}); signal.pause()",
        "receive(); send({'raised': 'E', 'message': '', 'lines': ()}); signal.pause()",
        "os._exit(1)",
        "frame(b'garbage'); signal.pause()",
    ],
)
def test_a_worker_that_does_not_start_is_the_graders_own_failure(fake: Start, script: str) -> None:
    with pytest.raises(GraderError, match="did not start"):
        load(fake(script))


def test_a_worker_that_has_ended_gives_the_same_ending_to_every_question(fake: Start) -> None:
    worker = fake(LOADED + "os._exit(3)")
    first = loaded_and_called(worker).ending
    assert first is not None
    assert call(worker).ending == first
    problem = worker.load("b", ("f",), seconds=1).problem
    assert isinstance(problem, Ending)
    assert problem.status == Status.CRASHED
    worker.close()
    worker.close()


def test_what_a_worker_started_ends_with_it(tmp_path: Path, fake: Start) -> None:
    path = tmp_path / "alive"
    os.mkfifo(path)
    fork = f"""
if os.fork() == 0:
    os.open({str(path)!r}, os.O_WRONLY)
    signal.pause()
signal.pause()
"""
    worker = fake(READY + fork)
    assert load(worker).problem is None
    with path.open("rb") as alive:  # waits until the child has it open, too
        worker.close()
        assert alive.read() == b""  # the other end is closed: the child is gone


def test_what_left_the_workers_group_does_not_stop_the_judge(tmp_path: Path, fake: Start) -> None:
    path = tmp_path / "pid"
    escape = f"""
if os.fork() == 0:
    os.setsid()
    signal.alarm(4)
    open({str(path)!r}, "w").write(str(os.getpid()))
    answer(); send({{'printed': ''}})
    signal.pause()
signal.pause()
"""
    worker = fake(LOADED + escape)
    loaded_and_called(worker, 1)
    start = time.monotonic()
    worker.close()
    seconds = time.monotonic() - start
    if seconds < 2:
        os.kill(int(path.read_text()), signal.SIGKILL)
    assert seconds < 2


RIGHT_AHEAD = """
import numpy as np

ready(); receive()
values = [{"value": (np.array(1.5), "float64"), "changed": (), "to": 3, "at": at} for at in (0, 1)]
replies = [{"loaded": {"f": {}}, "to": 2, "at": 0}, *values, {"printed": "", "to": 3, "at": 2}]
contents = [encode(reply) for reply in replies]
write(b"".join([struct.pack("<I", len(content)) + content for content in contents]))
receive(); receive()
"""


def test_right_replies_that_came_before_their_request_are_refused_as_others(fake: Start) -> None:
    right = RightReplies(pack_replies([(np.array(1.5), "float64")] * 2, ()))
    worker = fake(RIGHT_AHEAD)
    assert load(worker).problem is None
    request = encode({"call": "a.f", "returns": "array", "calls": ((0, ()),) * 2})
    run = worker.collect(worker.ask(request), "a.f", 2, seconds=20, right=right)
    assert (run.outcomes, run.right) == ((), frozenset())
    assert run.ending is not None
    assert run.ending.sentence == "it wrote into the grader's pipe in call 1 of 2 of a.f"
