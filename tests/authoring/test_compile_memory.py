"""A compile that remembers gives the bytes of one that does not, and does only what it has to."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.authoring import Inputs, real
from autograder.authoring.compiler.fingerprint import Fingerprints
from autograder.authoring.compiler.lock import locked
from autograder.authoring.compiler.memory import Memory

ROOT = Path(__file__).resolve().parents[2]
RUBRIC = "rubric/regression.py"
SOLUTION = "solution/regression.py"


def compile_(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a homework."""
    call = [sys.executable, "-m", "autograder", "--homework", str(root), "compile", *options]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done


def read_keys(root: Path) -> list[bytes]:
    """Return the bytes of both keys."""
    return [(root / "build" / f"answer-key.{half}").read_bytes() for half in ("full", "public")]


def remembered(root: Path) -> dict[str, bytes]:
    """Return what is remembered, by question."""
    return {file.name: file.read_bytes() for file in (root / "build" / "compiled").iterdir()}


@pytest.fixture(scope="module")
def regression(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the small homework, compiled once."""
    root = tmp_path_factory.mktemp("homework") / "regression"
    ignored = shutil.ignore_patterns("build", "dist", "__pycache__")
    shutil.copytree(ROOT / "homeworks" / "regression", root, ignore=ignored)
    compile_(root)
    return root


CALLERS = {"regression.error", "regression.error_grad"}


@pytest.mark.parametrize(
    ("file", "old", "new", "again"),
    [
        (RUBRIC, "features are added up", "features are summed up", set()),
        # A mistake is known of the functions that call its own, too.
        (RUBRIC, "x @ w / x.shape[1]", "x @ w / len(w) ** 2", CALLERS | {"regression.predict"}),
        (RUBRIC, 'real("p 1"), rate=', 'real("p 1", size=4), rate=', {"regression.step"}),
    ],
    ids=["a sentence", "a mistake", "inputs"],
)
def test_after_a_change_the_keys_are_those_of_a_compile_from_nothing(
    regression: Path, tmp_path: Path, file: str, old: str, new: str, again: set[str]
) -> None:
    root = tmp_path / "regression"
    shutil.copytree(regression, root)
    text = (root / file).read_text()
    assert old in text
    (root / file).write_text(text.replace(old, new))
    before = remembered(root)
    compile_(root)
    after, keys = remembered(root), read_keys(root)
    assert {name for name in after if after[name] != before[name]} == again
    shutil.rmtree(root / "build")
    compile_(root)
    assert read_keys(root) == keys


def test_what_is_damaged_is_compiled_again_and_what_is_no_question_goes(
    regression: Path, tmp_path: Path
) -> None:
    root = tmp_path / "regression"
    shutil.copytree(regression, root)
    damaged = root / "build" / "compiled" / "regression.predict"
    content = damaged.read_bytes()
    damaged.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    (damaged.parent / "regression.gone").write_bytes(content)
    compile_(root)
    assert read_keys(root) == read_keys(regression)
    assert remembered(root) == remembered(regression)


# Fingerprints.


def make(text: str, **scope: Any) -> Callable[..., Any]:
    """Return the function ``f`` of a text, as if an author's file had it."""
    scope["__name__"] = "written_by_an_author"
    exec(compile(text, str(ROOT / "rubric" / "of_a_test.py"), "exec"), scope)
    function: Callable[..., Any] = scope["f"]
    return function


def digest(*values: Any) -> str:
    """Return a fingerprint."""
    return Fingerprints(ROOT / "homeworks" / "regression").of(*values)


F = "def f(x, y=1):\n    return helper(x) + y\n"
HELPER = "def helper(x):\n    return x * 2\n\n\n"


@pytest.mark.parametrize(
    "text",
    [
        f"# a comment\n\n\n{HELPER}{F}",
        HELPER + F.replace("    return", '    """Say so."""\n    return'),
        HELPER.replace("return x * 2", "return (\n        x * 2\n    )") + F,
    ],
    ids=["lines and comments", "a docstring", "line breaks"],
)
def test_words_and_lines_do_not_count(text: str) -> None:
    assert digest(make(text)) == digest(make(HELPER + F))


@pytest.mark.parametrize(
    "text",
    [
        HELPER + F.replace("y=1", "y=2"),
        HELPER + F.replace("+ y", "- y"),
        HELPER.replace("2", "3") + F,
        HELPER.replace("x * 2", "x * two") + "two = 2\n" + F,
        HELPER + F.replace("helper(x)", "(lambda x: helper(x) + 1)(x)"),
        HELPER + "import functools\nhelper = functools.partial(helper, 3)\n" + F,
    ],
    ids=["a default", "an operator", "a helper", "a constant", "a lambda", "a partial"],
)
def test_what_a_function_computes_counts(text: str) -> None:
    assert digest(make(text)) != digest(make(HELPER + F))


def test_an_attribute_is_not_taken_for_something_of_its_name() -> None:
    text = "def f(x):\n    return x.shape\n"
    assert digest(make(text, shape=1)) == digest(make(text, shape=2))


def test_what_a_function_closes_over_counts_and_so_do_numbers_of_the_module() -> None:
    def adding(n: Any) -> Callable[[float], float]:
        return lambda x: x + n

    assert digest(adding(1)) == digest(adding(1)) != digest(adding(2))
    text = "def f(x):\n    return x @ W\n"
    ones = [make(text, W=np.ones((2, 2))) for _ in range(2)]
    assert digest(ones[0]) == digest(ones[1]) != digest(make(text, W=np.ones((4, 1))))


def test_inputs_count_and_their_lines_do_not() -> None:
    first = Inputs.of(x=real("t d"))
    second = Inputs.of(x=real("t d"))
    assert first.where != second.where
    assert digest(first) == digest(second)
    assert digest(first) != digest(Inputs.of(x=real("t d", size=4)))
    assert digest(first) != digest(first.fixing(t=1))
    assert digest(first.adjusted(lambda a: a)) != digest(first.adjusted(lambda a: None))


def test_functions_that_call_each_other_have_a_fingerprint() -> None:
    text = "def f(x):\n    return g(x - 1)\ndef g(x):\n    return f(x) if x else 0\n"
    assert (
        digest(make(text)) == digest(make(text)) != digest(make(text.replace("else 0", "else 1")))
    )


def test_what_cannot_be_read_makes_all_sources_count(tmp_path: Path) -> None:
    (tmp_path / "rubric").mkdir()
    (tmp_path / "rubric" / "exam.py").write_text("EXAM = 1\n")
    before = Fingerprints(tmp_path).of(object())
    assert Fingerprints(tmp_path).of(object()) == before
    (tmp_path / "rubric" / "exam.py").write_text("EXAM = 2\n")
    assert Fingerprints(tmp_path).of(object()) != before


def test_a_part_is_found_again_only_for_the_same_values(tmp_path: Path) -> None:
    memory = Memory(tmp_path, "base", Fingerprints(tmp_path))
    one = memory.of("q")
    assert one.recall(lambda: (1, np.ones(2)), "a")[0] == 1
    one.keep("", {})
    two = memory.of("q")
    assert two.recall(lambda: (2,), "a")[0] == 1
    assert two.recall(lambda: (2,), "b")[0] == 2
    assert Memory(tmp_path, "other", Fingerprints(tmp_path)).of("q").recall(lambda: 3, "a") == 3


# Two at once, and an interrupt.


def test_two_compiles_at_once_wait_for_one_another(regression: Path, tmp_path: Path) -> None:
    root = tmp_path / "regression"
    shutil.copytree(regression, root)
    with locked(root / "build" / "compile.lock", waiting=lambda: None) as has_waited:
        assert not has_waited
        call = [sys.executable, "-m", "autograder", "--homework", str(root), "compile"]
        other = subprocess.Popen(call, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        assert other.stderr is not None
        assert other.stderr.readline() == "waiting for another compile of this homework ...\n"
        assert other.poll() is None
    assert other.communicate(timeout=120)[1] == ""
    assert other.returncode == 0
    assert read_keys(root) == read_keys(regression)


def test_a_killed_process_leaves_no_lock_behind(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from autograder.authoring.compiler.lock import locked\n"
        "with locked(Path(sys.argv[1]), waiting=lambda: None):\n"
        "    print('held', flush=True); time.sleep(600)\n"
    )
    call = [sys.executable, "-c", script, str(tmp_path / "lock")]
    holder = subprocess.Popen(call, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.communicate()
    with locked(tmp_path / "lock", waiting=lambda: None) as has_waited:
        assert not has_waited


@pytest.mark.skipif(os.name == "nt", reason="a process group can't be interrupted there")
def test_an_interrupt_is_a_sentence_and_leaves_no_half_key_and_no_process(tmp_path: Path) -> None:
    root = tmp_path / "regression"
    shutil.copytree(ROOT / "homeworks" / "regression", root, ignore=shutil.ignore_patterns("build"))
    text = (root / RUBRIC).read_text()
    slow = text.replace("regression.error(x, point, y)", "__import__('time').sleep(600)")
    assert slow != text
    (root / RUBRIC).write_text(slow)
    call = [sys.executable, "-m", "autograder", "--homework", str(root), "compile"]
    started = subprocess.Popen(
        call, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not list(root.glob("build/compiled/regression.step")):
        time.sleep(0.05)
    os.killpg(started.pid, signal.SIGINT)
    _, errors = started.communicate(timeout=120)
    assert started.returncode == 130
    assert errors.endswith(
        "stopped: the answer keys are as they were before; the same command goes on with the"
        " questions that are left\n"
    )
    assert "Traceback" not in errors
    assert not list(root.glob("build/answer-key.*"))
    with pytest.raises(ProcessLookupError):
        os.killpg(started.pid, 0)
