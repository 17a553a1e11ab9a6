"""The homework before the network, `homeworks/linear_models`: what it teaches and grades.

It is written with the authors' import alone, so its tests go through the command, too.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOMEWORK = ROOT / "homeworks" / "linear_models"

#: What no theta separates: the notes' example, with a feature that is always 1.
NEGATION = """
import numpy as np
from logistic import probabilities, train_logistic
from perceptron import train_perceptron

c = np.array([[1.0, 1, 1], [1, 0, 1], [0, 1, 1], [0, 0, 1]])
y = np.array([0, 1, 1, 0])
print(train_perceptron(c, y, 2, 500)[1].min())
theta, losses = train_logistic(c, y, 2, 0.5, 500, 4)
print(losses[-1].round(6), abs(probabilities(c, theta, 2) - 0.5).max().round(6))
either = np.array([0, 0, 0, 1])
print(train_perceptron(c, either, 2, 500)[1][-1])
"""


def run(*words: object) -> str:
    """Run the real command for the homework; return what it says."""
    call = [sys.executable, "-m", "autograder", "--homework", str(HOMEWORK), *map(str, words)]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_committed_assignment_is_what_the_solution_gives() -> None:
    assert run("stubs", "--check") == ""


def test_no_linear_model_learns_negation_and_each_learns_what_a_line_separates() -> None:
    done = subprocess.run(
        [sys.executable, "-c", NEGATION],
        cwd=HOMEWORK / "solution",
        capture_output=True,
        text=True,
        check=True,
    )
    fewest, logistic, separable = done.stdout.splitlines()
    assert int(fewest) > 0
    assert logistic == "0.693147 0.0"  # it learns nothing: log 2, and one half for every label
    assert int(separable) == 0


@pytest.mark.slow
def test_the_grader_proves_itself() -> None:
    run("compile", "--if-stale")
    said = run("verify")
    assert "no row is wrong" in said
    asked = re.findall(r"^ .* (\w+\.\w+)\(.*\) +(\d+) mistakes?$", run("explain"), re.MULTILINE)
    found = re.findall(r"^(\w+\.\w+) +(\d+) of \2 ", said, re.MULTILINE)
    assert found == asked
    assert len(found) > 10


@pytest.mark.slow
def test_a_caller_keeps_its_points_and_a_mistake_is_named(tmp_path: Path) -> None:
    submission, report = tmp_path / "work", tmp_path / "report.json"
    shutil.copytree(HOMEWORK / "solution", submission)
    file = submission / "features.py"
    right = "scores(c, theta, m).argmax(axis=1)"
    assert right in file.read_text("utf-8")
    file.write_text(
        file.read_text("utf-8").replace(
            right, "m - 1 - scores(c, theta, m)[:, ::-1].argmax(axis=1)"
        ),
        "utf-8",
    )
    run("compile", "--if-stale")
    run("grade", submission, "--json", report)
    checks = json.loads(report.read_bytes())["checks"]
    lost = {check["function"] for check in checks if check["score"] < check["max_score"]}
    named = {check["misconception"] for check in checks if check["function"] in lost}
    assert lost == {"features.predict"}
    assert "last-of-equal-scores" in named


@pytest.mark.slow
def test_the_packages_for_students_and_gradescope_are_built(tmp_path: Path) -> None:
    run("compile", "--if-stale")
    for verb in ("release", "gradescope"):
        target = tmp_path / f"{verb}.zip"
        run(verb, "--output", target)
        assert target.stat().st_size > 10_000
