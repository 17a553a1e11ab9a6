"""The grader runs where fork, process groups and the limits of Unix are missing, as on Windows."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from submission_corpus import build, expected

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).parent / "bare_system.py"

pytestmark = pytest.mark.usefixtures("answer_keys")


def graded_bare(submission: Path, report: Path) -> tuple[dict[str, Any], str]:
    """Grade without those names; return the report and what was printed."""
    words = [sys.executable, str(PROGRAM), "judge", "--traceback", "grade", str(submission)]
    done = subprocess.run(
        [*words, "--json", str(report)], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    content: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return content, done.stdout


def test_the_names_are_really_gone() -> None:
    words = [sys.executable, str(PROGRAM), "left"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert done.stdout == "win32 []\n", done.stderr


def test_the_solution_gets_the_same_report(
    graded: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    bare, printed = graded_bare(ROOT / "solution", tmp_path / "bare.json")
    whole = graded(ROOT / "solution")
    assert bare["checks"] == whole["checks"]
    assert bare["environment"]["layers"] == ""
    assert "score 100 of 100" in printed


@pytest.mark.parametrize(
    "name", ["exits_hard_at_import", pytest.param("loops_forever", marks=pytest.mark.slow)]
)
def test_a_worker_that_dies_or_hangs_costs_only_its_own_functions(
    name: str, tmp_path: Path
) -> None:
    bare, _ = graded_bare(build(name, tmp_path / "submission"), tmp_path / "bare.json")
    right = expected(name)
    assert bare["score"] == right["score"]
    lost = {c["function"]: c["status"] for c in bare["checks"] if c["score"] < c["max_score"]}
    assert lost == {function: loss["status"] for function, loss in right["loses"].items()}


def test_every_text_is_read_in_an_encoding_that_is_named(tmp_path: Path) -> None:
    # Windows reads texts in another one where none is named.
    words = [sys.executable, "-X", "warn_default_encoding", "-W", "error::EncodingWarning"]
    for verb in (
        ["grade", "assignment"],
        ["submission", "assignment", "--output", str(tmp_path / "s.zip")],
    ):
        done = subprocess.run(
            [*words, "-m", "autograder", *verb],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert "EncodingWarning" not in done.stderr
