"""``--changed`` grades only whom the key's change can reach, and gives what a full run gives."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from class_runs import ROOT, ClassRun, class_run, write_class

from autograder.classroom.gradebook import open_gradebook
from autograder.classroom.gradebook_reports import Reports

UPHILL, NOT_SQUARED = ("- rate * grad", "+ rate * grad"), ("(x, w) - y) ** 2)", "(x, w) - y))")

#: Who did what to the solution.
MEMBERS = {
    "right": (),
    "uphill": (UPHILL,),
    "linear": (NOT_SQUARED,),
    "both": (UPHILL, NOT_SQUARED),
}


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    homework = ROOT / "homeworks" / "regression"
    export = tmp_path_factory.mktemp("reach") / "export"
    write_class(export, {"stubs": homework / "assignment"})
    text = (homework / "solution" / "regression.py").read_text()
    for name, changes in MEMBERS.items():
        own = text
        for old, new in changes:
            assert old in own
            own = own.replace(old, new)
        (export / name).mkdir()
        (export / name / "regression.py").write_text(own)
    return export


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, submissions: Path) -> Path:
    """A homework, and the class graded by it; no test changes them."""
    place = tmp_path_factory.mktemp("before")
    shutil.copytree(ROOT / "homeworks" / "regression", place / "homework")
    compile_key(place / "homework")
    class_run(place).grade(submissions, *words(place))
    return place


def words(place: Path) -> tuple[object, ...]:
    return "--jobs", 1, "--homework", place / "homework"


def compile_key(homework: Path) -> None:
    call = [sys.executable, "-m", "autograder", "compile", "--homework", str(homework)]
    subprocess.run(call, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def other_sentence(homework: Path) -> None:
    replace(homework / "rubric" / "regression.py", "The step goes along", "Your step goes along")


def other_solution(homework: Path) -> None:
    file = homework / "solution" / "regression.py"
    replace(file, "return w - rate * grad", "return w - rate * grad / 2")
    rubric = homework / "rubric" / "regression.py"
    replace(rubric, "w + rate * grad", "w + rate * grad / 2")


def other_points(homework: Path) -> None:
    rubric = homework / "rubric" / "regression.py"
    replace(rubric, '"predict", points=20', '"predict", points=24')
    replace(rubric, '"step", points=20', '"step", points=16')


def nothing(homework: Path) -> None:
    replace(homework / "rubric" / "regression.py", '"""Linear', '"""The linear')


def replace(file: Path, old: str, new: str) -> None:
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def slow(change: Callable[[Path], None], said: str) -> object:
    return pytest.param(change, said, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (other_sentence, "regression.step in the key; 3 of 5 keep what they have"),
        slow(other_solution, "regression.step in the key; 1 of 5 keep what they have"),
        slow(other_points, "which reaches everyone; 0 of 5 keep what they have"),
        slow(nothing, "nothing in the key; 5 of 5 keep what they have"),
    ],
)
def test_only_whom_the_change_can_reach_is_graded(
    tmp_path: Path, before: Path, submissions: Path, change: Callable[[Path], None], said: str
) -> None:
    shutil.copytree(before, tmp_path / "part")
    change(tmp_path / "part" / "homework")
    compile_key(tmp_path / "part" / "homework")
    shutil.copytree(tmp_path / "part", tmp_path / "whole")
    part, whole = class_run(tmp_path / "part"), class_run(tmp_path / "whole")
    told = part.grade(submissions, *words(tmp_path / "part"), "--changed").stdout
    assert said in told
    first = ClassRun(before / "out", before / "cache")
    assert part.files({"index.html"}) == first.files({"index.html"})  # until it is accepted
    whole.grade(submissions, *words(tmp_path / "whole"))
    assert read_results(part) == read_results(whole)
    for run in (part, whole):
        run.act("accept", status=0 if "does not count yet" in told else 2)
    assert part.files() == whole.files()


def read_results(run: ClassRun) -> list[tuple[object, ...]]:
    """Return all that the gradebook holds of gradings, and of their reports."""
    with sqlite3.connect(run.out / "gradebook.sqlite") as database:
        found = "SELECT g.*, r.digest FROM grading g LEFT JOIN report r ON r.id = g.report"
        return database.execute(found).fetchall()


def test_without_an_earlier_run_everything_is_graded(
    tmp_path: Path, before: Path, submissions: Path
) -> None:
    run = class_run(tmp_path)
    said = run.grade(submissions, *words(before), "--changed")
    assert "no run counts yet, so everything is graded" in said.stdout
    assert set(run.rows()) == {*MEMBERS, "stubs"}
    assert run.rows()["right"]["score"] == "100"


def test_a_gradebook_of_the_version_before_goes_on(
    tmp_path: Path, before: Path, submissions: Path
) -> None:
    run = class_run(Path(shutil.copytree(before, tmp_path / "older")))
    with sqlite3.connect(run.out / "gradebook.sqlite") as database:
        database.execute("ALTER TABLE setting DROP COLUMN pieces")
        database.execute("PRAGMA user_version = 1")
    with open_gradebook(run.out / "gradebook.sqlite") as book:
        code = {
            r.content: graded.code for r in book.results(1) if (graded := book.graded(1, r.content))
        }
        reports = Reports(book._database)
        for content, texts in code.items():
            packed = reports.pack("code", json.dumps(dict(texts)))
            changed = "UPDATE content SET code = ? WHERE digest = ?"
            book._database.execute(changed, (packed, bytes.fromhex(content)))
    kept = run.files()
    run.grade(submissions, *words(before))
    assert run.files() == kept
    with open_gradebook(run.out / "gradebook.sqlite") as book:
        for content, texts in code.items():
            graded = book.graded(1, content)
            assert graded is not None
            assert dict(graded.code) == dict(texts)
    assert any(code.values())
