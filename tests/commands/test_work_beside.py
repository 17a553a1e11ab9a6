"""What a student wrote beside the folder that is graded is named by ``grade``."""

import json
import shutil
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.homework.find import HANDED_OUT_KEY, SETTINGS

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("answer_keys")

SENTENCE = (
    "forward.py is written beside grade.py, but only assignment/ is graded: move it there, in place"
    " of the stub."
)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A student's homework with stubs in assignment/."""
    place = tmp_path / "hw"
    without = shutil.ignore_patterns("__pycache__", "exam.py")
    shutil.copytree(ROOT / "assignment", place / "assignment", ignore=without)
    shutil.copytree(ROOT / "rubric", place / "rubric", ignore=without)
    shutil.copy(ROOT / SETTINGS, place)
    shutil.copy(ROOT / "build" / "answer-key.public", place / HANDED_OUT_KEY)
    monkeypatch.chdir(place)
    return place


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["grade", *words]) == 0
    return " ".join(capsys.readouterr().out.split())


def test_files_beside_grade_py_are_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(ROOT / "solution" / "forward.py", root)
    assert SENTENCE in said(capsys, "assignment")
    (root / "forward 2.py").write_bytes((root / "forward.py").read_bytes())
    (root / "forward.py").unlink()
    assert SENTENCE.replace("forward.py", "forward 2.py") in said(capsys, "assignment")


def test_files_beside_grade_py_are_named_where_only_the_notebook_is_left(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in (root / "assignment").glob("*.py"):
        file.unlink()
    shutil.copy(ROOT / "solution" / "forward.py", root)
    assert "forward.py is written beside grade.py" in said(capsys, "assignment")


def test_a_notebook_beside_grade_py_is_named_where_nothing_else_is_written(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stubs = root / "assignment" / "assignment.ipynb"
    shutil.copy(stubs, root / "mine.ipynb")
    assert "mine.ipynb" not in said(capsys, "assignment")
    notebook = json.loads(stubs.read_text("utf-8"))
    notebook["cells"].append(
        {
            "cell_type": "code",
            "source": "def relu(x):\n    return np.maximum(x, 0.0)",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
    )
    (root / "mine.ipynb").write_text(json.dumps(notebook), "utf-8")
    sentence = "mine.ipynb is written beside grade.py, but only assignment/ is graded"
    assert sentence in said(capsys, "assignment")
    shutil.copy(ROOT / "solution" / "forward.py", root / "assignment")
    assert "mine.ipynb" not in said(capsys, "assignment")


def test_nothing_is_said_of_stubs_and_of_what_is_written_where_it_belongs(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(ROOT / "assignment" / "forward.py", root)
    assert "is written beside" not in said(capsys, "assignment")
    for place in (root, root / "assignment"):
        shutil.copy(ROOT / "solution" / "forward.py", place)
    assert "is written beside" not in said(capsys, "assignment")


@pytest.mark.slow
def test_nobody_looks_beside_a_submission_elsewhere(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.move(root / "assignment", tmp_path / "class" / "ann")
    shutil.copytree(ROOT / "solution", tmp_path / "class" / "bob")
    shutil.copy(ROOT / "solution" / "forward.py", tmp_path / "class")
    assert "written" not in said(capsys, str(tmp_path / "class" / "ann")).partition("score")[0]
