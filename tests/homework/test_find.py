"""Which homework is meant: the one around the working directory, or named; never a submission's."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.errors import UsageError
from autograder.homework.find import find_homework
from autograder.homework.folder import Homework

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
    with pytest.raises(UsageError, match="is inside the submission itself"):
        find_homework(submission=submission)
    link = tmp_path / "link"
    link.symlink_to(submission)
    with pytest.raises(UsageError, match="is inside the submission itself"):
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
    assert "is inside the submission itself" in capsys.readouterr().err


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


def test_a_class_export_that_brings_a_homework_changes_nothing(
    root: Path, graded: Grade, tmp_path: Path
) -> None:
    export = tmp_path / "export"
    own = export / "Jane Doe_1234_assignsubmission_file_"
    shutil.copytree(root / "assignment", own)
    expected = json.dumps(graded(export)["checks"])
    canary = tmp_path / "canary"
    for folder in (export, own):
        (folder / "homework.ini").write_text("[limits]\nrun_seconds = 0.1\n")
        (folder / "rubric").mkdir()
        (folder / "rubric" / "predicates.py").write_text(f"open({str(canary)!r}, 'w').close()\n")
        shutil.copy(root / "build" / "answer-key.public", folder)
    assert json.dumps(graded(export)["checks"]) == expected
    assert not canary.exists()


def test_what_is_converted_may_not_bring_the_homework_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "homework.ini").touch()
    monkeypatch.chdir(tmp_path)
    assert main(["convert", ".", "../other.ipynb"]) == 2
    assert "is inside the submission itself" in capsys.readouterr().err


def test_the_doctor_tells_the_limits_of_the_homework_and_needs_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["doctor"]) == 0
    assert "120 s for the whole run" in capsys.readouterr().out
    (tmp_path / "homework.ini").write_text("[limits]\nrun_seconds = 7\n")
    assert main(["doctor"]) == 0
    assert "7 s for the whole run" in capsys.readouterr().out
    assert main(["doctor", "--homework", "nowhere"]) == 2


def test_a_rubric_that_another_homework_hides_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", str(tmp_path / "own")]) == 0
    (tmp_path / "own" / "rubric" / "__init__.py").unlink()
    other = tmp_path / "other" / "rubric"
    shutil.copytree(tmp_path / "own" / "rubric", other)
    (other / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(other.parent))
    for name in [name for name in sys.modules if name.partition(".")[0] == "rubric"]:
        monkeypatch.delitem(sys.modules, name)
    assert main(["compile", "--homework", str(tmp_path / "own")]) == 3
    said = capsys.readouterr().err
    assert said.startswith("rubric/: another homework's rubric/ was imported")
    assert "add an empty __init__.py" in said


def test_a_folder_of_known_submissions_that_is_named_must_exist(
    command: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    own = tmp_path / "own"
    assert command("new", own).returncode == 0
    with (own / "homework.ini").open("a") as file:
        file.write("submissions = nope\n")
    assert command("stubs", "--homework", own).returncode == 0
    done = command("verify", "--homework", own)
    assert done.returncode == 2
    assert "there is no folder nope" in done.stderr


def test_data_in_folders_of_their_own_count_for_the_key(tmp_path: Path) -> None:
    (tmp_path / "datasets" / "deep").mkdir(parents=True)
    before = Homework(tmp_path).digest()
    (tmp_path / "datasets" / "deep" / "words").write_text("a b")
    assert Homework(tmp_path).digest() != before


def test_homeworks_below_and_known_submissions_are_closed_to_a_submission(tmp_path: Path) -> None:
    inner = tmp_path / "homeworks" / "inner"
    inner.mkdir(parents=True)
    (inner / "homework.ini").touch()
    (tmp_path / "homework.ini").write_text("[homework]\nsubmissions = known\n")
    closed = Homework(tmp_path).closed
    assert {tmp_path / "known", tmp_path / "solution", inner / "solution"} <= set(closed)
