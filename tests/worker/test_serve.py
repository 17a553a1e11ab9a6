"""A worker answers honestly, whatever a student's code does."""

import sys
from pathlib import Path

import numpy as np
import pytest
from worker_talk import MODULES, Start, asked, raised, returned

from autograder.core.limits import Limits
from autograder.core.records import (
    Ending,
    Returned,
    Status,
    While,
)
from autograder.supervisor.spawn import Spawner
from autograder.supervisor.worker import Worker

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="workers need POSIX")

ROOT = Path(__file__).parents[2]


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


def test_a_result_that_is_too_large_is_said_in_words(real: Start) -> None:
    worker = real(a="import numpy as np\ndef f(): return np.zeros(10**6)\n")
    assert returned(asked(worker)) == [0.0] * 10**6
    limits = Limits(reply_bytes=10**6)
    worker = real(a="import numpy as np\ndef f(): return np.zeros(10**6)\n", limits=limits)
    assert returned(asked(worker)) == "a result that is far too large"


def test_after_a_result_that_is_too_large_no_call_is_made(real: Start) -> None:
    source = "import numpy as np\ndef f():\n    print('made')\n    return np.zeros(10**6)\n"
    run = asked(real(a=source, limits=Limits(reply_bytes=10**6)), count=3)
    assert run.outcomes == (Returned("a result that is far too large"),) * 3
    assert run.printed == "made\n"


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


def test_a_closed_worker_leaves_the_pipes_of_later_ones_alone(real: Start) -> None:
    # Each new worker gets the descriptors that the last one gave back.
    for number in range(40):
        worker = real(a=f"def f(): return {number}\n")
        assert returned(asked(worker)) == number
        worker.close()
