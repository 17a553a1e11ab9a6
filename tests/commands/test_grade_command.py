"""``grade`` prints the same report every time, in colors where a person looks."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from grade_calls import ROOT, Command, grade_words, no_path, no_zip
from quick import slow_after

HALF_WRONG = {
    "activations": """
def relu(x):  # an exception that names an address and a set
    raise ValueError(f"{object()} is in {set('abcdefgh')}")

def sigmoid(x):  # the items of a set, in its order
    print({"a", "b", "c", "d"})
    return 1 / (1 + np.exp(x))
""",
    "forward": """
def softmax(z):  # down the columns, and in float32
    return (np.exp(z) / np.exp(z).sum(axis=0)).astype("float32")
""",
    "relu_backward": """
def relu_backward(dh, k):  # random numbers without a seed
    return dh * (k > 0) + np.random.default_rng(int(np.random.rand() * 1e6)).normal()
""",
    "updates": """
def batch_gradients(f, h, dk, dz):  # sums
    return f.T @ dk, dk.sum(axis=0), h.T @ dz, dz.sum(axis=0)
""",
    "embeddings": "\nimport a_module_that_is_not_there\n",
}


def patched(folder: Path, patches: dict[str, str]) -> Path:
    """Write the solution with `patches` appended to its modules into `folder`."""
    shutil.copytree(ROOT / "solution", folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name, patch in patches.items():
        with (folder / f"{name}.py").open("a") as file:
            file.write(patch)
    return folder


# Scores.


@pytest.fixture(scope="module")
def solution_json(
    answer_keys: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[bytes, str]:
    """The report on the reference solution, and what is printed."""
    report = tmp_path_factory.mktemp("solution") / "report.json"
    words = grade_words("solution", "--json", report)
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert list(report.parent.iterdir()) == [report]
    return report.read_bytes(), done.stdout


def test_the_solution_gets_everything(solution_json: tuple[bytes, str]) -> None:
    report = json.loads(solution_json[0])
    assert (report["score"], report["max_score"], report["finished"]) == (100, 100, True)
    assert {check["status"] for check in report["checks"]} == {"passed"}
    assert {check["message"] for check in report["checks"]} == {""}
    assert solution_json[1].endswith("score 100 of 100, extra credit 5 of 5\n")


def test_the_stubs_get_nothing_and_are_told_how_to_begin(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    done = command("grade", "assignment", "--json", file)
    assert done.returncode == 0
    report = json.loads(file.read_text())
    assert (report["score"], report["max_score"]) == (0, 100)
    assert {check["status"] for check in report["checks"]} == {"not started"}
    assert {check["misconception"] for check in report["checks"]} == {None}
    text = " ".join(done.stdout.split())
    assert "Nothing is started yet. Begin with affine in separability.py: replace" in text
    assert text.endswith("score 0 of 100")
    assert len(done.stdout.splitlines()) < 20


def test_a_folder_without_homework_is_told_what_is_graded(command: Command, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = command("grade", empty)
    assert done.returncode in (0, 2)
    assert "a folder with the homework's .py files" in " ".join(done.stdout.split())


def test_students_see_the_public_checks_alone(
    graded: Callable[..., dict[str, Any]], solution_json: tuple[bytes, str]
) -> None:
    whole = json.loads(solution_json[0])
    public = [check for check in whole["checks"] if check["visibility"] == "public"]
    report = graded(ROOT / "solution", "--public")
    assert report["checks"] == public
    worth = report["max_score"] + report["max_bonus"]
    assert worth == pytest.approx(sum([check["max_score"] for check in public]))
    assert report["score"] == report["max_score"] < 100


def test_a_zip_gets_the_same_bytes_as_its_folder(
    command: Command, solution_json: tuple[bytes, str], tmp_path: Path
) -> None:
    files = sorted((ROOT / "solution").glob("*.py"))
    for around in ("", "homework/"):
        path, report = tmp_path / "homework.zip", tmp_path / "report.json"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, f"{around}{file.name}")
        done = command("grade", path, "--json", report)
        assert done.returncode == 0, done.stderr
        assert (report.read_bytes(), done.stdout) == solution_json


def test_the_folder_may_be_given_in_any_way(
    command: Command, solution_json: tuple[bytes, str], tmp_path: Path
) -> None:
    link = tmp_path / "a link"
    link.symlink_to(ROOT / "solution")
    assert command("grade", f"{link}/").stdout == solution_json[1]


def gradings(count: int, folder: Path) -> set[tuple[bytes, str]]:
    """Return what `count` gradings with different hash seeds write and print."""
    submission, outcomes = patched(folder / "submission", HALF_WRONG), set()
    for number in range(count):
        report = folder / f"report-{number}.json"
        done = subprocess.run(
            grade_words(submission, "--json", report),
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": str(7919 * number)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        outcomes.add((report.read_bytes(), done.stdout))
    return outcomes


@pytest.mark.slow
def test_the_same_submission_gets_the_same_bytes_every_time(
    answer_keys: dict[str, Path], tmp_path: Path
) -> None:
    ((content, _),) = gradings(3, tmp_path)
    assert 20 < json.loads(content)["score"] < 90


@pytest.mark.slow
def test_the_same_submission_gets_the_same_bytes_twenty_times(
    answer_keys: dict[str, Path], tmp_path: Path
) -> None:
    assert len(gradings(20, tmp_path)) == 1


# The JSON file while the grader runs, and after it was killed.

#: Imported by other modules, too, so that it takes its time more than once.
SLOW = {"activations": "\nimport time\ntime.sleep(0.9)\n"}


@pytest.fixture
def start(
    answer_keys: dict[str, Path], tmp_path: Path
) -> Callable[[], tuple[subprocess.Popen[str], Path]]:
    """Begin to grade a submission that takes its time; return process and report."""
    submission, report = patched(tmp_path / "submission", SLOW), tmp_path / "report.json"

    def begin() -> tuple[subprocess.Popen[str], Path]:
        words = grade_words(submission, "--json", report)
        process = subprocess.Popen(
            words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        return process, report

    return begin


def is_over(process: subprocess.Popen[str], seconds: float) -> bool:
    """Wait that long; tell whether the process ended."""
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def content_of(report: Path) -> dict[str, Any]:
    """Return a whole report of a known form."""
    content: dict[str, Any] = json.loads(report.read_bytes())
    assert {"score", "max_score", "checks", "finished"} <= content.keys()
    assert content["max_score"] == 100
    assert content["finished"] or "did not finish" in " ".join(content["notes"])
    return content


def test_the_report_is_whole_and_grows_while_the_grader_runs(
    start: Callable[[], tuple[subprocess.Popen[str], Path]],
) -> None:
    process, report = start()
    seen = []
    while not is_over(process, 0.005):
        if report.exists():
            seen.append(content_of(report))
    assert process.returncode == 0
    assert process.stderr is not None
    process.stderr.close()
    assert seen[0]["finished"] is False
    assert seen[0]["checks"] == []
    counts = [len(content["checks"]) for content in seen]
    assert counts == sorted(counts)
    assert len(set(counts)) > 2
    last = content_of(report)
    assert (last["finished"], last["score"]) == (True, 100)


@pytest.mark.parametrize("seconds", slow_after(1, [0.0, 0.3, 1.0, 1.5]))
def test_a_grader_that_is_killed_leaves_a_whole_report(
    start: Callable[[], tuple[subprocess.Popen[str], Path]], seconds: float
) -> None:
    process, report = start()
    while not report.exists():
        assert not is_over(process, 0.005)
    assert not is_over(process, seconds)
    process.kill()
    process.communicate()
    content = content_of(report)
    assert content["finished"] is False
    assert content["score"] == pytest.approx(sum([c["score"] for c in content["checks"]]))


def test_a_path_that_is_wrong_leaves_no_report_of_an_earlier_run(
    command: Command, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    for path in (no_path(tmp_path), no_zip(tmp_path)):
        report.write_text('{"score": 100, "max_score": 100, "checks": [], "finished": true}')
        assert command("grade", path, "--json", report).returncode == 2
        assert not report.exists() or json.loads(report.read_text())["finished"] is False


@pytest.mark.slow
def test_a_reader_who_has_seen_enough_does_not_spoil_the_report(
    answer_keys: dict[str, Path], tmp_path: Path
) -> None:
    """As in ``autograder grade ... | head -1``."""
    submission = patched(tmp_path / "submission", HALF_WRONG)
    report = tmp_path / "report.json"
    process = subprocess.Popen(
        grade_words(submission, "--json", report),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=120) == 0
    assert errors == ""
    assert json.loads(report.read_text())["finished"] is True


# Text.


def on_terminal(*words: object, errors_too: bool, **environment: str) -> tuple[str, str]:
    """Run ``grade`` on a terminal of its own; return what is shown there, and the other errors."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        grade_words(*words),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs if errors_too else subprocess.PIPE,
        env={k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        | {"TERM": "xterm-256color"}
        | environment,
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:
        pass  # the way a terminal ends on Linux
    os.close(ours)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    return shown.decode(), (errors or b"").decode()


def test_a_terminal_gets_colours_and_the_same_text(
    answer_keys: dict[str, Path], solution_json: tuple[bytes, str]
) -> None:
    pytest.importorskip("rich")
    shown, errors = on_terminal("solution", errors_too=False)
    assert "\x1b[1;32mok\x1b[0m" in shown  # green
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown).replace("\r\n", "\n") == solution_json[1]
    assert errors == ""


def test_a_terminal_gets_a_progress_bar_that_goes_away(answer_keys: dict[str, Path]) -> None:
    pytest.importorskip("rich")
    shown, _ = on_terminal("solution", errors_too=True)
    assert "grading" in shown
    assert "\x1b[2K" in shown  # the line is erased
    assert "\x1b[?25l" not in shown or "\x1b[?25h" in shown  # the cursor comes back


@pytest.mark.parametrize("setting", slow_after(1, [{"NO_COLOR": "1"}, {"TERM": "dumb"}]), ids=str)
def test_a_terminal_may_ask_for_plain_text(
    answer_keys: dict[str, Path], solution_json: tuple[bytes, str], setting: dict[str, str]
) -> None:
    shown, _ = on_terminal("solution", errors_too=True, **setting)
    assert shown.replace("\r\n", "\n") == solution_json[1]


def test_a_pipe_gets_plain_text(command: Command, tmp_path: Path) -> None:
    done = command("grade", patched(tmp_path / "submission", HALF_WRONG))
    assert done.returncode == 0
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert "\r" not in done.stdout
    assert all([line == line.rstrip() for line in done.stdout.splitlines()])


def test_output_that_cannot_hold_a_character_ends_no_grading(
    command: Command, tmp_path: Path
) -> None:
    patch = "\ndef relu(x):\n    raise ValueError('\\u03bb is not \\u2264 0: \\U0001f600')\n"
    submission = patched(tmp_path / "submission", {"activations": patch})
    report = tmp_path / "report.json"
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = command("grade", submission, "--json", report, env=environment)
    assert done.returncode == 0, done.stderr
    assert "ValueError" in done.stdout
    assert json.loads(report.read_text())["finished"] is True


@pytest.mark.parametrize("name", slow_after(1, ["hashlib", "numpy", "json"]))
def test_a_module_in_the_working_directory_is_not_imported_by_the_judge(
    answer_keys: dict[str, Path], root: Path, tmp_path: Path, name: str
) -> None:
    shutil.copytree(root / "solution", tmp_path / "hw")
    (tmp_path / "hw" / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "--homework", str(root), "grade", "."],
        cwd=tmp_path / "hw",
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert "score 100 of 100" in done.stdout, done.stderr
    assert not (tmp_path / "ran").exists()


def test_an_empty_path_is_refused(
    command: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = command("grade", "")
    assert done.returncode == 2
    assert "name a folder, a zip or a notebook" in done.stderr
