"""Checks that fail for one cause are shown in one block."""

import shutil
from pathlib import Path

import pytest

from autograder.core.records import CheckResult
from autograder.grading.grade import grade
from autograder.homework.folder import Homework
from autograder.intake.take_in import take_in
from autograder.outputs.groups import grouped
from autograder.outputs.report_json import write_message
from autograder.supervisor.spawn import spawning


def judged(folder: Path, changes: dict[str, tuple[str, str]], root: Path) -> list[CheckResult]:
    """Judge the solution with one change in each of some files."""
    work = folder / "work"
    shutil.copytree(root / "solution", work, ignore=shutil.ignore_patterns("__pycache__"))
    for name, (old, new) in changes.items():
        file = work / f"{name}.py"
        source = file.read_text(encoding="utf-8")
        assert source.count(old) == 1
        file.write_text(source.replace(old, new), encoding="utf-8")
    key = Homework(root).read_key("full")
    assert key is not None
    with spawning() as spawner:
        taken = take_in(work, spawner.workspace / "submission", wanted=key.files)
        return list(grade(taken, key, spawner).checks)


@pytest.fixture(scope="module")
def checks(
    answer_keys: dict[str, Path], root: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[CheckResult]:
    """The checks of a submission with one slip in each of three files."""
    return judged(
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
    assert {"does not modify its arguments", "shape"} <= {check.title for check in group}
    for check in group:
        assert "nothing came back (None)" in write_message(check.message)
        assert "whatever the input" not in write_message(check.message)


def test_a_key_that_is_missing_is_told_once(checks: list[CheckResult]) -> None:
    (group,) = groups_of("train.init_params", checks)
    assert len(group) > 2
    assert "lacks the key H" in write_message(group[0].message)


def test_a_named_mistake_is_named_wherever_it_explains(checks: list[CheckResult]) -> None:
    (group,) = groups_of("forward.softmax", checks)
    assert "large logits" in {check.title for check in group}
    assert len({check.mistake for check in group}) == 1
    assert all(["batch of one item" in write_message(check.message) for check in group])
    assert all(['print("expected"' in write_message(check.message) for check in group])
    assert not any(['print("again"' in write_message(check.message) for check in group])
