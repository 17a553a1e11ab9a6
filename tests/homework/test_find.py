"""Which homework is meant: the one around the working directory, or named; never a submission's."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.errors import UsageError
from autograder.homework.find import find_homework

Grade = Callable[..., dict[str, object]]


@pytest.fixture
def outer(tmp_path: Path) -> Path:
    """A homework's folder with another homework's in it."""
    inner = tmp_path / "outer" / "homeworks" / "inner" / "solution"
    inner.mkdir(parents=True)
    (tmp_path / "outer" / "homework.ini").touch()
    (inner.parent / "homework.ini").touch()
    return tmp_path / "outer"


def test_the_nearest_folder_upward_is_the_homework(
    outer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = outer / "homeworks" / "inner"
    for here, found in [
        (outer, outer),
        (outer / "homeworks", outer),
        (inner, inner),
        (inner / "solution", inner),
    ]:
        monkeypatch.chdir(here)
        assert find_homework() == found


def test_what_is_named_counts_before_the_working_directory(
    outer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(outer / "homeworks" / "inner")
    assert find_homework(outer) == outer
    monkeypatch.chdir(outer)
    assert find_homework(Path("homeworks/inner")) == outer / "homeworks" / "inner"


def test_a_notebooks_homework_is_around_the_notebook(outer: Path) -> None:
    assert find_homework(near=outer / "homeworks" / "inner" / "solution") == (
        outer / "homeworks" / "inner"
    )


def test_a_folder_without_settings_is_no_homework(outer: Path) -> None:
    with pytest.raises(UsageError, match=r"homeworks is not a homework's folder: it has no"):
        find_homework(outer / "homeworks")


def test_where_no_homework_is_around_one_is_told_to_go_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"wrong folder .*--homework FOLDER"):
        find_homework()


@pytest.mark.parametrize("inside", ["", "work", "work/deep"])
def test_a_homework_that_the_submission_brought_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    submission = tmp_path / "submission"
    (submission / inside).mkdir(parents=True, exist_ok=True)
    (submission / inside / "homework.ini").touch()
    monkeypatch.chdir(submission / inside)
    with pytest.raises(UsageError, match="lies in the submission itself"):
        find_homework(submission=submission)
    link = tmp_path / "link"
    link.symlink_to(submission)
    with pytest.raises(UsageError, match="lies in the submission itself"):
        find_homework(submission=link)


def test_a_homework_around_its_own_assignment_is_not(
    outer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = outer / "homeworks" / "inner"
    monkeypatch.chdir(inner / "solution")
    assert find_homework(submission=inner / "solution") == inner


def test_the_command_refuses_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "homework.ini").touch()
    monkeypatch.chdir(tmp_path)
    assert main(["grade", "."]) == 2
    assert "lies in the submission itself" in capsys.readouterr().err


def test_what_a_submission_brings_of_a_homework_changes_nothing(
    root: Path, graded: Grade, tmp_path: Path
) -> None:
    plain, armed = tmp_path / "plain", tmp_path / "armed"
    shutil.copytree(root / "assignment", plain)
    shutil.copytree(root / "assignment", armed)
    canary = tmp_path / "canary"
    spring = f"open({str(canary)!r}, 'w').close()\n"
    for name in ("rubric/__init__.py", "rubric/exam.py", "rubric/predicates.py", "conftest.py"):
        (armed / name).parent.mkdir(exist_ok=True)
        (armed / name).write_text(spring)
    (armed / "homework.ini").write_text("[limits]\nrun_seconds = 0.1\n")
    shutil.copy(root / "build" / "answer-key.public", armed / "answer-key.public")
    as_zip = shutil.make_archive(str(tmp_path / "armed"), "zip", armed)
    expected = json.dumps(graded(plain)["checks"])
    assert json.dumps(graded(armed)["checks"]) == expected
    assert json.dumps(graded(Path(as_zip))["checks"]) == expected
    assert not canary.exists()
