"""Every verb works for a homework that is not this repository's first: graded, handed out, packed.

One is the repository's second, where it lies, by every verb; the other is what the verb ``new``
writes, by those that a new homework begins with. Both are named by ``--homework``, in a folder that
is another homework's.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from students import PACKAGES, ROOT, lend, run_script, unpack
from watching import Watching, edit

from autograder.authoring.handed_out import name_folder
from autograder.homework.folder import Homework
from autograder.notebook.server.judging import Judging

Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Graded:
    """A report as JSON, as a page and as text."""

    data: dict[str, Any]
    page: str
    text: str

    @property
    def statuses(self) -> set[str]:
        """What became of the checks."""
        return {check["status"] for check in self.data["checks"]}


@dataclass(frozen=True)
class Known:
    """A homework and what is known of it: its one file, and a mistake with its sentence."""

    folder: Path
    file: str
    functions: tuple[str, ...]
    wrong_function: str
    right: str
    wrong: str
    sentence: str

    def run(self, *words: object, **environment: str) -> Done:
        """Run the real command for it, in the repository's folder."""
        call = [sys.executable, "-m", "autograder", "--homework", str(self.folder)]
        done = subprocess.run(
            [*call, *map(str, words)],
            cwd=ROOT,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done

    def grade(self, submission: Path, place: Path) -> Graded:
        """Grade a submission, with each output."""
        data, page = place / "report.json", place / "report.html"
        said = self.run("grade", submission, "--json", data, "--html", page).stdout
        return Graded(json.loads(data.read_bytes()), page.read_text("utf-8"), said)

    def solve(self, folder: Path) -> Path:
        """Write a submission that is right."""
        folder.mkdir(parents=True)
        shutil.copy(self.folder / "solution" / f"{self.file}.py", folder)
        return folder

    def mistake(self, folder: Path) -> Path:
        """Write a submission with the known mistake."""
        edit(self.solve(folder) / f"{self.file}.py", self.right, self.wrong)
        return folder


REGRESSION = Known(
    ROOT / "homeworks" / "regression",
    "regression",
    ("predict", "error", "error_grad", "step"),
    "error_grad",
    "return 2 * x.T @ (predict(x, w) - y) / len(x)",
    "return 2 * x.T @ (predict(x, w) - y)",
    "This is the sum over the items; you need their mean.",
)


def write_new(folder: Path) -> Known:
    """Write the homework of the verb ``new``."""
    assert run_there(folder.parent, "autograder", "new", str(folder)).returncode == 0
    return Known(
        folder,
        "averages",
        ("mean", "center"),
        "center",
        "return x - mean(x)",
        "return x + mean(x)",
        "The mean is added; subtract it.",
    )


def with_package() -> dict[str, str]:
    """Return the environment in which any folder finds this grader."""
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""}


def run_there(folder: Path, module: str, *words: str) -> Done:
    """Run a program in a folder, as those do who are in it."""
    call = [sys.executable, "-m", module, *words]
    return subprocess.run(call, cwd=folder, env=with_package(), capture_output=True, text=True)


def on_one_line(text: str) -> str:
    """Return a text without its line breaks."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def regression() -> Known:
    """The repository's second homework, where it lies, its key up to date."""
    REGRESSION.run("compile", "--if-stale")
    return REGRESSION


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Known:
    """What the verb ``new`` writes, after the first verb that it names."""
    known = write_new(tmp_path_factory.mktemp("new") / "averages")
    known.run("stubs")
    return known


@pytest.fixture(scope="module", params=["regression", "new"])
def known(request: pytest.FixtureRequest) -> Known:
    """One after the other."""
    known: Known = request.getfixturevalue(request.param)
    return known


@pytest.fixture(scope="module")
def zipped(known: Known, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip for its students."""
    path = tmp_path_factory.mktemp("release") / "handout.zip"
    known.run("release", "--output", path)
    return path


@pytest.fixture
def student(zipped: Path, tmp_path: Path) -> Path:
    """A student's folder, unpacked."""
    return unpack(zipped, tmp_path / "student")


# ---- what staff have


def test_a_key_that_is_up_to_date_is_left_alone(regression: Known) -> None:
    keys = [regression.folder / "build" / f"answer-key.{half}" for half in ("full", "public")]
    before = [key.stat().st_mtime_ns for key in keys]
    regression.run("compile", "--if-stale")
    assert [key.stat().st_mtime_ns for key in keys] == before


def test_the_committed_assignment_is_what_the_solution_gives(regression: Known) -> None:
    regression.run("stubs", "--check")
    names = {path.name for path in (regression.folder / "assignment").glob("*.*")}
    assert names == {"README.md", "assignment.ipynb", "discussion.md", "regression.py"}


def test_a_function_its_inputs_and_its_mistakes_are_explained(regression: Known) -> None:
    assert regression.sentence in regression.run("explain", "regression.error_grad").stdout


def test_the_grader_proves_itself(known: Known) -> None:
    known.run("verify")
    assert (known.folder / "build" / "verify.html").is_file()
    assert f"{known.file}." in (known.folder / "build" / "verify.txt").read_text("utf-8")


def test_the_doctor_is_not_disturbed_by_a_homework(regression: Known, tmp_path: Path) -> None:
    regression.run("doctor", "--json", tmp_path / "layers.json")
    assert json.loads((tmp_path / "layers.json").read_bytes())


# ---- a grade


def test_the_solution_gets_every_point(known: Known, tmp_path: Path) -> None:
    graded = known.grade(known.folder / "solution", tmp_path)
    assert (graded.data["score"], graded.data["max_score"], graded.data["finished"]) == (
        100,
        100,
        True,
    )
    assert graded.statuses == {"passed"}
    assert "score 100 of 100" in graded.text
    assert all([function in graded.page for function in known.functions])


def test_what_students_begin_with_has_no_point(regression: Known, tmp_path: Path) -> None:
    graded = regression.grade(regression.folder / "assignment", tmp_path)
    assert (graded.data["score"], graded.data["max_score"]) == (0, 100)
    assert graded.statuses == {"not started"}


def test_a_known_mistake_is_named_and_costs_its_own_function_alone(
    known: Known, tmp_path: Path
) -> None:
    graded = known.grade(known.mistake(tmp_path / "wrong"), tmp_path)
    failed = [check for check in graded.data["checks"] if check["status"] != "passed"]
    assert {check["function"] for check in failed} == {f"{known.file}.{known.wrong_function}"}
    assert 0 < graded.data["score"] < 100
    assert known.sentence in json.dumps(graded.data)
    assert known.sentence in graded.page
    assert known.sentence in on_one_line(graded.text)


def test_watching_grades_again_when_a_file_is_saved(regression: Known, tmp_path: Path) -> None:
    wrong = regression.mistake(tmp_path / "wrong")
    watching = Watching(wrong, tmp_path, "--plain", "--homework", str(regression.folder))
    try:
        assert regression.sentence in on_one_line(watching.wait_for())
        edit(wrong / "regression.py", regression.wrong, regression.right)
        assert "regression.error_grad now passes" in watching.wait_for()
        assert watching.end() == 0
    finally:
        watching.close()


# ---- what students submit


def test_files_become_a_notebook_and_files_again_and_either_is_handed_in(
    regression: Known, tmp_path: Path
) -> None:
    notebook, files, packed = [tmp_path / name for name in ("one.ipynb", "files", "packed.zip")]
    regression.run("convert", regression.folder / "solution", notebook)
    regression.run("convert", notebook, files)
    again, solution = [
        ast.parse((folder / "regression.py").read_text("utf-8")).body
        for folder in (files, regression.folder / "solution")
    ]
    definitions = [
        [ast.dump(n) for n in body if isinstance(n, ast.FunctionDef)] for body in (again, solution)
    ]
    assert definitions[0] == definitions[1] != []
    for submission in (notebook, files):
        said = regression.run("submission", submission, "--output", packed).stdout
        assert "4 of 4 functions written" in said
    assert "regression.py" in zipfile.ZipFile(packed).namelist()
    assert regression.grade(packed, tmp_path).data["score"] == 100


# ---- what students get


def test_the_handout_is_about_this_homework_alone(regression: Known, tmp_path: Path) -> None:
    regression.run("handout", "--output", tmp_path, PATH=str(tmp_path))  # no browser prints it
    page = (tmp_path / "handout.html").read_text("utf-8")
    assert all([function in page for function in regression.functions])
    assert "softmax" not in page


def test_the_zip_holds_no_solution_and_no_rubric(known: Known, zipped: Path) -> None:
    top = name_folder(Homework(known.folder))
    with zipfile.ZipFile(zipped) as archive:
        contents = {name.removeprefix(f"{top}/"): archive.read(name) for name in archive.namelist()}
    assert {f"assignment/{known.file}.py", "homework.ini", "answer-key.public"} <= contents.keys()
    assert len([name for name in contents if name.endswith(".whl")]) == 1
    assert not [name for name in contents if name.startswith(("solution", "rubric", "build"))]
    assert known.right.encode() not in b"".join(contents.values())


def test_students_see_all_points_of_the_public_checks(known: Known, student: Path) -> None:
    shutil.copy(known.folder / "solution" / f"{known.file}.py", student / "assignment")
    done = run_there(student, "autograder", "grade", "--json", "report.json")
    assert done.returncode == 0, done.stderr
    report = json.loads((student / "report.json").read_bytes())
    assert report["score"] == report["max_score"] < 100


def test_plain_pytest_shows_a_students_checks(known: Known, student: Path) -> None:
    wrong = known.mistake(student.parent / "wrong")
    shutil.copy(wrong / f"{known.file}.py", student / "assignment")
    done = run_there(student, "pytest", "-q")
    assert done.returncode == 1, done.stdout + done.stderr
    assert known.sentence in on_one_line(done.stdout)


def test_a_notebooks_check_is_about_the_homework_around_it(
    regression: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = regression.folder / "assignment"
    monkeypatch.chdir(folder)
    request = {
        "verb": "check",
        "words": ["error_grad"],
        "names": ["np", *regression.functions],
        "defined": dict.fromkeys(regression.functions, ""),
        "folder": str(folder),
    }
    right = (regression.folder / "solution" / "regression.py").read_text("utf-8")
    wrong = right.replace(regression.right, regression.wrong)
    with Judging() as judging:
        told = [judging.answer(request | {"cells": [(1, cell)]})["text"] for cell in (right, wrong)]
    assert told[0].startswith("✓ error_grad: passes")
    assert told[1].startswith("✗ error_grad")
    assert regression.sentence in on_one_line(told[1])


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="environments are laid out otherwise")
def test_a_student_goes_from_the_zip_to_every_point(
    known: Known, student: Path, tmp_path: Path
) -> None:
    lend(student, *PACKAGES)
    done = run_script(student)
    assert done.returncode == 0, done.stderr
    assert f"Nothing is started yet. Begin with {known.functions[0]}" in done.stdout
    shutil.copy(known.folder / "solution" / f"{known.file}.py", student / "assignment")
    done = run_script(student, "submission")
    assert done.returncode == 0, done.stderr
    assert known.grade(student / "dist" / "submission.zip", tmp_path).data["score"] == 100


# ---- Gradescope


@pytest.mark.slow
def test_the_package_for_gradescope_grades_its_own_homework(known: Known, tmp_path: Path) -> None:
    lend_wheels(known.folder)
    wrong = known.mistake(tmp_path / "wrong")
    said = known.run("gradescope-try", wrong, "--keep", tmp_path / "kept").stdout
    assert "valid results: score " in said
    results = (tmp_path / "kept" / "results" / "results.json").read_text("utf-8")
    shown = " ".join([test.get("output", "") for test in json.loads(results)["tests"]])
    assert known.sentence in " ".join(shown.split())
    assert "softmax" not in results


@pytest.mark.slow
def test_gradescope_gets_the_homework_and_no_solution(known: Known, tmp_path: Path) -> None:
    lend_wheels(known.folder)
    path = tmp_path / "gradescope.zip"
    python = f"3.{sys.version_info.minor}"
    known.run("gradescope", "--output", path, "--python", python)
    names = zipfile.ZipFile(path).namelist()
    assert [name for name in names if name.endswith("homework.ini")]
    assert not [name for name in names if "solution" in name or "rubric/" in name]


def lend_wheels(folder: Path) -> None:
    """Put those that were downloaded for the first homework beside this one's key."""
    here = ROOT / "build" / "wheels"
    if here.is_dir():
        shutil.copytree(here, folder / "build" / "wheels", dirs_exist_ok=True)


def test_a_new_homework_has_its_folders_name_as_title(tmp_path: Path) -> None:
    known = write_new(tmp_path / "moving_averages")
    settings = (known.folder / "homework.ini").read_text(encoding="utf-8")
    assert "[homework]\ntitle = Moving averages\n" in settings
    shown = run_there(known.folder, "autograder", "new", "2nd-week").stdout
    assert "2nd-week/homework.ini" in shown
    settings = (known.folder / "2nd-week" / "homework.ini").read_text(encoding="utf-8")
    assert "title = 2nd week\n" in settings
