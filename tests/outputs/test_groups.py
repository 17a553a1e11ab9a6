"""Checks that fail for one cause are shown in one block, by the real command."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.core.records import CheckResult
from autograder.outputs.groups import grouped


def graded(folder: Path, changes: dict[str, tuple[str, str]], root: Path) -> list[CheckResult]:
    """Grade the solution with one change in each of some files."""
    work = folder / "work"
    shutil.copytree(root / "solution", work, ignore=shutil.ignore_patterns("__pycache__"))
    for name, (old, new) in changes.items():
        file = work / f"{name}.py"
        source = file.read_text(encoding="utf-8")
        assert source.count(old) == 1
        file.write_text(source.replace(old, new), encoding="utf-8")
    report = folder / "report.json"
    words = [sys.executable, "-m", "autograder", "grade", str(work), "--json", str(report)]
    subprocess.run(words, cwd=root, capture_output=True, timeout=120, check=True)
    checks: list[dict[str, Any]] = json.loads(report.read_bytes())["checks"]
    return [CheckResult(**check) for check in checks]


@pytest.fixture(scope="module")
def checks(
    answer_keys: dict[str, Path], root: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[CheckResult]:
    """The checks of a submission with one slip in each of three files."""
    return graded(
        tmp_path_factory.mktemp("groups"),
        {
            "activations": ("return np.maximum(x, 0.0)", "print(np.maximum(x, 0.0))"),
            "forward": ("return e / e.sum(axis=1, keepdims=True)", "return e / e.sum()"),
            "train": ('"H": rng.normal', '"h": rng.normal'),
        },
        root,
    )


def groups_of(function: str, checks: list[CheckResult]) -> list[list[CheckResult]]:
    return grouped([c for c in checks if c.function == function and c.score < c.max_score])


def test_print_in_the_place_of_return_is_told_once(checks: list[CheckResult]) -> None:
    (group,) = groups_of("activations.relu", checks)
    assert len(group) == 6
    assert {"arguments unchanged", "right shape"} <= {check.title for check in group}
    for check in group:
        assert "nothing came back (None)" in check.message
        assert "whatever the input" not in check.message


def test_a_key_that_is_missing_is_told_once(checks: list[CheckResult]) -> None:
    (group,) = groups_of("train.init_params", checks)
    assert len(group) > 2
    assert "lacks the key H" in group[0].message


def test_a_named_mistake_is_named_wherever_it_explains(checks: list[CheckResult]) -> None:
    (group,) = groups_of("forward.softmax", checks)
    assert "finite and right for large logits" in {check.title for check in group}
    assert len({check.misconception for check in group}) == 1
    assert all(["batch of one item" in check.message for check in group])
    assert all(['print("expected"' in check.message for check in group])
    assert not any(['print("again"' in check.message for check in group])
