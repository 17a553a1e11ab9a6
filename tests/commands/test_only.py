"""'--only' grades what a student works on: the points that it has in the whole homework."""

import gc
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.cli import main
from autograder.errors import UsageError
from autograder.grading.stop import StopRequest
from autograder.homework.meant import find_meant
from autograder.supervisor.worker import Worker

FILES = {"forward": ["softmax", "forward"], "train": ["train"], "updates": ["sgd_update"]}

#: One mistake that others follow from, one that waits for an unreadable file, and one function of
#: whose checks one looks at another function.
MISTAKES = {
    "forward.py": ("z = h @ U + b_U", "z = h @ U"),
    "relu_backward.py": ("k >= 0", "k > 0"),
    "activations.py": ("x >= 0", "x > 0"),
}


@pytest.fixture(autouse=True)
def same_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a command that runs in this process leave it as it was."""
    monkeypatch.setattr(StopRequest, "heed_signals", lambda request: None)
    yield
    gc.enable()


@pytest.fixture
def folder(answer_keys: dict[str, Path], tmp_path: Path, root: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    folder = Path(shutil.copytree(root / "solution", tmp_path / "work", ignore=ignored))
    for name, (old, new) in MISTAKES.items():
        source = (folder / name).read_text("utf-8")
        (folder / name).write_text(source.replace(old, new), "utf-8")
    return folder


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of functions that are called, as it grows."""
    names: list[str] = []
    collect = Worker.collect

    def noted(worker: Worker, ticket: int, name: str, count: int, **more: Any) -> object:
        names.append(name)
        return collect(worker, ticket, name, count, **more)

    monkeypatch.setattr(Worker, "collect", noted)
    return names


def report_of(folder: Path, file: Path, *words: str) -> dict[str, Any]:
    assert main(["grade", str(folder), "--json", str(file), *words]) == 0
    report: dict[str, Any] = json.loads(file.read_text())
    return report


@pytest.mark.parametrize(
    ("word", "functions", "name"),
    [
        ("softmax", ["forward.softmax"], "softmax"),
        ("SoftMax", ["forward.softmax"], "softmax"),
        ("softmax()", ["forward.softmax"], "softmax"),
        ("forward.forward", ["forward.forward"], "forward.forward"),
        ("forward.py", ["forward.softmax", "forward.forward"], "forward.py"),
        ("assignment/Forward.py", ["forward.softmax", "forward.forward"], "forward.py"),
        ("assignment\\forward.py", ["forward.softmax", "forward.forward"], "forward.py"),
        ("forward", ["forward.softmax", "forward.forward"], "forward.py"),
        ("updates", ["updates.sgd_update"], "updates.py"),
    ],
)
def test_a_word_is_a_function_or_a_file_in_any_case(
    word: str, functions: list[str], name: str
) -> None:
    meant = find_meant(word, FILES, otherwise="", prefers_files=True)
    assert (list(meant.functions), meant.name) == (functions, name)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("sofmax", "no 'sofmax'. Did you mean 'softmax'?"),
        ("Forwrd.py", "Did you mean 'forward.py'"),
        ("zzz", "no 'zzz'. It has four"),
        ("", "no ''. It has four"),
    ],
)
def test_a_word_that_is_neither_gets_the_nearest_names(word: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_meant(word, FILES, otherwise="It has four functions.", prefers_files=True)
    assert said in str(caught.value)


def test_only_that_function_is_called_and_printed(
    folder: Path, called: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["grade", str(folder), "--only", "affine", "--for", "students", "--public"]) == 0
    assert called == ["separability.affine"]
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == "affine: 1.5 of 1.5 points; the whole homework: python grade.py"
    assert "forward" not in said
    assert "score" not in said


@pytest.mark.parametrize(
    "half", [(), pytest.param(("--public",), marks=pytest.mark.slow)], ids=["full", "public"]
)
def test_each_function_gets_what_it_gets_in_the_whole_homework(
    folder: Path, tmp_path: Path, half: tuple[str, ...]
) -> None:
    whole = report_of(folder, tmp_path / "whole.json", *half)
    asked = ("forward.forward", "train.train", "relu_grad", "relu_backward.py")
    for word in asked:
        part = report_of(folder, tmp_path / "part.json", "--only", word, *half)
        expected = [check for check in whole["checks"] if check["function"] in part["only"]]
        assert part["checks"] == expected
        assert part["checks"]


def test_several_names_are_graded_together(folder: Path, tmp_path: Path) -> None:
    words = ("--only", "train.train", "--only", "affine", "--only", "separability")
    part = report_of(folder, tmp_path / "part.json", "--public", *words)
    functions = [f"separability.{n}" for n in ("affine", "compose_affine", "step", "xor_by_hand")]
    assert part["only"] == [*functions, "train.train"]


def test_a_report_of_a_part_is_no_grade(folder: Path, tmp_path: Path) -> None:
    file, page = tmp_path / "part.json", tmp_path / "part.html"
    part = report_of(folder, file, "--only", "affine", "--html", str(page))
    assert part["finished"] is False
    assert part["score"] == part["max_score"] == 2
    assert part["only"] == ["separability.affine"]
    assert part["notes"][0].startswith("affine: 2 of 2 points; the whole homework: ")
    assert "<title>2 of 2 points for affine: homework report</title>" in page.read_text("utf-8")
    assert "This is a part of the homework." in page.read_text("utf-8")
    whole = report_of(folder, file)
    assert whole["finished"] is True
    assert "only" not in whole


def test_what_is_not_started_is_said_of_the_part_alone(
    root: Path, answer_keys: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["grade", str(root / "assignment"), "--only", "train", "--public"]) == 0
    said = capsys.readouterr().out
    assert "Nothing is started" not in said
    assert "train.init_params: not started" in said


def test_an_unknown_name_ends_the_call_with_status_2(
    root: Path, answer_keys: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["grade", str(root / "assignment"), "--only", "afine"]) == 2
    assert "Did you mean 'affine'" in capsys.readouterr().err


def test_what_a_wrong_function_calls_is_looked_at_as_well(
    command: Callable[..., Any], folder: Path
) -> None:
    done = command("grade", folder, "--only", "train.train", "--for", "students", "--public")
    assert "ok carried along, every point kept: train.train" in done.stdout
    assert "forward.forward: " not in done.stdout  # which has no share in the points
