"""'show' runs the lines of a message in a student's own folder, and nobody else's."""

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from students import lay_out_key

ROOT = Path(__file__).resolve().parents[2]

Show = Callable[..., "subprocess.CompletedProcess[str]"]

#: What a right function begins with, by file, and what a wrong one does.
WRONG = {"forward": ("z = h @ U + b_U", "z = h @ U"), "separability": ("return x @ W + b", "pass")}


@pytest.fixture
def homework(answer_keys: dict[str, Path], tmp_path: Path) -> Path:
    """A student's homework in which two functions are wrong."""
    homework = tmp_path / "homework"
    lay_out_key(homework, answer_keys)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "solution", homework / "assignment", ignore=ignored)
    for file, (old, new) in WRONG.items():
        change(homework, file, old, new)
    return homework


def change(homework: Path, file: str, old: str, new: str) -> None:
    path = homework / "assignment" / f"{file}.py"
    source = path.read_text("utf-8")
    assert old in source
    path.write_text(source.replace(old, new, 1), "utf-8")


def limit(homework: Path, *, training_seconds: int) -> None:
    limits = f"[limits]\nfunction_seconds = 1\ntraining_seconds = {training_seconds}\n"
    (homework / "homework.ini").write_text(limits, "utf-8")


@pytest.fixture
def show(homework: Path) -> Show:
    def run(*words: object, verb: str = "show") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "autograder", verb, *map(str, words)],
            cwd=homework,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def test_it_prints_the_lines_of_a_message_and_what_they_print(show: Show) -> None:
    done = show(2)
    assert (done.returncode, done.stderr) == (0, "")
    head, *lines = done.stdout.splitlines()
    assert head.startswith("2. forward.forward")
    assert lines[:2] == [">>> import numpy as np", ">>> from forward import forward"]
    assert "got z [[0. 0. 0. 0.]" in lines
    assert "expected z [[0.  0.  0.  0.5]" in lines


@pytest.mark.slow
def test_it_is_about_the_files_as_they_are_now(show: Show, homework: Path) -> None:
    assert show(1).stdout.startswith("1. separability.affine")
    change(homework, "separability", "pass", "return x @ W + b")
    assert show(1).stdout.startswith("1. forward.forward")
    done = show(2)
    assert done.returncode == 2
    assert "there is 1 message now, and no message 2: 'python grade.py' shows" in done.stderr
    change(homework, "forward", "z = h @ U", "z = h @ U + b_U")
    assert "there is no message 1: every check passes" in show(1).stderr


@pytest.mark.slow
def test_the_number_may_be_that_of_a_part(show: Show) -> None:
    assert show(1, "--only", "forward").stdout.startswith("1. forward.forward")
    assert "no message 2" in show(2, "--only", "forward").stderr


def test_it_runs_in_the_folder_that_the_grade_takes(show: Show, homework: Path) -> None:
    (homework / "assignment").rename(homework / "files")
    (homework / "assignment" / "my work").mkdir(parents=True)
    (homework / "files").rename(homework / "assignment" / "my work" / "final")
    file = homework / "assignment" / "my work" / "final" / "forward.py"
    said = "\n\nimport os\n\nprint(os.path.basename(os.getcwd()))\n"
    file.write_text(file.read_text("utf-8") + said, "utf-8")
    assert "final" in show(2).stdout.splitlines()
    assert not list((homework / "assignment").rglob("__pycache__"))


def test_an_exception_is_shown_as_python_shows_it(show: Show, homework: Path) -> None:
    change(homework, "separability", "pass", "return x.nothing")
    done = show(1)
    assert done.returncode == 0
    assert "AttributeError: 'numpy.ndarray' object has no attribute 'nothing'" in done.stderr


@pytest.mark.slow
def test_an_endless_loop_is_stopped_with_a_sentence(show: Show, homework: Path) -> None:
    limit(homework, training_seconds=2)
    change(homework, "separability", "pass", "while True: pass")
    done = show(1)
    assert done.returncode == 0
    last = done.stdout.splitlines()[-1]
    assert last.startswith("Stopped after 2 s: look for a loop that does not end in affine")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_control_c_stops_an_endless_loop(homework: Path) -> None:
    limit(homework, training_seconds=100)
    change(homework, "separability", "pass", "while True: print('again', flush=True)")
    process = subprocess.Popen(
        [sys.executable, "-m", "autograder", "show", "1"],
        cwd=homework,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    while process.stdout.readline() != "again\n":
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "The grader failed" not in said
    assert "autograder" not in said


def test_a_message_without_lines_says_where_to_read_it(show: Show, homework: Path) -> None:
    change(homework, "separability", "pass", "return (")
    done = show(1)
    assert done.returncode == 2
    assert done.stdout.startswith("1. separability.py can't be read")
    assert "message 1 has no lines to run: 'python grade.py' shows what it says" in done.stderr


@pytest.mark.slow
def test_for_a_notebook_the_lines_are_printed_to_be_pasted(show: Show, homework: Path) -> None:
    folder = homework / "assignment"
    assert show(folder, folder / "work.ipynb", verb="convert").returncode == 0
    for file in folder.glob("*.py"):
        file.unlink()
    done = show(1)
    assert done.returncode == 0, done.stderr
    assert "(These are for your notebook: run this in a new cell at the end" in done.stdout
    assert ">>> import numpy as np" in done.stdout


def test_a_zip_and_other_peoples_folders_are_refused(
    show: Show, homework: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    marker = tmp_path / "it-ran"
    (other / "separability.py").write_text(f"open({str(marker)!r}, 'w')\n")
    with zipfile.ZipFile(homework / "work.zip", "w") as archive:
        archive.write(other / "separability.py", "separability.py")
    (homework / "link").symlink_to(other)
    for path, said in (
        (other, "may be someone else's"),
        ("link", "may be someone else's"),
        ("work.zip", "is a file: name the folder"),
        ("nowhere", "there is no folder, zip or notebook at"),
    ):
        done = show(1, path)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
    assert not marker.exists()


def test_staff_run_no_submission_by_it(
    command: Callable[..., "subprocess.CompletedProcess[str]"], root: Path, homework: Path
) -> None:
    done = command("show", 1, homework / "assignment")
    assert done.returncode == 2
    assert "takes only your own files" in done.stderr
    assert "every check passes" in command("show", 1, root / "solution").stderr
