"""A homework's own files are closed to its submissions, wherever its folder lies."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autograder.homework.folder import Homework
from autograder.isolation.layers import layer_names

ROOT = Path(__file__).resolve().parents[2]

#: What a submission would like to read of a homework.
SECRETS = (
    "solution/regression.py",
    "rubric/exam.py",
    "rubric/regression.py",
    "build/answer-key.full",
    "build/answer-key.public",
    "tests/notes.txt",
    ".git/HEAD",
)

#: Put behind a file of the solution: what it comes upon is printed by its first function.
READER = """
def predict(x, w, right=predict):
    for path in {paths!r}:
        try:
            with open(path, "rb") as file:
                print("came upon", path, len(file.read()))
        except OSError:
            continue
    return right(x, w)
"""


@pytest.fixture(scope="module")
def homework() -> Iterator[Homework]:
    """A homework outside of the framework's folder, in one that every user can enter."""
    with tempfile.TemporaryDirectory(prefix="another-homework-") as folder:
        os.chmod(folder, 0o755)
        root = Path(folder).resolve() / "regression"
        shutil.copytree(ROOT / "homeworks" / "regression", root)
        for name in ("tests/notes.txt", ".git/HEAD"):
            (root / name).parent.mkdir()
            (root / name).write_text("of staff")
        yield Homework(root)


@pytest.mark.parametrize("without", [(), layer_names()], ids=["with the layers", "by the fence"])
def test_a_submission_reads_nothing_of_the_homework_that_grades_it(
    command: Callable[..., CompletedProcess[str]],
    homework: Homework,
    tmp_path: Path,
    without: tuple[str, ...],
) -> None:
    submission = shutil.copytree(homework.solution, tmp_path / "submission")
    paths = [str(homework.root / name) for name in SECRETS]
    with (submission / "regression.py").open("a", encoding="utf-8") as file:
        file.write(READER.format(paths=paths))
    words = ["--homework", homework.root, "--json", tmp_path / "report.json"]
    off = [word for layer in without for word in ("--without", layer)]
    done = command("grade", submission, *words, *off)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert all(map(os.path.exists, paths))
    assert report["score"] == report["max_score"]
    assert report["printed"] == {}


def test_what_is_closed_is_of_the_homework_of_the_one_around_it_and_of_the_frameworks(
    tmp_path: Path,
) -> None:
    inner = tmp_path / "courses" / "inner"
    inner.mkdir(parents=True)
    for folder in (tmp_path, inner):
        (folder / "homework.ini").touch()
    closed = Homework(inner).closed
    assert {inner / "solution", tmp_path / "solution", ROOT / "solution"} <= {*closed}
    assert tmp_path / "courses" / "solution" not in closed


def test_every_key_that_is_read_says_what_is_closed(answer_keys: object) -> None:
    for half in ("full", "public"):
        key = Homework(ROOT).read_key(half)
        assert key is not None
        assert {ROOT / "rubric", ROOT / "build", ROOT / ".git"} <= {*key.closed}
