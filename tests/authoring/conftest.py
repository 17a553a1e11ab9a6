"""The homework's key, and what the author of a rubric given as text is told."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rubric_text import EXAM, SOLUTION, Compile

from autograder.authoring.compiler.build import compile_exam
from autograder.authoring.compiler.reference import Reference, load_exam
from autograder.errors import RubricError
from autograder.homework.folder import Homework
from autograder.homework.key import Key


@pytest.fixture(scope="module")
def key(answer_keys: dict[str, Path]) -> Key:
    key = Homework.here().read_key("full")
    assert key is not None
    return key


@pytest.fixture
def sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Compile]:
    """Compile a rubric and a solution from their text; return what the author is told, or ''."""

    def compile_them(rubric: str, *, solution: str = SOLUTION, more: str = "") -> str:
        (tmp_path / "solution").mkdir()
        (tmp_path / "solution" / "tiny.py").write_text(solution)
        (tmp_path / "solution" / "tiny_more.py").write_text(more)
        (tmp_path / "tiny_rubric.py").write_text(rubric if "EXAM" in rubric else rubric + EXAM)
        try:
            exam = load_exam(tmp_path / "solution", rubric="tiny_rubric")
            compile_exam(exam, Reference(tmp_path / "solution"))
        except RubricError as error:
            return str(error)
        return ""

    monkeypatch.syspath_prepend(tmp_path)
    yield compile_them
    for name in ("tiny", "tiny_more", "tiny_rubric"):
        sys.modules.pop(name, None)
