"""A homework's folder says what can be compiled in it, and what a key depends on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.homework.folder import Homework

Make = Callable[..., Homework]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a homework of empty files."""

    def run(*names: str) -> Homework:
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("")
        return Homework(tmp_path)

    return run


def test_a_students_folder_called_solution_is_not_taken_for_the_sources(make: Make) -> None:
    handed_out = make("rubric/pictures/network.py", "solution/notes.txt", "answer-key.public")
    assert not handed_out.has_sources
    assert handed_out.key_path("public").name == "answer-key.public"
    assert make("rubric/exam.py").has_sources


def test_all_code_for_pictures_is_handed_out_but_their_declaration(make: Make) -> None:
    homework = make(*[f"rubric/pictures/{name}.py" for name in ("__init__", "declare", "words")])
    assert [file.stem for file in homework.own_files] == ["__init__", "words"]
    assert make("homework.ini").root == homework.root


def test_a_homework_without_pictures_hands_none_out(make: Make) -> None:
    assert make("rubric/__init__.py").own_files == []


@pytest.mark.parametrize(
    ("name", "is_source"), [("declare", True), ("network", False), ("__init__", False)]
)
def test_a_key_depends_on_which_pictures_there_are_not_on_how_they_are_drawn(
    make: Make, name: str, is_source: bool
) -> None:
    files = [f"rubric/pictures/{file}.py" for file in ("declare", "network", "__init__")]
    homework = make("rubric/__init__.py", "solution/a.py", *files)
    before = homework.digest()
    (homework.pictures / f"{name}.py").write_text("CHANGED = True\n")
    assert (homework.digest() != before) == is_source
