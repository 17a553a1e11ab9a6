"""A student's way from the unpacked zip to every point, one function after the other."""

import ast
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from students import ROOT, run_script

from autograder.homework.folder import Homework

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="environments are laid out otherwise"),
]

#: Where each step is written for people to read, if it is set.
NOTES = "WALK_NOTES"


def functions_of(path: Path) -> dict[str, str]:
    """Return the text of each public function in a file."""
    source = path.read_text(encoding="utf-8")
    return {
        node.name: ast.get_source_segment(source, node) or ""
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def steps() -> Iterator[tuple[str, str, str]]:
    """Yield each function in the homework's order, its file, and that file with it written.

    A student's file is the solution's, with the stubs of what is not written yet.
    """
    key = Homework(ROOT).read_key("public")
    assert key is not None
    for file, names in key.files.items():
        right = functions_of(ROOT / "solution" / f"{file}.py")
        stubs = functions_of(ROOT / "assignment" / f"{file}.py")
        whole = (ROOT / "solution" / f"{file}.py").read_text(encoding="utf-8")
        for place, name in enumerate(names, 1):
            source = whole
            for waiting in names[place:]:
                source = source.replace(right[waiting], stubs[waiting])
            yield f"{file}.{name}", file, source


def points(report: dict[str, Any], function: str) -> tuple[float, float]:
    """Return what a function reached, and what it is worth."""
    checks = [check for check in report["checks"] if check["function"] == function]
    return sum([c["score"] for c in checks]), sum([c["max_score"] for c in checks])


def test_each_function_brings_its_own_points_until_there_are_no_more(
    answer_keys: dict[str, Path], set_up: Path, tmp_path: Path, command: Any
) -> None:
    homework = Path(shutil.copytree(set_up, tmp_path / "homework", symlinks=True))
    report_file = tmp_path / "report.json"
    before, told, seconds = 0.0, [], []
    for function, file, source in steps():
        (homework / "assignment" / f"{file}.py").write_text(source, encoding="utf-8")
        began = time.perf_counter()
        done = run_script(homework, "grade", "assignment", "--json", str(report_file))
        seconds.append(time.perf_counter() - began)
        assert done.returncode == 0, done.stderr
        report = json.loads(report_file.read_text())
        reached, worth = points(report, function)
        assert reached == pytest.approx(worth) != 0
        total = report["score"] + report["bonus"]
        assert total == pytest.approx(before + worth), function
        assert {c["status"] for c in report["checks"]} <= {"passed", "not started"}
        before = total
        told.append(f"# {function}: +{worth:g} = {before:g}, {seconds[-1]:.2f} s\n{done.stdout}")
    assert before == pytest.approx(report["max_score"] + report["max_bonus"])
    if os.environ.get(NOTES):
        Path(os.environ[NOTES]).write_text("\n".join(told), encoding="utf-8")
    packed = run_script(homework, "submission")
    assert "39 of 39 functions written" in packed.stdout
    handed_in = homework / "dist" / "submission.zip"
    done = command("grade", handed_in, "--json", report_file)
    assert done.returncode == 0
    assert json.loads(report_file.read_text())["score"] == 100
