"""``submission`` says what to fix, refuses nothing, and writes a zip that the grader takes."""

import hashlib
import json
import os
import platform
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from quick import slow_after
from submission_words import FULL, LATER, QUESTION, ROOT, SOFTMAX, held, ignore_caches, submit

from autograder import __version__
from autograder.cli import main
from autograder.errors import GraderError
from autograder.homework.find import HANDED_OUT_KEY, SETTINGS
from autograder.homework.folder import Homework

pytestmark = pytest.mark.usefixtures("answer_keys")


without_exam = shutil.ignore_patterns("__pycache__", "exam.py")


# ---- the zip


def test_the_zip_gets_the_same_grade_as_the_folder(
    homework: Path, graded: Callable[..., dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    (homework / "separability.py").unlink()
    submit(homework, capsys)
    from_zip = graded(homework.parent / "submission.zip", "--public")
    from_folder = graded(homework, "--public")
    assert from_zip["checks"] == from_folder["checks"]
    statuses = {check["status"] for check in from_zip["checks"]}
    assert statuses == {"passed", "not started"}
    assert from_zip["notes"] == ["separability.py is not in the submission."]


def test_the_zip_holds_the_folders_modules_flat(
    homework: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for helper in ("a", "a-b", "helpers"):
        (homework / f"{helper}.py").write_text("x = 1\n")
    (homework / "notes.txt").write_text("not submitted")
    (homework / "old").mkdir()
    (homework / "old" / "forward.py").write_text("# an old draft")
    submit(homework, capsys)
    with zipfile.ZipFile(homework.parent / "submission.zip") as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    names = {"submission.json", "discussion.md", *[path.name for path in homework.glob("*.py")]}
    assert list(held) == sorted(names)
    assert all([held[n] == (homework / n).read_bytes() for n in names - {"submission.json"}])


def test_the_same_files_give_the_same_bytes(
    homework: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    submit(homework, capsys)
    first = (homework.parent / "submission.zip").read_bytes()
    for path in homework.glob("*.py"):
        os.utime(path, (10**9, 10**9))
        path.chmod(0o600)
    submit(homework, capsys)
    assert (homework.parent / "submission.zip").read_bytes() == first


def test_the_zip_goes_to_dist_by_default(
    homework: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = tmp_path / "project"
    shutil.copytree(ROOT / "build", project / "build")  # as handed out: a key and no sources
    shutil.copytree(ROOT / "rubric", project / "rubric", ignore=without_exam)
    shutil.copy(ROOT / SETTINGS, project)
    monkeypatch.chdir(project)
    assert main(["submission", str(homework)]) == 0
    assert (project / "dist" / "submission.zip").is_file()
    assert capsys.readouterr().out == (
        f"{FULL}\n39 of 39 functions written; dist/submission.zip is ready to upload.\n"
    )


def test_nothing_of_the_students_is_loaded_or_changed_here(
    homework: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (homework / "forward.py").write_text("raise SystemExit(7)\n" + SOFTMAX)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in homework.iterdir()}
    modules = set(sys.modules)
    submit(homework, capsys)
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in homework.iterdir()}
    assert after == before
    assert not {"forward", "helpers"} & (set(sys.modules) - modules)


# ---- the whole folder


def test_a_finished_homework_gets_two_lines(
    homework: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = homework.parent / "submission.zip"
    ready = f"39 of 39 functions written; {output} is ready to upload."
    assert submit(homework, capsys) == [FULL, ready]


def test_the_stubs_are_all_still_to_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stubs = shutil.copytree(ROOT / "assignment", tmp_path / "hw", ignore=ignore_caches)
    lines = submit(Path(stubs), capsys)
    assert "forward.py is still to be written: softmax, cross_entropy, forward." in lines
    assert len([line for line in lines if "still to be written" in line]) == 9
    assert lines[-2] == f"Public checks: 0 of 75.25 points; {LATER}"
    assert lines[-1].startswith("0 of 39 functions written; ")


def test_missing_and_misnamed_files_are_named(
    homework: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (homework / "updates.py").unlink()
    (homework / "forward.py").rename(homework / "forward (1).py")
    (homework / "train.py").rename(homework / "trian.py")
    lines = submit(homework, capsys)
    assert lines[3].startswith("trian.py is packed, but it is not the homework's")
    assert lines[:3] == [
        "forward (1).py was taken as forward.py.",
        "updates.py is not in the submission.",
        "train.py is not in the submission (rename trian.py?).",
    ]
    assert lines[-1].startswith("33 of 39 functions written; ")


def test_a_helper_that_cannot_be_read_is_named(
    homework: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (homework / "helpers.py").write_text("def help(:\n    pass\n")
    lines = submit(homework, capsys)
    assert lines[0].startswith("helpers.py, line 1: ")
    assert lines[-1].startswith("39 of 39 functions written; ")


def recorded(zipped: Path) -> dict[str, Any]:
    """Return the record, after holding it against the zip's own files."""
    content = held(zipped)
    record: dict[str, Any] = json.loads(content.pop("submission.json"))
    assert record["files"] == [
        {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in sorted(content.items())
    ]
    return record


def test_the_record_tells_files_digests_versions_and_the_public_score(
    homework: Path, graded: Callable[..., dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    (homework / "relu_backward.py").write_text(
        "def hidden_grad(dz, U):\n    return dz\n\ndef relu_backward(dh, k):\n    return dh\n"
    )
    lines = submit(homework, capsys)
    record = recorded(homework.parent / "submission.zip")
    report = graded(homework, "--public")
    score = record["public_score"]
    assert (score["score"], score["max_score"]) == (report["score"], report["max_score"])
    assert 0 < score["parts"]["relu_backward"]["score"] < score["max_score"]
    assert record["versions"]["python"] == platform.python_version()
    assert record["versions"]["grader"] == __version__
    assert record["answer_key"] == Homework.here().digest()
    assert lines[0].startswith(
        f"Public checks: {score['score']:g} of 75.25 points; {LATER} Points are lost in"
        " relu_backward.hidden_grad, relu_backward.relu_backward: "
    )
    assert lines[0].endswith("'python grade.py' says why.")


def test_a_grader_that_fails_costs_nobody_the_zip(
    homework: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for problem in (GraderError("no worker"), OSError("no room"), KeyboardInterrupt()):

        def fail(*_: object, problem: BaseException = problem, **__: object) -> None:
            raise problem

        monkeypatch.setattr("autograder.grading.grade.grade", fail)
        lines = submit(homework, capsys)
        record = recorded(homework.parent / "submission.zip")
        assert record["public_score"] is None
        assert record["note"] == lines[0]
        assert lines[0].startswith("The public checks ")
        (homework.parent / "submission.zip").unlink()


def test_the_zip_is_there_before_the_public_checks_run(
    homework: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def die(*_: object, **__: object) -> None:
        raise SystemExit(9)

    monkeypatch.setattr("autograder.grading.grade.grade", die)
    with pytest.raises(SystemExit, match="9"):
        submit(homework, capsys)
    record = recorded(homework.parent / "submission.zip")
    assert record["note"] == "The public checks did not come to an end."
    assert len(record["files"]) == 10


def test_a_folder_that_the_grader_would_not_take_is_packed_with_a_warning(
    homework: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(homework / "train.py", homework / "train (1).py")
    (homework / "train.py").rename(homework / "train-2.py")
    (homework / "train-2.py").write_text("def train(): return 1\n")
    lines = submit(homework, capsys)
    assert lines[-2].endswith("submission.zip is written, but NOT READY to upload:")
    assert lines[-1].startswith("The grader will not take this as it is: ")
    assert "train (1).py and train-2.py, which could both be train.py" in lines[-1]
    record = recorded(homework.parent / "submission.zip")
    assert record["public_score"] is None
    assert "forward.py" in {file["name"] for file in record["files"]}


@pytest.mark.slow
def test_misnamed_files_alone_are_packed_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hw").mkdir()
    (tmp_path / "hw" / "foward.py").write_text(SOFTMAX)
    lines = submit(tmp_path / "hw", capsys)
    assert "foward.py was taken: functions of the homework are in it." in lines
    assert "foward.py" in held(tmp_path / "submission.zip")


@pytest.mark.parametrize(
    ("name", "about"),
    slow_after(
        1,
        [
            (".forward.py.swp", "forward.py"),
            ("#train.py#", "train.py"),
            (".#train.py", "train.py"),
            ("~$discussion.md", "discussion.md"),
        ],
    ),
)
def test_a_file_that_an_editor_has_not_saved_is_named(
    name: str, about: str, homework: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (homework / name).write_text("x")
    lines = submit(homework, capsys)
    assert lines[0] == (
        f"{name} looks as if {about} is open in an editor with changes that are not saved: save"
        " it, and run this again."
    )
    assert name not in held(homework.parent / "submission.zip")


def test_hidden_and_backup_files_of_no_file_here_are_nothing(
    homework: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (".DS_Store", ".gitignore", ".old.py", ".train.py.un~", "forward.py~", "~notes"):
        (homework / name).write_text("x")
    assert len(submit(homework, capsys)) == 2


def test_what_stays_out_and_what_nobody_needs_are_named(
    homework: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("notes.txt", "plot.png", "old_train.py", "README.md", "forward.py~"):
        (homework / name).write_text("x = 1\n")
    (homework / "helpers.py").write_text("y = 1\n")
    with (homework / "forward.py").open("a") as file:
        file.write("\nimport helpers\n")
    lines = submit(homework, capsys)
    assert lines[:-2] == [
        "old_train.py is packed, but it is not the homework's, and no file here imports it.",
        "notes.txt, plot.png: not packed, only .py files and discussion.md are submitted.",
    ]
    names = set(held(homework.parent / "submission.zip"))
    assert {"helpers.py", "old_train.py"} <= names
    assert not {"notes.txt", "plot.png", "README.md", "forward.py~"} & names


@pytest.mark.parametrize("question", slow_after(1, [QUESTION, "# Discussion\n", ""]))
def test_a_discussion_without_an_answer_is_named(
    question: str, homework: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (homework / "discussion.md").write_text(question)
    lines = submit(homework, capsys)
    assert lines[0] == "discussion.md has no answer yet: write below its headings."
    assert held(homework.parent / "submission.zip")["discussion.md"] == question.encode()


# ---- what is not ready


@pytest.mark.slow
def test_a_file_that_is_too_large_is_left_out_and_the_zip_gets_the_folders_grade(
    homework: Path, graded: Callable[..., dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    (homework / "train.py").write_bytes(b"#" * (1 << 20) + b"#")
    lines = submit(homework, capsys)
    assert lines[0] == (
        "train.py is larger than 1024 KiB: is it the right file? (it was left out)."
    )
    assert lines[-1].startswith("35 of 39 functions written; ")
    assert "train.py" not in held(homework.parent / "submission.zip")
    from_zip = graded(homework.parent / "submission.zip", "--public")
    assert from_zip["checks"] == graded(homework, "--public")["checks"]


def stubs_at(place: Path) -> Path:
    return Path(shutil.copytree(ROOT / "assignment", place, ignore=ignore_caches))


@pytest.mark.parametrize(
    "name", slow_after(1, ["forward 2.py", "forward (1).py", "Kopie von forward.py"])
)
def test_a_finished_copy_beside_a_stub_is_packed_under_the_right_name(
    name: str,
    homework: Path,
    graded: Callable[..., dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    (homework / "forward.py").rename(homework / name)
    shutil.copy(ROOT / "assignment" / "forward.py", homework)
    lines = submit(homework, capsys)
    assert lines[0].startswith(f"{name} was taken")
    assert lines[-1].endswith(" is ready to upload.")
    packed = held(homework.parent / "submission.zip")
    assert packed["forward.py"] == (homework / name).read_bytes()
    assert name not in packed
    for submission in (homework, homework.parent / "submission.zip"):
        assert graded(submission, "--public")["score"] == 75.25


def test_two_finished_versions_that_differ_are_not_ready(
    homework: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (homework / "forward 2.py").write_text(SOFTMAX)
    lines = submit(homework, capsys)
    sentence = (
        "forward.py was taken, and not forward 2.py, which differs: keep the one that you mean."
    )
    assert lines[-2].endswith(" is written, but NOT READY to upload:")
    assert lines[-1] == sentence
    assert lines.count(sentence) == 1


def test_a_data_file_that_is_read_makes_it_not_ready(
    homework: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (homework / "w.npy").write_text("x")
    with (homework / "forward.py").open("a") as file:
        file.write("\nW = np.load('w.npy')\n")
    lines = submit(homework, capsys)
    assert lines[-2].endswith(" is written, but NOT READY to upload:")
    assert lines[-1].startswith("w.npy was left out, and forward.py reads it: ")


@pytest.mark.parametrize("place", slow_after(1, [".", "my homework", "assignment 2"]))
def test_files_that_are_written_beside_the_students_folder_are_named_and_not_ready(
    place: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = tmp_path / "hw"
    stubs_at(root / "assignment")
    (root / place).mkdir(exist_ok=True)
    for name in ("forward.py", "train.py"):
        shutil.copy(ROOT / "solution" / name, root / place)
    shutil.copy(ROOT / SETTINGS, root)
    shutil.copy(ROOT / "build" / "answer-key.public", root / HANDED_OUT_KEY)
    monkeypatch.chdir(root)
    shutil.copytree(ROOT / "rubric", root / "rubric", ignore=without_exam)
    assert main(["submission", "assignment"]) == 0
    lines = capsys.readouterr().out.splitlines()
    where = "beside grade.py" if place == "." else f"in {place}/"
    assert lines[-2] == (
        f"0 of 39 functions written; {Path('dist', 'submission.zip')} is written, but NOT READY to"
        " upload:"
    )
    assert lines[-1] == (
        f"forward.py, train.py are written {where}, but only assignment/ is graded: move them"
        " there, in place of the stubs."
    )


# ---- what is refused


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return the sentence with which the call is refused."""
    assert main(["submission", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def test_a_folder_without_any_python_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hw").mkdir()
    output = tmp_path / "out.zip"
    sentence = refused([str(tmp_path / "hw"), "--output", str(output)], capsys)
    assert "holds nothing to submit. None of the homework's files is here: " in sentence
    assert not output.exists()


def test_a_path_that_is_no_folder_is_refused(
    homework: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "there is no folder, zip or notebook at" in refused([str(homework / "no")], capsys)
    assert "is one file: give the folder" in refused([str(homework / "forward.py")], capsys)


def test_an_output_that_cannot_be_written_is_refused(
    homework: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence = refused([str(homework), "--output", str(homework)], capsys)
    assert "is a folder, not a zip to write" in sentence
    blocked = homework / "forward.py" / "submission.zip"
    sentence = refused([str(homework), "--output", str(blocked)], capsys)
    assert "can't be written: " in sentence


@pytest.mark.parametrize("name", ["forward.py", "Work.IPYNB", "discussion.md"])
def test_a_zip_takes_the_place_of_nobodys_work(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    words = ["submission", str(ROOT / "solution"), "--output", str(tmp_path / name)]
    assert main(words) == 2
    assert "would be overwritten" in capsys.readouterr().err
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "line",
    ["import argparse\nargparse.ArgumentParser(exit_on_error=True).parse_args(['x'])", "wrong"],
)
def test_work_that_cannot_be_imported_is_not_called_ready(
    homework: Path, root: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    for stubs in (root / "assignment").glob("*.py"):
        shutil.copy(stubs, homework / stubs.name)
    text = (root / "solution" / "separability.py").read_text("utf-8")
    (homework / "separability.py").write_text(f"{text}\n{line}\n", "utf-8")
    lines = submit(homework, capsys)
    assert lines[-1].endswith("is written, but nothing in it earns points yet.")
    assert "separability.py" in lines[-2]
