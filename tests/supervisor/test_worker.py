"""The supervisor survives every worker, and the real worker answers honestly, whatever it runs."""

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.core.codec import encode
from autograder.core.limits import Limits
from autograder.core.records import (
    Ending,
    FileState,
    FunctionRun,
    Raised,
    Returned,
    Status,
    While,
)
from autograder.errors import GraderError
from autograder.supervisor.spawn import Spawned, Spawner
from autograder.supervisor.worker import QUEUE_LENGTH, Worker
from autograder.worker.functions_used import functions_used

ROOT = Path(__file__).parents[2]
MODULES = {"a": ("f", "g"), "b": ("f",)}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the fake workers need POSIX")

# ---- the supervisor and workers that misbehave

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

Start = Callable[..., Worker]


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


def load(worker: Worker, *, seconds: float = 20) -> FileState:
    return worker.load("a", ("f",), seconds=seconds)


def call(worker: Worker, count: int = 2, *, seconds: float = 20) -> FunctionRun:
    request = encode({"call": "a.f", "returns": "array", "calls": ((0, ()),) * count})
    return worker.collect(worker.ask(request), "a.f", count, seconds=seconds)


def loaded_and_called(worker: Worker, count: int = 2, *, seconds: float = 20) -> FunctionRun:
    assert load(worker).problem is None
    return call(worker, count, seconds=seconds)


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


def test_a_closed_worker_leaves_the_pipes_of_later_ones_alone(real: Start) -> None:
    # Each new worker gets the descriptors that the last one gave back.
    for number in range(40):
        worker = real(a=f"def f(): return {number}\n")
        assert returned(asked(worker)) == number
        worker.close()


# ---- the real worker


@pytest.fixture(scope="module")
def spawner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spawner]:
    spawner = Spawner(tmp_path_factory.mktemp("grade"))
    yield spawner
    spawner.close()


@pytest.fixture
def real(spawner: Spawner, tmp_path: Path) -> Iterator[Start]:
    """Start a real worker on files given as text."""
    workers = []

    def start(
        *,
        blocked: dict[str, str] | None = None,
        limits: Limits | None = None,
        closed: Sequence[Path] = (),
        **files: str,
    ) -> Worker:
        for name, source in files.items():
            (tmp_path / f"{name}.py").write_text(source)
        workers.append(
            Worker(
                spawner.take(),
                tmp_path.resolve(),
                modules=MODULES,
                blocked=blocked or {},
                limits=limits or Limits(),
                closed=closed,
            )
        )
        return workers[-1]

    yield start
    for worker in workers:
        worker.close()


def problem(worker: Worker, module: str = "a") -> Raised:
    """Return what importing a file raised."""
    found = worker.load(module, MODULES[module], seconds=20).problem
    assert isinstance(found, Raised)
    return found


def asked(
    worker: Worker, *arguments: Any, name: str = "a.f", layout: int = 0, count: int = 1
) -> FunctionRun:
    """Load the file and call one of its functions."""
    module = name.partition(".")[0]
    assert worker.load(module, MODULES[module], seconds=20).problem is None
    request = {"call": name, "returns": "array", "calls": ((layout, arguments),) * count}
    return worker.collect(worker.ask(encode(request)), name, count, seconds=20)


def returned(run: FunctionRun) -> Any:
    """Return the numbers that one call returned."""
    (outcome,) = run.outcomes
    assert isinstance(outcome, Returned), outcome
    return outcome.value[0].tolist() if isinstance(outcome.value, tuple) else outcome.value


def raised(run: FunctionRun) -> Raised:
    """Return what one call raised."""
    (outcome,) = run.outcomes
    assert isinstance(outcome, Raised)
    return outcome


@pytest.mark.parametrize("forks", [True, False])
def test_a_worker_answers_in_either_way_of_starting_it(tmp_path: Path, forks: bool) -> None:
    (tmp_path / "workspace").mkdir()
    (tmp_path / "a.py").write_text("def f(x):\n    print('hello')\n    return x + 1\n")
    spawner = Spawner(tmp_path / "workspace", forks=forks)
    worker = Worker(spawner.take(), tmp_path, modules=MODULES, blocked={}, limits=Limits())
    try:
        run = asked(worker, np.array([1.0, 2.0]))
        assert returned(run) == [2.0, 3.0]
        assert run.printed == "hello\n"
        assert worker.environment["numpy"] == np.__version__
    finally:
        worker.close()
        spawner.close()


def test_a_workers_environment_is_clean(real: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET", "PYTHONPATH", "PYTHONSTARTUP", "HOME"):
        monkeypatch.setenv(name, "theirs")
    source = "import os\ndef f():\n    print(*sorted(os.environ)); print(*os.environ.values())"
    names, values = asked(real(a=source)).printed.splitlines()
    optional = {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "LD_LIBRARY_PATH", "LC_CTYPE"}
    assert set(names.split()) - optional == {
        "HOME",
        "LANG",
        "LOGNAME",
        "MKL_NUM_THREADS",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "PYTHONBREAKPOINT",
        "PYTHONHASHSEED",
        "PYTHONSAFEPATH",
        "TMPDIR",
        "USER",
        "VECLIB_MAXIMUM_THREADS",
    }
    assert "theirs" not in values


def test_a_worker_starts_in_an_empty_folder_of_its_own(real: Start) -> None:
    source = "import os\ndef f():\n    print(os.getcwd() == os.environ['HOME'], os.listdir())"
    assert asked(real(a=source)).printed == "True []\n"


def test_a_worker_holds_no_more_than_its_two_pipes(real: Start) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("this system does not list descriptors")
    source = """
import os

def f():
    for number in range(100):
        try:
            print(os.readlink(f"/proc/self/fd/{number}").partition(":")[0])
        except OSError:
            pass
"""
    kinds = asked(real(a=source)).printed.split()
    assert sorted(kinds) == ["/dev/null"] * 3 + ["pipe"] * 2


def test_a_folder_that_the_grader_names_is_closed_wherever_it_lies(
    real: Start, tmp_path: Path
) -> None:
    secret = tmp_path / "elsewhere" / "solution" / "answer.py"
    secret.parent.mkdir(parents=True)
    secret.write_text("")
    source = f"def f():\n    open({str(secret)!r})\n"
    sentence = "a submission may not look into the grader's own files"
    assert raised(asked(real(a=source, closed=[tmp_path / "elsewhere"]))).message == sentence
    assert raised(asked(real(a=source, closed=[secret]))).message == sentence
    open_to_all = raised(asked(real(a=source + "    raise ValueError('read')\n", closed=[])))
    assert open_to_all.message != sentence


def test_neither_the_solution_nor_the_grader_can_be_imported(real: Start) -> None:
    for module in ("activations", "solution.activations", "datasets"):
        state = real(a=f"def f():\n    import {module}").load("a", ("f",), seconds=20)
        assert state.problem is None
        outcome = raised(asked(real(a=f"def f():\n    import {module}")))
        assert outcome.kind == "ModuleNotFoundError"
    for module in ("key", "judge.verdicts", "homework", "rubric"):
        outcome = raised(asked(real(a=f"def f():\n    import autograder.{module}")))
        assert outcome.kind == "ModuleNotFoundError"


# ---- files that can't be imported


def test_a_syntax_error_comes_with_its_line(real: Start) -> None:
    found = problem(real(a="x = 1\ndef f(:\n    pass\n"))
    assert (found.kind, found.message) == ("SyntaxError", "invalid syntax")
    assert [(line.file, line.number, line.text) for line in found.lines] == [
        ("a.py", 2, "def f(:"),
        ("a.py", 2, "      ^"),
    ]


def test_an_exception_while_importing_comes_with_its_line(real: Start) -> None:
    found = problem(real(a="def g():\n    return missing\ny = g()\n"))
    assert (found.kind, found.message) == ("NameError", "name 'missing' is not defined")
    assert [(line.file, line.number, line.text) for line in found.lines] == [
        ("a.py", 3, "y = g()"),
        ("a.py", 2, "return missing"),
    ]


@pytest.mark.parametrize(
    "broken", ["y = missing\n", "def f(:\n", "import sys\nsys.exit(1)\n", "from .... import c\n"]
)
def test_a_file_that_cannot_be_imported_costs_another_only_what_needs_it(
    real: Start, broken: str
) -> None:
    worker = real(a="from b import h\ndef f(): return 1\ndef g(): return h()\n", b=broken)
    assert returned(asked(worker)) == 1
    assert "b.h: b.py can't be imported" in raised(asked(worker, name="a.g")).message


def test_a_file_that_ends_the_interpreter_politely_only_raises(real: Start) -> None:
    assert problem(real(a="import sys\nsys.exit(1)\n")).kind == "SystemExit"
    assert problem(real(a="raise KeyboardInterrupt\n")).kind == "KeyboardInterrupt"


def test_a_missing_sibling_is_named(real: Start) -> None:
    assert (
        "cannot import name 'nothing' from 'b'"
        in problem(real(a="from b import nothing\n", b="")).message
    )


def test_a_blocked_file_is_not_tried_again(real: Start) -> None:
    source = "import b\ndef f(): return 1\ndef g(): return b.h()\n"
    worker = real(a=source, b="while True: pass\n", blocked={"b": "b.py hung"})
    assert returned(asked(worker)) == 1
    assert raised(asked(worker, name="a.g")).message == "b.h: b.py hung"


def test_a_file_that_hangs_is_stopped(real: Start) -> None:
    worker = real(a="while True:\n    pass\n")
    state = worker.load("a", ("f",), seconds=1)
    assert state.problem == Ending(
        Status.TIMEOUT, "stopped after 1 s in importing a.py", While.IMPORT
    )


def test_what_a_file_has_is_said_of_each_function(real: Start) -> None:
    state = real(a="f = 3\ndef h(x, y=1): pass\n").load("a", ("f", "g", "h"), seconds=20)
    assert state.functions["f"] == {"is_there": True, "is_callable": False, "uses": ()}
    assert state.functions["g"] == {"is_there": False, "is_callable": False, "uses": ()}
    assert state.functions["h"]["is_callable"] is True
    assert state.functions["h"]["is_there"] is True


def test_objects_that_raise_when_they_are_looked_at_cost_nothing(real: Start) -> None:
    source = """
class Config(dict):
    __getattr__ = dict.__getitem__

config = Config(scale=2.0)

def f():
    return config.scale
"""
    assert returned(asked(real(a=source))) == 2.0


# ---- calls


def test_an_exception_comes_with_the_students_own_lines(real: Start) -> None:
    source = "import numpy as np\nfrom b import inner\ndef f():\n    return inner(np.ones(2))\n"
    inner = "import numpy as np\ndef inner(x):\n    return np.linalg.inv(x)\n"
    found = raised(asked(real(a=source, b=inner)))
    assert found.kind == "LinAlgError"
    assert [(line.file, line.number, line.text) for line in found.lines] == [
        ("a.py", 4, "return inner(np.ones(2))"),
        ("b.py", 3, "return np.linalg.inv(x)"),
    ]


def test_a_long_way_down_is_cut_to_the_last_lines(real: Start) -> None:
    found = raised(asked(real(a="def f(n=0):\n    return f(n + 1)\n")))
    assert found.kind == "RecursionError"
    assert 1 <= len(found.lines) <= 3


def test_messages_of_every_kind_can_be_read(real: Start) -> None:
    source = """
class Silent(Exception):
    def __str__(self):
        raise ValueError

def f(which):
    if which == 0: raise Silent
    if which == 1: raise ValueError("x" * 10**6)
    if which == 2: raise ValueError(__file__)
    if which == 3: raise ValueError("a\\ud800b")
    if which == 4: raise type("E" * 1000, (Exception,), {})
    raise SystemExit
"""
    worker = real(a=source)
    assert raised(asked(worker, 0)).message == "(its message can't be read)"
    assert len(raised(asked(worker, 1)).message) == 2000
    assert raised(asked(worker, 2)).message == "a.py"
    assert raised(asked(worker, 3)).message == "a?b"
    assert len(raised(asked(worker, 4)).kind) == 80
    assert raised(asked(worker, 5)).kind == "SystemExit"


def test_a_syntax_error_in_evaluated_text_comes_with_the_students_line(real: Start) -> None:
    found = raised(asked(real(a="def f():\n    return eval('1 +')\n")))
    assert [(line.file, line.number) for line in found.lines][-1:] == [("a.py", 2)]


def test_an_odd_syntax_error_does_not_end_the_worker(real: Start) -> None:
    source = "def f():\n    raise SyntaxError('odd', (3, 'x', 2**70, 4))\n"
    assert raised(asked(real(a=source))).kind == "SyntaxError"


def test_a_stub_says_which_function_is_not_started(real: Start) -> None:
    worker = real(
        a="from b import f as inner\ndef f(): raise NotImplementedError\ndef g(): inner()\n",
        b="def f():\n    raise NotImplementedError('b.f: do it')\n",
    )
    assert raised(asked(worker)).not_started == "a.f"
    assert raised(asked(worker, name="a.g")).not_started == "b.f"


def test_each_call_gets_fresh_arguments_and_says_what_it_changed(real: Start) -> None:
    source = "def f(x, y, p):\n    was = x[0]\n    x[0] = 9\n    p['w'][0] = 9\n    return was\n"
    arguments = (np.array([1.0, 2.0]), np.ones(2), {"w": np.ones(1), "n": 3})
    run = asked(real(a=source), *arguments, count=3)
    assert run.outcomes == tuple([Returned(run.outcomes[0].value, (0, 2))] * 3)  # type: ignore[union-attr]
    assert [outcome.value[0].tolist() for outcome in run.outcomes] == [1.0] * 3  # type: ignore[union-attr]


def test_arguments_lie_in_memory_as_asked(real: Start) -> None:
    source = "def f(x):\n    return [x.flags.c_contiguous, x.flags.writeable, x.sum() == 3]\n"
    worker = real(a=source)
    x = np.array([[1.0, 2.0]])
    assert returned(asked(worker, x, layout=0)) == [True, True, True]
    assert returned(asked(worker, x, layout=1)) == [False, True, True]
    assert returned(asked(worker, x, layout=2)) == [True, False, True]


def test_what_is_printed_is_kept_up_to_a_limit(real: Start) -> None:
    source = """
import os, sys
def f():
    print("out", flush=True)
    print("err", file=sys.stderr)
    sys.__stdout__.write("own")
    os.write(1, b"nowhere")
    os.write(2, b"nowhere")
def g():
    sys.stdout = None
    while True:
        sys.__stderr__.write("x" * 10**5)
        g.count = getattr(g, "count", 0) + 1
        if g.count == 100: return
"""
    worker = real(a=source, limits=Limits(output_characters=50))
    assert asked(worker).printed == "out\nerr\nown"
    printed = asked(worker, name="a.g").printed
    assert set(printed) == {"x"}
    assert 50 <= len(printed) <= 60
    assert asked(worker).printed == "out\nerr\nown"  # the streams are back


def test_input_is_empty(real: Start) -> None:
    assert raised(asked(real(a="def f(): return input()\n"))).kind == "EOFError"


def test_random_numbers_are_the_same_in_every_worker(real: Start) -> None:
    source = "import random, numpy as np\ndef f(): return [random.random(), np.random.rand()]\n"
    first = [outcome.value[0].tolist() for outcome in asked(real(a=source), count=2).outcomes]  # type: ignore[union-attr]
    again = [outcome.value[0].tolist() for outcome in asked(real(a=source), count=2).outcomes]  # type: ignore[union-attr]
    assert first == again
    assert first[0] != first[1]


def test_warnings_and_floating_point_errors_cost_nothing(real: Start) -> None:
    source = """
import warnings
import numpy as np
warnings.simplefilter("error")
np.seterr(all="raise")
def f():
    warnings.warn("theirs", DeprecationWarning)
    return np.exp(1000.0) * 0 + np.log(0.0)
"""
    assert np.isnan(returned(asked(real(a=source))))


def test_a_result_that_is_too_large_is_said_in_words(real: Start) -> None:
    worker = real(a="import numpy as np\ndef f(): return np.zeros(10**6)\n")
    assert returned(asked(worker)) == [0.0] * 10**6
    limits = Limits(reply_bytes=10**6)
    worker = real(a="import numpy as np\ndef f(): return np.zeros(10**6)\n", limits=limits)
    assert returned(asked(worker)) == "a result that is far too large"


def test_memory_and_files_are_limited(real: Start) -> None:
    source = """
import numpy as np
def f(): return np.ones(2**28).sum()
def g():
    with open("big", "wb") as file:
        file.write(bytes(10**6))
"""
    worker = real(a=source, limits=Limits(file_bytes=10**5))
    assert raised(asked(worker)).kind.endswith("MemoryError")
    assert raised(asked(worker, name="a.g")).kind == "OSError"


def test_a_function_that_kills_its_process_is_explained(real: Start) -> None:
    run = asked(real(a="import os\ndef f(): os._exit(5)\n"))
    sentence = "the Python process ended itself (exit status 5) in call 1 of 1 of a.f"
    assert run.ending == Ending(Status.CRASHED, sentence, While.CALL)
    run = asked(real(a="import os\ndef f(): os.kill(os.getpid(), 11)\n"))
    assert run.ending is not None
    assert run.ending.sentence.startswith("the Python process died (SIGSEGV)")


def test_a_function_that_closes_everything_is_always_explained_the_same_way(real: Start) -> None:
    source = "import os\ndef f(): os.closerange(0, 64); {}\n"
    for more in ("return 1", "return sum(range(10**6))", "raise ValueError"):
        run = asked(real(a=source.format(more)))
        sentence = "the Python process was killed or closed its pipe in call 1 of 1 of a.f"
        assert run.ending == Ending(Status.CRASHED, sentence, While.CALL)


def test_a_function_that_kills_its_parent_costs_only_itself(real: Start) -> None:
    source = (
        "import os, signal\ndef f(): os.kill(os.getppid(), signal.SIGKILL)\ndef g(): return 1\n"
    )
    asked(real(a=source))
    assert returned(asked(real(a=source), name="a.g")) == 1


# ---- packages that are missing


def test_a_missing_package_costs_only_the_functions_that_use_it(real: Start) -> None:
    source = """
import scipy.special as special, pandas
from torch.nn import Module, functional as F
from sklearn import *
torch_seed = pandas.set_option("a", 1)

class Net(Module):
    pass

def f(x):
    return special.erf(x)

def g(x):
    return x
"""
    worker = real(a=source)
    assert returned(asked(worker, 2.0, name="a.g")) == 2.0
    found = raised(asked(worker, 2.0))
    assert found.kind == "ModuleNotFoundError"
    assert found.message == (
        "No module named 'scipy': the homework has numpy and the standard library only,"
        " and the .py files that you submit"
    )
    assert [line.text for line in found.lines] == ["return special.erf(x)"]


@pytest.mark.parametrize(
    "use",
    [
        "missing.thing",
        "missing.thing(1)",
        "missing.things['key']",
        "missing.inner.function(1)",
        "[x for x in missing.things()]",
        "decorated()",
    ],
)
def test_every_use_of_a_missing_package_raises(real: Start, use: str) -> None:
    source = f"import missing\n@missing.jit\ndef decorated(): pass\ndef f(): return {use}\n"
    assert raised(asked(real(a=source))).kind == "ModuleNotFoundError"


def test_a_function_decorated_by_a_missing_package_is_there(real: Start) -> None:
    source = "from numba import jit\n@jit(nopython=True)\ndef f(x): return x\ndef g(x): return x\n"
    worker = real(a=source)
    assert raised(asked(worker, 1)).kind == "ModuleNotFoundError"
    assert returned(asked(worker, 1, name="a.g")) == 1


def test_a_fallback_for_a_missing_package_is_taken(real: Start) -> None:
    source = "try:\n    import scipy\nexcept ImportError:\n    scipy = None\n"
    assert returned(asked(real(a=source + "def f(): return scipy is None\n"))) is True


def test_a_fallback_is_taken_whatever_another_file_imports(real: Start) -> None:
    worker = real(
        a="import scipy\ndef f(): return 1\n",
        b="try:\n    import scipy\nexcept ImportError:\n    scipy = None\n"
        "def f(): return scipy is None\n",
    )
    assert returned(asked(worker)) == 1
    assert returned(asked(worker, name="b.f")) is True


@pytest.mark.parametrize(
    "value", ["missing.pi * 2", "1 - missing.pi", "-missing.pi", "[x for x in missing.things]"]
)
def test_a_constant_of_a_missing_package_costs_only_its_functions(real: Start, value: str) -> None:
    source = f"import missing\nCONSTANT = {value}\ndef f(): return 1\n"
    assert real(a=source).load("a", ("f",), seconds=1).problem is None


def test_a_package_missing_in_a_helper_costs_only_its_functions(real: Start) -> None:
    worker = real(
        a="from helper import right, wrong\ndef f(): return right()\ndef g(): return wrong()\n",
        helper="import torch\ndef right(): return 1\ndef wrong(): return torch.ones(1)\n",
    )
    assert returned(asked(worker)) == 1
    assert raised(asked(worker, name="a.g")).kind == "ModuleNotFoundError"


def test_a_missing_module_of_the_students_own_is_named_the_same_way(real: Start) -> None:
    source = "from forgotten import helper\ndef f(): return helper()\ndef g(): return 1\n"
    worker = real(a=source)
    assert returned(asked(worker, name="a.g")) == 1
    assert "No module named 'forgotten'" in raised(asked(worker)).message


def test_a_helper_cannot_take_the_place_of_the_standard_library(real: Start) -> None:
    source = "import random\ndef f(): return random.Random(0).random()\n"
    assert returned(asked(real(a=source, random="raise ValueError\n"))) == pytest.approx(
        0.844, abs=1e-3
    )


@pytest.mark.parametrize(
    "use", ["np.testing.assert_allclose(1.0, 1.0)", "__import__('sysconfig').get_config_vars()"]
)
def test_all_of_numpy_and_the_standard_library_is_there(real: Start, use: str) -> None:
    assert returned(asked(real(a=f"import numpy as np\ndef f():\n    {use}\n    return 1\n"))) == 1


# ---- who calls whom

USERS = {
    "a name": "def user(x): return relu(x)",
    "an attribute": "def user(x): return module.relu(x)",
    "another name": "other = relu\ndef user(x): return other(x)",
    "a helper": "def helper(x): return relu(x)\ndef user(x): return helper(x)",
    "a lambda": "helper = lambda x: relu(x)\ndef user(x): return helper(x)",
    "a function inside": "def user(x):\n    def inner(): return relu(x)\n    return inner()",
    "a comprehension": "def user(x): return [relu(row) for row in x]",
    "a closure": "def make(g):\n    def user(x): return g(x)\n    return user\nuser = make(relu)",
    "a method": "class Net:\n    def run(self, x): return relu(x)\n"
    "def user(x): return Net().run(x)",
    "a static method": "class Net:\n    run = staticmethod(relu)\ndef user(x): return Net.run(x)",
    "a decorator": "import functools\ndef wrap(g):\n    @functools.wraps(g)\n"
    "    def inner(*a): return g(*a)\n    return inner\n@wrap\ndef user(x): return relu(x)",
    "a circle": "def one(x): return two(x)\ndef two(x): return one(relu(x))\n"
    "def user(x): return one(x)",
    "in a module that an inner function holds": (
        "def user(x):\n    import module as m\n    def inner(y): return m.relu(y)\n"
        "    return inner(x)\n"
    ),
    "in a table": "ALL = {'a': [relu]}\ndef user(x):\n    return ALL['a'][0](x)\n",
    "partly bound": "import functools as t\np = t.partial(relu)\ndef user(x): return p(x)\n",
    "by default": "def user(x, function=relu):\n    return function(x)\n",
    "after an import inside": "def user(x):\n    from module import relu as r\n    return r(x)\n",
    "in a module imported inside": "def user(x):\n    import module as m\n    return m.relu(x)\n",
}


@pytest.mark.parametrize("source", USERS.values(), ids=USERS.keys())
def test_every_way_to_call_a_function_is_followed(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def relu(x: Any) -> Any:
        return x

    module = type(sys)("module")
    module.relu = relu  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "module", module)
    scope: dict[str, Any] = {"relu": relu, "module": module}
    exec(source, scope)
    assert functions_used(scope["user"], {id(relu): "activations.relu"}) == ("activations.relu",)


def test_a_function_that_is_not_called_is_not_used() -> None:
    scope: dict[str, Any] = {}
    exec("def relu(x): return x\ndef user(x): return [x]\ndef other(x): return relu(x)\n", scope)
    graded = {id(scope["relu"]): "activations.relu"}
    assert functions_used(scope["user"], graded) == ()
    assert functions_used(len, graded) == ()
    assert functions_used(3, graded) == ()


NO_USERS = {
    "a method of that name": "def user(self, x):\n    return self.relu(x) + x.relu\n",
    "numpy's": "import numpy\ndef user(x):\n    return numpy.relu(x)\n",
    "a parameter": "def user(x, relu):\n    return relu(x)\n",
    "a variable": "def user(x):\n    relu = abs\n    return relu(x)\n",
    "a keyword": "def user(x):\n    return dict(relu=x)\n",
}


@pytest.mark.parametrize("source", NO_USERS.values(), ids=NO_USERS.keys())
def test_another_thing_of_its_name_is_not_the_function(source: str) -> None:
    scope: dict[str, Any] = {"relu": lambda x: x}
    exec(source, scope)
    assert functions_used(scope["user"], {id(scope["relu"]): "activations.relu"}) == ()


def test_a_graded_function_is_named_and_not_followed_further() -> None:
    scope: dict[str, Any] = {}
    exec("def a(): return 1\ndef b(): return a()\ndef user(): return b()\n", scope)
    graded = {id(scope["a"]): "m.a", id(scope["b"]): "m.b"}
    assert functions_used(scope["user"], graded) == ("m.b",)


def test_a_worker_says_whom_a_function_calls(real: Start) -> None:
    worker = real(
        a="def f(x): return x\n", b="from a import f as inner\ndef f(x): return inner(x)\n"
    )
    worker.load("a", ("f",), seconds=20)
    assert worker.load("b", ("f",), seconds=20).functions["f"]["uses"] == ("a.f",)
