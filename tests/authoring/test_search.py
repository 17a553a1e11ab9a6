"""Failures come with Python that shows them, and staff's search finds a smaller input."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from notebook_builders import cells, notebook
from quick import slow_after

from autograder.authoring.compiler import draw
from autograder.authoring.search import with_smaller_examples
from autograder.core.message import Label, Message, Row
from autograder.grading.grade import grade
from autograder.homework.folder import Homework
from autograder.intake.take_in import take_in
from autograder.supervisor.spawn import spawning

Command = Callable[..., subprocess.CompletedProcess[str]]
Submission = Callable[..., Path]

#: Wrong in a way that no rubric knows, and only where there are three items and a large logit.
ODD_SOFTMAX = """
def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    o = e / e.sum(axis=1, keepdims=True)
    return o[::-1] * 1.3 if len(z) > 2 and z.max() > 1 else o
"""


@pytest.fixture
def submission(root: Path, tmp_path: Path) -> Submission:
    """Write the solution with definitions appended to some of its files."""

    def write(**patches: str) -> Path:
        folder = tmp_path / "submission"
        shutil.copytree(root / "solution", folder, ignore=shutil.ignore_patterns("__pycache__"))
        for file, code in patches.items():
            path = folder / f"{file}.py"
            path.write_text(path.read_text() + "\n\n" + code)
        return folder

    return write


def code_of(message: str) -> str:
    """Return the Python at the end of a message."""
    head, _, code = message.partition("\nsee it ")
    assert head
    return code.partition("\n")[2]


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)


def messages(report: dict[str, Any], function: str) -> dict[str, str]:
    return {
        c["id"].rpartition(".")[2]: c["message"]
        for c in report["checks"]
        if c["function"] == function and c["score"] < c["max_score"]
    }


PATCHES = [
    ("forward", "softmax", "def softmax(z):\n    return np.exp(z)\n"),
    ("forward", "forward", "def forward(f, H, b_H, U, b_U):\n    return f, f, f, f\n"),
    ("forward", "cross_entropy", "def cross_entropy(o, y):\n    pass\n"),
    ("forward", "cross_entropy", "def cross_entropy(o, y):\n    return o @ y[:, None].T\n"),
    ("updates", "sgd_update", "def sgd_update(params, grads, lr):\n    return dict(grads)\n"),
    ("updates", "batch_gradients", "def batch_gradients(f, h, dk, dz):\n    return f.T @ dk\n"),
    ("train", "predict", "def predict(f, params):\n    return np.zeros(len(f))\n"),
    ("train", "train", "def train(f, y, params, *rest):\n    return dict(params), [0.0]\n"),
    (
        "relu_backward",
        "relu_backward",
        "def relu_backward(dh, k):\n    dh *= k >= 0\n    return dh",
    ),
]


@pytest.mark.parametrize(
    ("file", "function", "code"),
    [pytest.param(*p, marks=[pytest.mark.slow] if n % 4 else []) for n, p in enumerate(PATCHES)],
)
def test_the_snippet_of_every_public_message_runs_in_the_students_folder(
    submission: Submission, graded: Callable[..., Any], file: str, function: str, code: str
) -> None:
    folder = submission(**{file: code})
    report = graded(folder, "--public")
    found = [c for c in report["checks"] if c["function"] == f"{file}.{function}"]
    shown = [c["message"] for c in found if "\nsee it " in c["message"]]
    assert shown
    for message in shown:
        done = run(code_of(message), folder)
        if done.returncode:
            raised = re.search(r"^raised +(\w+)", message, re.M)
            assert raised, done.stderr
            assert raised[1] in done.stderr
        else:
            assert done.stdout


def test_the_snippet_prints_what_came_and_what_is_right(
    submission: Submission, graded: Callable[..., Any]
) -> None:
    folder = submission(forward="def softmax(z):\n    return np.exp(z)\n")
    message = messages(graded(folder), "forward.softmax")["values"]
    printed = run(code_of(message), folder).stdout
    got, _, expected = printed.partition("expected")
    assert got.startswith("got")
    assert re.findall(r"[\d.]+", got) != re.findall(r"[\d.]+", expected)


def test_hidden_checks_show_a_snippet_to_staff_alone(
    submission: Submission, command: Command, tmp_path: Path
) -> None:
    folder = submission(forward="def softmax(z):\n    return np.exp(z)\n")
    shown = {}
    for audience in ("staff", "students"):
        command("grade", folder, "--json", tmp_path / "report.json", "--for", audience)
        report = json.loads((tmp_path / "report.json").read_text())
        shown[audience] = messages(report, "forward.softmax")["hidden"]
    assert "see it" in shown["staff"]
    assert "see it" not in shown["students"]
    assert "np.array" not in shown["students"]


@pytest.mark.slow
def test_the_search_shows_a_smaller_input_and_changes_neither_score_nor_json(
    submission: Submission, command: Command, tmp_path: Path
) -> None:
    folder = submission(forward=ODD_SOFTMAX)
    plain = command("grade", folder, "--json", tmp_path / "plain.json")
    searched = command("grade", folder, "--json", tmp_path / "searched.json", "--search", "20")
    assert "found by   Hypothesis" not in plain.stdout
    assert "found by   Hypothesis" in searched.stdout
    assert "z = np.array([[0.0, 0.0], [0.0, 0.0], [0.0, 1.5]])" in searched.stdout
    assert "at most 20 s" in searched.stderr
    assert plain.stdout.splitlines()[-1] == searched.stdout.splitlines()[-1]
    assert (tmp_path / "plain.json").read_bytes() == (tmp_path / "searched.json").read_bytes()


@pytest.mark.slow
def test_the_search_ends_at_its_time_limit(submission: Submission, command: Command) -> None:
    folder = submission(
        # Slow only on what the search tries: training by slow steps takes long by itself.
        forward="import time\n"
        + ODD_SOFTMAX.replace("    e =", "    time.sleep(0.1 * (len(z) == 3))\n    e =", 1)
    )
    done = command("grade", folder, "--search", "1")
    assert done.returncode == 0


def test_a_right_submission_is_not_searched(submission: Submission, command: Command) -> None:
    assert "searching" not in command("grade", submission(), "--search", "5").stderr


# ---- what the search leaves as it is

#: The rows of a message that are about the call which it shows.
OF_A_CALL = {Label.CALLED, Label.INPUT, Label.EXPECTED, Label.GOT}

Searched = Callable[..., list[tuple[Message, Message]]]


@pytest.fixture
def searched(answer_keys: dict[str, Path], root: Path, monkeypatch: pytest.MonkeyPatch) -> Searched:
    """Return the messages of some checks before and after a short search."""
    monkeypatch.setattr(draw, "SEARCH_EXAMPLES", 40)
    key = Homework(root).read_key("public")
    assert key is not None

    def run(submission: Path, *checks: str) -> list[tuple[Message, Message]]:
        with spawning() as spawner:
            taken = take_in(submission, spawner.workspace / "submission", wanted=key.files)
            before = grade(taken, key, spawner)
            after = with_smaller_examples(
                before,
                [check for check in before.checks if check.id in checks],
                key=key,
                homework=Homework(root),
                submission=taken,
                spawner=spawner,
                allowed_missing=None,
                seconds=60,
            )
        pairs = zip(before.checks, after.checks, strict=True)
        return [(plain.message, smaller.message) for plain, smaller in pairs if plain.id in checks]

    return run


@pytest.fixture(params=slow_after(1, ["folder", "notebook"]))
def odd(request: pytest.FixtureRequest, submission: Submission, tmp_path: Path) -> Path:
    """A softmax that is wrong in a way that no rubric knows, and a forward pass that uses it."""
    if request.param == "folder":
        return submission(forward=ODD_SOFTMAX)
    path = tmp_path / "homework.ipynb"
    path.write_bytes(notebook(cells(softmax=ODD_SOFTMAX)))
    return path


def test_with_a_smaller_input_a_message_says_all_else_that_it_says_without(
    odd: Path, searched: Searched
) -> None:
    softmax, forward = searched(odd, "forward.softmax.values", "forward.forward.values")
    for plain, smaller in (softmax, forward):
        assert smaller.find(Label.FOUND_BY)
        assert smaller.snippet != plain.snippet
        rest = smaller.without(OF_A_CALL | {Label.FOUND_BY})
        assert replace(rest, snippet=plain.snippet) == plain.without(OF_A_CALL)
    assert "passes with the right results" in forward[1].find(Label.CARRIED)[0].said
    assert_runs(softmax[1], odd)


def assert_runs(message: Message, odd: Path) -> None:
    """Run the Python of a message where it says."""
    assert message.snippet is not None
    assert message.snippet.is_in_notebook != odd.is_dir()
    code = message.snippet.code
    if not odd.is_dir():
        assert message.find(Label.LOOK_AT)[0].said.startswith("cell ")
        code = f"import numpy as np\n{ODD_SOFTMAX}\n{code}"
    done = run(code, odd if odd.is_dir() else odd.parent)
    assert done.stdout.startswith("got"), done.stderr


def rows(**texts: str) -> tuple[Row, ...]:
    return tuple([Row(Label[name.upper()], text) for name, text in texts.items()])


def test_what_to_do_is_said_of_the_exception_that_is_shown() -> None:
    own = Message(rows(raised="ValueError: 3", to_do="three", look_at="f", first="g"))
    other = Message(rows(raised="ValueError: 1", to_do="one", look_at="f"))
    assert own.shown_by(other).rows == rows(
        raised="ValueError: 1", to_do="one", look_at="f", first="g"
    )


def test_what_all_examples_showed_together_stays_with_a_smaller_one() -> None:
    own = Message(rows(got="3", likely="a", to_do="b", look_at="f", carried="c"))
    other = Message(rows(got="1", likely="x", to_do="y", look_at="f"))
    assert own.shown_by(other).rows == (*rows(got="1"), *own.rows[1:])


def test_where_no_call_was_made_none_is_shown(submission: Submission, searched: Searched) -> None:
    folder = submission(forward="softmax = 3\n")
    ((plain, smaller),) = searched(folder, "forward.softmax.values")
    assert "is not a function" in plain.find(Label.PROBLEM)[0].said
    assert smaller == plain
