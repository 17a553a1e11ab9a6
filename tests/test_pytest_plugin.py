"""Plain pytest in a student's folder shows the homework's checks, as an editor's panel does."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from quick import slow_after
from students import lay_out_key

ROOT = Path(__file__).resolve().parents[1]
FILES = ROOT / "autograder" / "authoring" / "handout" / "files"

#: What an editor asks of a run: each test's place and outcome, and the names above it.
LISTENER = """
import inspect
import json
import pathlib
import pytest

seen = []

def pytest_collection_finish(session):
    for item in session.items:
        names = [n.name for n in item.listchain()[-3:]]
        is_class = isinstance(item.parent, pytest.Class)
        line = inspect.getsourcelines(item.parent.obj)[1]
        seen.append([item.nodeid, item.location[:2], names, is_class, line])

def pytest_unconfigure():
    pathlib.Path("seen.json").write_text(json.dumps(seen))
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def handout(answer_keys: dict[str, Path], tmp_path: Path) -> Path:
    """A student's folder with the right functions."""
    folder = tmp_path / "homework"
    shutil.copytree(FILES, folder)
    lay_out_key(folder, answer_keys)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "solution", folder / "assignment", ignore=ignored)
    return folder


@pytest.fixture
def run(handout: Path) -> Run:
    """Run pytest there, as a student does."""

    def start(*words: str, folder: str = ".") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "pytest", *words],
            cwd=handout / folder,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""},
            capture_output=True,
            text=True,
            timeout=120,
        )

    return start


def edit(file: Path, old: str, new: str) -> None:
    source = file.read_text(encoding="utf-8")
    assert old in source
    file.write_text(source.replace(old, new), encoding="utf-8")


def line_of(file: Path, text: str) -> int:
    """Return the line, from 1, that begins with a text."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.startswith(text))


def test_right_functions_pass_and_the_score_is_told(run: Run) -> None:
    done = run("-q")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "191 passed" in done.stdout
    assert "score 75.25 of 75.25, extra credit 4 of 4 (public checks, assignment/)" in done.stdout


def test_a_fresh_homework_is_skipped_with_reasons(run: Run, handout: Path) -> None:
    for file in (ROOT / "assignment").glob("*.py"):
        shutil.copy(file, handout / "assignment")
    done = run("-q", "-rs", "-W", "error")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "191 skipped" in done.stdout
    line = line_of(handout / "assignment" / "forward.py", "def softmax")
    assert f"assignment/forward.py:{line}: softmax in forward.py is not started" in done.stdout


def test_a_failure_is_the_graders_message_and_nothing_else(run: Run, handout: Path) -> None:
    edit(handout / "assignment" / "forward.py", "z = h @ U + b_U", "z = h @ U")
    done = run("-q", "assignment/forward.py::forward::values")
    assert done.returncode == 1
    _, _, shown = done.stdout.partition("forward: values")
    assert "likely     The output bias b_U is not added to z" in shown
    assert "0 of 1.5 points" in shown
    for word in ("Traceback", "pytest_plugin", "AssertionError", "session.py"):
        assert word not in done.stdout
    assert "1 failed" in shown


def test_a_file_that_cant_be_read_is_told_of_in_full_once(run: Run, handout: Path) -> None:
    file = handout / "assignment" / "activations.py"
    edit(file, "return np.maximum(x, 0.0)", "return np.where(x >= 0, x, 0.0")
    done = run("-q", "assignment/activations.py::relu", "assignment/forward.py::forward")
    shown, _, summary = done.stdout.partition(" homework ")
    assert shown.count("count the brackets") == 1
    place = f"line {line_of(file, '    return np.where(x >= 0, x, 0.0')}"
    assert f"points: activations.py can't be read, {place}: SyntaxError: '('" in shown
    assert "points: waits for activations.py, which can't be imported" in shown
    assert summary.count("x  1. activations.py can't be read") == 1
    assert "3 functions" not in summary  # of what was asked for
    assert "1 function (1.25 points) of activations.py; 1 function" in summary


@pytest.mark.parametrize(
    ("words", "count"),
    slow_after(
        1,
        [
            (["assignment/forward.py::softmax"], 5),
            (["assignment/forward.py::softmax::shape"], 1),
            pytest.param(["-k", "softmax and not softmax_ce"], 5, marks=pytest.mark.slow),
        ],
    ),
    ids=["function", "check", "word"],
)
def test_a_part_runs_alone(run: Run, words: list[str], count: int) -> None:
    done = run("-q", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{count} passed" in done.stdout


@pytest.mark.slow
def test_in_the_folder_of_the_files_it_is_the_same(run: Run) -> None:
    done = run("-q", "forward.py::softmax", folder="assignment")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout


@pytest.mark.slow
def test_brackets_in_a_folders_name_get_a_sentence(run: Run, handout: Path) -> None:
    folder = handout.rename(handout.with_name("homework [2]"))
    done = run("-q", folder=str(folder / "assignment"))
    assert done.returncode == 4
    said = (done.stdout + done.stderr).strip()
    assert said.startswith("ERROR: pytest can't read [ ] in a path: rename the folder, or start")
    done = run("-q", "-k", "softmax", folder=str(folder))
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_editor_finds_file_function_and_check_at_the_functions_line(
    run: Run, handout: Path
) -> None:
    (handout / "listener.py").write_text(LISTENER, encoding="utf-8")
    forward = handout / "assignment" / "forward.py"
    with forward.open("a", encoding="utf-8") as file:
        file.write("\n\ndef broken(:\n")
    done = run("-q", "--collect-only", "-p", "listener")
    assert done.returncode == 0, done.stdout + done.stderr
    seen = {name: rest for name, *rest in json.loads((handout / "seen.json").read_text())}
    place, names, is_class, line = seen["assignment/forward.py::softmax::values"]
    assert line == line_of(forward, "def softmax")
    assert place == [str(Path("assignment") / "forward.py"), line - 1]
    assert names[1:] == ["softmax", "values"]
    assert is_class  # so that VS Code shows it between file and check
    assert len(seen) == 191


def test_collecting_imports_and_runs_nothing_of_the_students(run: Run, handout: Path) -> None:
    with (handout / "assignment" / "forward.py").open("a", encoding="utf-8") as file:
        file.write("\n\nopen('ran', 'w')\nraise SystemExit(1)\n")
    done = run("-q", "--collect-only", "assignment/forward.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "forward.py::softmax::values" in done.stdout
    assert not list(handout.rglob("ran"))


@pytest.mark.slow
def test_a_file_that_is_missing_is_told_of(run: Run, handout: Path) -> None:
    (handout / "assignment" / "forward.py").rename(handout / "assignment" / "foward.py")
    done = run("-q", "assignment")
    assert "forward.py is not in the submission (rename foward.py?)." in done.stdout
    assert "score" not in done.stdout


def test_tests_of_the_students_own_run_beside(run: Run, handout: Path) -> None:
    own = "from forward import softmax\n\ndef test_it():\n    assert softmax is None\n"
    (handout / "assignment" / "test_mine.py").write_text(own, encoding="utf-8")
    done = run("-q", "-k", "test_mine or cross_entropy")
    assert done.returncode == 1
    assert ">       assert softmax is None" in done.stdout  # with its own lines, as ever
    assert "1 failed, 9 passed" in done.stdout


@pytest.mark.slow
def test_several_processes_and_the_last_failures_work(run: Run, handout: Path) -> None:
    edit(handout / "assignment" / "updates.py", "param - lr *", "param + lr *")
    done = run("-q", "-n", "2")
    assert done.returncode == 1
    assert re.search(r"^1 failed, \d+ passed, \d+ skipped", done.stdout, re.M)
    again = run("-q", "--lf")
    assert again.returncode == 1
    assert "updates.py::sgd_update::values" in again.stdout
    assert "passed" not in again.stdout


def test_without_the_grader_a_sentence_says_which_python_to_choose(
    handout: Path,
) -> None:
    hidden = "import sys; sys.path[:] = [p for p in sys.path if p != ''];"
    hidden += "import importlib.util as u; find = u.find_spec;"
    hidden += "u.find_spec = lambda n, *a: None if n == 'autograder' else find(n, *a);"
    hidden += "import pytest; sys.exit(pytest.main(['-q']))"
    done = subprocess.run(
        [sys.executable, "-c", hidden], cwd=handout, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 4
    said = (done.stdout + done.stderr).strip()
    assert said.startswith("ERROR: autograder is not installed in this Python 3.")
    assert "choose the Python in .venv" in said
    assert "Traceback" not in said


def test_the_projects_own_tests_know_nothing_of_it(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/core/test_codec.py"],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0
    assert "softmax" not in done.stdout
