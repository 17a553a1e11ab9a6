"""A part of the exam that is extra credit: points beyond the total, and no loss without them.

The homework of the verb ``new`` gets a second file, worth 10 points more; every word is the real
command's.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from students import ROOT

from autograder.core.records import Report
from autograder.grading.grade import grade
from autograder.homework.folder import Homework
from autograder.homework.key import Key
from autograder.homework.settings import Feedback
from autograder.intake.take_in import take_in
from autograder.outputs.gradescope_json import to_gradescope
from autograder.supervisor.spawn import spawning

SOLUTION = '''\
"""How far items are apart."""

import numpy as np

from averages import center


def spread(x: np.ndarray) -> np.ndarray:
    """Average the squared distances from the mean, feature by feature.

    Parameters
    ----------
    x : np.ndarray, shape (n, p)
        One item per row, n at least 1.

    Returns
    -------
    np.ndarray, shape (1, p)
    """
    return (center(x) ** 2).mean(axis=0, keepdims=True)
'''

RUBRIC = '''\
"""A question about spread.py."""

from autograder.authoring import Question
from rubric.averages import ITEMS

spread = Question("spread", points=10, inputs=ITEMS, edges=[ITEMS.fixing(n=1)], returns="spread")
spread.mistake("not-squared", "The distances are averaged as they are, which gives 0.")(
    lambda x: (x - x.mean(axis=0)).mean(axis=0, keepdims=True)
)
'''

SUM = "    return (center(x) ** 2).sum(axis=0, keepdims=True)\n"


def run(folder: Path, *words: object) -> str:
    """Run the real command for a homework and return what it prints."""
    call = [sys.executable, "-m", "autograder", "--homework", folder, *words]
    done = subprocess.run(
        [*map(str, call)], cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The homework, compiled, with its stubs."""
    path = tmp_path_factory.mktemp("new") / "averages"
    run(ROOT, "new", path)
    path.joinpath("solution", "spread.py").write_text(SOLUTION)
    path.joinpath("rubric", "spread.py").write_text(RUBRIC)
    path.joinpath("handout", "introduction.md").unlink()  # the default page has the tables
    exam = path / "rubric" / "exam.py"
    text = exam.read_text().replace(
        "mean, center, points=100),\n",
        'mean, center, points=100),\n    Part("spread", "Spread", "", spread, bonus=True),\n',
    )
    exam.write_text(
        text.replace("center, mean\n", "center, mean\nfrom rubric.spread import spread\n")
    )
    run(path, "stubs")
    return path


@pytest.fixture(params=["right", "left aside", "a stub", "wrong"])
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


def write(folder: Path, target: Path, kind: str) -> Path:
    """Write a submission whose first part is right."""
    shutil.copytree(folder / "solution", target, ignore=shutil.ignore_patterns("__pycache__"))
    file = target / "spread.py"
    if kind == "left aside":
        file.unlink()
    if kind == "a stub":
        shutil.copy(folder / "assignment" / "spread.py", file)
    if kind == "wrong":
        head = file.read_text().rpartition("    return")[0]
        file.write_text(head + SUM)
    return target


def test_the_score_is_whole_and_the_extra_credit_beside_it(
    folder: Path, tmp_path: Path, kind: str
) -> None:
    data, page = tmp_path / "report.json", tmp_path / "report.html"
    submission = write(folder, tmp_path / "hw", kind)
    said = run(folder, "grade", submission, "--json", data, "--html", page)
    report: dict[str, Any] = json.loads(data.read_bytes())
    assert (report["score"], report["max_score"], report["max_bonus"]) == (100, 100, 10)
    assert {
        check.get("bonus", False) for check in report["checks"] if check["part"] == "spread"
    } == {True}
    assert not [
        check for check in report["checks"] if "bonus" in check and check["part"] != "spread"
    ]
    reached = sum([check["score"] for check in report["checks"] if check["part"] == "spread"])
    assert report["bonus"] == reached
    shown = page.read_text("utf-8")
    if kind == "right":
        assert reached == 10
    if kind == "wrong":
        assert 0 < reached < 10
        assert "points of extra credit to gain" in said
        assert "points of extra credit to gain" in shown
    if kind in ("right", "wrong"):
        told = f"100 of 100, extra credit {reached:g} of 10"
        assert f"score {told}" in said
        assert told.replace(" of 100,", " of 100 points,") in shown
    else:
        assert reached == 0
        assert not report["notes"]
        assert said.endswith("score 100 of 100\n")
        assert "not started" not in said
        assert "Not started" not in shown


def test_who_leaves_it_aside_is_told_of_nothing_to_do(folder: Path, tmp_path: Path) -> None:
    submission = write(folder, tmp_path / "hw", "left aside")
    said = run(folder, "submission", submission, "--output", tmp_path / "hw.zip")
    assert "spread.py is not" not in said
    assert "2 of 2 functions written" in said
    assert "ready to upload" in said


def test_a_notebook_without_its_cells_misses_nothing(folder: Path, tmp_path: Path) -> None:
    source = (folder / "solution" / "averages.py").read_text()
    file = tmp_path / "hw.ipynb"
    file.write_bytes(nbformat.writes(new_notebook(cells=[new_code_cell(source)])).encode())
    data = tmp_path / "report.json"
    run(folder, "grade", file, "--json", data)
    report = json.loads(data.read_bytes())
    assert (report["score"], report["bonus"]) == (100, 0)
    assert not [note for note in report["notes"] if "spread" in note]


def test_a_part_of_extra_credit_is_graded_alone(folder: Path, tmp_path: Path) -> None:
    submission = write(folder, tmp_path / "hw", "right")
    said = " ".join(run(folder, "grade", submission, "--only", "spread.py").split())
    assert "spread.py: 10 of 10 points of extra credit; the whole homework" in said


def report_of(folder: Path, submission: Path) -> Report:
    key: Key = Homework(folder).read_key("full")  # type: ignore[assignment]
    with spawning() as spawner:
        taken = take_in(submission, spawner.workspace / "hw", wanted=key.files, optional=key.bonus)
        return grade(taken, key, spawner)


def test_gradescope_gets_a_total_above_the_maximum_and_no_test_that_no_one_took(
    folder: Path, tmp_path: Path, kind: str
) -> None:
    report = report_of(folder, write(folder, tmp_path / "hw", kind))
    results = json.loads(
        to_gradescope(report, feedback=Feedback(), execution_seconds=1, metadata={})
    )
    assert results["score"] == report.score / 100 + report.bonus / 100
    assert results["score"] == pytest.approx(sum([test["score"] for test in results["tests"]]))
    extra = [test for test in results["tests"] if test["name"].startswith("extra credit: spread.")]
    is_begun = kind in ("right", "wrong")
    assert bool(extra) is is_begun
    assert (results["score"] > 100) is is_begun
    assert ("extra credit" in results["output"]) is is_begun
    assert all([test["status"] == "passed" for test in results["tests"]]) is (kind != "wrong")


def test_a_class_has_it_in_a_column_of_its_own(folder: Path, tmp_path: Path) -> None:
    for name, kind in (("ada", "right"), ("bob", "left aside")):
        write(folder, tmp_path / "class" / name, kind)
    out = tmp_path / "out"
    run(folder, "class", tmp_path / "class", "--out", out)
    with (out / "grades.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    told = {name: (row["score"], row["max_score"], row["bonus"]) for name, row in rows.items()}
    assert told == {"ada": ("100", "100", "10"), "bob": ("100", "100", "0")}
    assert {row["remark"] for row in rows.values()} == {""}


def test_the_grader_proves_itself_with_it(folder: Path) -> None:
    said = run(folder, "verify")
    assert "no row is wrong" in said
    assert re.search(r"^spread\.spread +1 of 1 ", said, re.MULTILINE)


def test_tables_keep_it_apart_from_the_total(folder: Path) -> None:
    explained = [line.split() for line in run(folder, "explain").splitlines()]
    assert ["100", "in", "all"] in [[line[0], *line[2:]] for line in explained if line]
    assert ["10", "extra", "credit"] in [[line[0], *line[2:]] for line in explained if line]
    handout = (folder / "assignment" / "README.md").read_text("utf-8")
    assert handout.index("| **100** |") < handout.index(
        "extra credit: Spread (`spread.py`) | +10 |"
    )
    assert "Of 100 points, you can check" in handout
    assert "10 points of extra credit" in handout
