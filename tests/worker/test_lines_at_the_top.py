"""A setting at a file's top costs nothing; what is refused there is told of that line alone."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from quick import slow_after

from autograder.core.codec import encode
from autograder.core.limits import Limits
from autograder.core.records import CallOutcome, FileState, Raised, Returned
from autograder.supervisor.spawn import Spawner
from autograder.supervisor.worker import Worker

MODULES = {"train": ("f",), "other": ("f",)}
RIGHT = "def f(): return 1.0\n"

Start = Callable[..., Worker]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="some lines need POSIX")


@pytest.fixture
def start(spawner: Spawner, tmp_path: Path) -> Iterator[Start]:
    """Start a worker on files given as text."""
    workers = []

    def begin(**files: str | bytes) -> Worker:
        for name, text in files.items():
            content = text.encode() if isinstance(text, str) else text
            (tmp_path / f"{name}.py").write_bytes(content)
        folder = tmp_path.resolve()
        workers.append(Worker(spawner.take(), folder, modules=MODULES, blocked={}, limits=Limits()))
        return workers[-1]

    yield begin
    for worker in workers:
        worker.close()


def load(worker: Worker, module: str = "train") -> FileState:
    return worker.load(module, MODULES[module], seconds=20)


def call(worker: Worker, module: str = "train") -> CallOutcome:
    request = {"call": f"{module}.f", "returns": "array", "calls": ((0, ()),)}
    run = worker.collect(worker.ask(encode(request)), f"{module}.f", 1, seconds=20)
    (outcome,) = run.outcomes
    return outcome


def number(outcome: CallOutcome) -> Any:
    assert isinstance(outcome, Returned), outcome
    return float(outcome.value[0])


#: What works by ``python train.py``.
SETTINGS = r"""
import argparse; p = argparse.ArgumentParser(); p.add_argument("--lr", default=1); p.parse_args()
import sys; assert sys.argv == [__file__] and __file__.endswith("train.py")
import sys; EPOCHS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
import sys; assert not any("nursery" in word for word in sys.orig_argv)
import sys, os; os.isatty(sys.stdout.fileno()), sys.stdin.isatty(), os.isatty(sys.stdin.fileno())
import faulthandler; faulthandler.enable()
import sys; sys.stdin.read()
import sys; sys.stdout = sys.stderr = open("log.txt", "w")
import sys; sys.stdout.close()
import sys; sys.stdout.reconfigure(encoding="utf-8"); sys.stdout.buffer.write(b"x")
import builtins; print = builtins.print = lambda *a, **k: None
import os; os.system("cls" if os.name == "nt" else "clear"); assert os.system("clear") != 0
import os; os.chdir(os.path.dirname(os.path.abspath(__file__)))
import os; os.chdir(".."); os.environ["OMP_NUM_THREADS"] = "1"
import os; os.makedirs("plots", exist_ok=True); open("plots/a.txt", "w").write("x")
import sys, os; sys.path.append(".."); sys.path.insert(0, os.path.dirname(__file__))
import sys; sys.modules.pop("other", None); sys.setrecursionlimit(10**5); sys.tracebacklimit = 0
import logging; logging.basicConfig(level=logging.DEBUG, filename="a.log"); logging.info("x")
import warnings; warnings.simplefilter("error"); warnings.filterwarnings("error")
import numpy as np; np.seterr(all="raise"); np.set_printoptions(precision=2); np.random.seed(0)
import signal; signal.signal(signal.SIGINT, signal.SIG_DFL)
import locale, platform, getpass; platform.platform(); getpass.getuser()
import atexit; atexit.register(input)
breakpoint()
import threading; threading.Thread(target=print, daemon=True).start()
if __name__ == "__main__": raise SystemExit(1)
assert __name__ == "train"
exit, quit
""".strip().split("\n")


@pytest.mark.parametrize("line", slow_after(6, SETTINGS))
def test_a_setting_costs_nothing(start: Start, line: str) -> None:
    worker = start(train=f"{line}\n{RIGHT}", other=f"import warnings; warnings.warn('x')\n{RIGHT}")
    for module in ("train", "other"):
        assert load(worker, module).problem is None
        assert number(call(worker, module)) == 1.0


@pytest.mark.parametrize(
    "end", slow_after(1, ["import sys; sys.exit()", "exit(0)", "quit()", "raise SystemExit"])
)
def test_a_file_that_ends_itself_below_its_last_function_is_complete(
    start: Start, end: str
) -> None:
    worker = start(train=f"{RIGHT}\n{end}\n", other="from train import f\n")
    assert load(worker).problem is None
    assert number(call(worker)) == 1.0
    assert load(worker, "other").problem is None


@pytest.mark.parametrize(
    "text", slow_after(1, [f"exit()\n{RIGHT}", f"{RIGHT}exit(1)\n", "exit()\n"])
)
def test_any_other_end_is_told(start: Start, text: str) -> None:
    problem = load(start(train=text)).problem
    assert isinstance(problem, Raised)
    assert problem.kind == "SystemExit"


PROCESSES = r"""
import os; os.popen("clear")
import os; os.fork()
import subprocess, sys; subprocess.check_call([sys.executable, "-m", "pip", "install", "numpy"])
import subprocess; subprocess.run("clear", shell=True)
import multiprocessing; multiprocessing.Pool(2)
import multiprocessing; multiprocessing.Queue()
import concurrent.futures as f; list(f.ProcessPoolExecutor().map(abs, [1]))
""".strip().split("\n")


@pytest.mark.parametrize("line", slow_after(2, PROCESSES))
def test_a_line_that_starts_processes_is_told_of_as_that(start: Start, line: str) -> None:
    problem = load(start(train=f"{line}\n{RIGHT}")).problem
    assert isinstance(problem, Raised)
    assert problem.said == (
        "PermissionError: a submission may not start other processes: calculate in this one"
    )
    assert [own.number for own in problem.lines] == [1]


#: What Python can't read, in every way in which it says so.
UNREADABLE = {
    "UTF-16": RIGHT.encode("utf-16"),
    "null bytes": b"x = 1\0\n",
    "another encoding": b"x = '\xe9\xff'\n",
    "an encoding that nobody knows": b"# coding: nothing\n",
    "no Python": b"def f(:\n",
    "indentation": b"  x = 1\n y = 2\n",
}


@pytest.mark.parametrize("content", slow_after(1, UNREADABLE.values()), ids=UNREADABLE.keys())
def test_a_file_that_python_cannot_read_costs_another_only_what_calls_it(
    start: Start, content: bytes
) -> None:
    worker = start(
        train="import other\nfrom other import f as g\ndef f(): return 1.0\n",
        other=content,
    )
    assert isinstance(load(worker, "other").problem, Raised)
    assert load(worker).problem is None
    assert number(call(worker)) == 1.0
    worker = start(train="from other import f as g\ndef f(): return g()\n")
    assert load(worker).problem is None
    outcome = call(worker)
    assert isinstance(outcome, Raised)
    assert (outcome.not_imported, outcome.wanted) == ("other", "other.f")
