"""The page about rubrics is true: its homework is built, its commands run, its words exist."""

import ast
import inspect
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import autograder.authoring
from autograder.authoring import (
    Check,
    Convention,
    Exam,
    Examples,
    Gradient,
    Inputs,
    Letter,
    OpenOrder,
    Part,
    Question,
)
from autograder.authoring.language.checks import SHARES

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "rubric.md").read_text(encoding="utf-8")


def blocks() -> list[tuple[str, str]]:
    """Return the kind and the text of each fenced block, in order."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.M | re.S)


def files(text: str) -> tuple[str, str, bool]:
    """Return a block's file, its code, and whether it goes on with what is there."""
    head, _, code = text.partition("\n")
    path, _, rest = head.removeprefix("# ").partition(", ")
    return path, code, rest == "continued"


def write(homework: Path, text: str) -> None:
    """Write a block's file, or what it adds to it."""
    path, code, is_continued = files(text)
    file = homework / path
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text() + "\n" if is_continued else ""
    file.write_text(before + code)


def commands(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the words of each command and the lines that it is to print."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        first, *lines = part.rstrip("\n").split("\n")
        yield first.split(), lines


def is_as_promised(printed: str, lines: list[str]) -> bool:
    """Compare; ``...`` stands for anything, on a line of its own for any number of lines."""
    pattern = ""
    for line in lines:
        pieces = [re.escape(piece) for piece in line.split("...")]
        pattern += "(.*\n)*?" if line == "..." else ".*".join(pieces) + "\n"
    return re.fullmatch(pattern, printed) is not None


@pytest.fixture
def homework(tmp_path: Path) -> Path:
    """A copy of the grader without this homework."""
    ignored = shutil.ignore_patterns("__pycache__", "rubric")
    for name in ("autograder", "datasets"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.slow
def test_the_page_builds_a_homework_and_its_commands_print_what_it_says(homework: Path) -> None:
    ran = []
    for kind, text in blocks():
        if kind == "python":
            write(homework, text)
            continue
        for call, lines in commands(text):
            assert call[:3] == ["python", "-m", "autograder"]
            done = subprocess.run(
                [sys.executable, *call[1:]],
                cwd=homework,
                capture_output=True,
                text=True,
                timeout=120,
            )
            is_refused = bool(lines) and lines[0].startswith("solution/")
            assert done.returncode == (3 if is_refused else 0), done.stderr
            printed = done.stderr if is_refused else done.stdout
            assert not lines or is_as_promised(printed, lines), printed
            ran.append(call[3])
    assert set(ran) == {"compile", "stubs", "verify", "explain", "grade"}


def test_without_notes_a_message_points_to_the_function_alone(homework: Path) -> None:
    for kind, text in blocks():
        if kind == "python":
            write(homework, text.replace('"Linear regression", "2"', '"Linear regression", ""'))
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", "submission"],
        cwd=homework,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "  look at    regression.py, error_grad\n" in done.stdout


def test_a_promise_that_is_not_kept_is_noticed() -> None:
    assert is_as_promised("a\nb\nc\n", ["a", "...", "c"])
    assert is_as_promised("size: 1.5 MB (2)\n", ["size: ... MB (2)"])
    assert not is_as_promised("size: 1.5 GB (2)\n", ["size: ... MB (2)"])
    assert not is_as_promised("a\nb\nc\n", ["a", "c"])
    assert not is_as_promised("a\nb\n", ["a"])
    assert not is_as_promised("a+b\n", ["aab"])


def test_a_check_with_two_misconceptions_takes_less_than_15_lines() -> None:
    (code,) = [
        code
        for kind, text in blocks()
        if kind == "python"
        for path, code, is_continued in [files(text)]
        if path == "rubric/regression.py" and not is_continued
    ]
    assert code.count(".mistake(") == 2
    lines = [line for line in code.splitlines() if line.strip() and not line.startswith("#")]
    assert 5 < len(lines) < 15


# Words.

#: What the compiler alone calls.
INTERNAL = ("length_of", "of", "require_lengths", "share_points", "strategy")


def test_every_word_of_the_language_is_on_the_page() -> None:
    reference = PAGE.partition("## The words")[2].partition("## What goes wrong")[0]
    for name in autograder.authoring.__all__:
        assert re.search(rf"\b{name}\b", reference), name
    for word in (Check, Convention, Exam, Examples, Gradient, Letter, OpenOrder, Part, Question):
        for parameter in inspect.signature(word).parameters.values():
            assert re.search(rf"\b{parameter.name}\b", reference), f"{word.__name__}: {parameter}"
    for word in (Inputs, Question):
        for method in [name for name in vars(word) if not name.startswith("_")]:
            is_called = callable(getattr(word, method, None)) and method not in INTERNAL
            assert not is_called or f".{method}(" in reference, method


def test_the_shares_are_those_of_the_language() -> None:
    shares = dict(re.findall(r"^\| `(\w+)` \|.*\| (\d+)% \|", PAGE, re.M))
    assert {name: int(share) for name, share in shares.items()} == SHARES


def sentences() -> str:
    """Return every text in the language and the compiler, one a line."""
    files = [f for name in ("language", "compiler") for f in (ROOT / "autograder" / name).iterdir()]
    trees = [ast.parse(file.read_text()) for file in files if file.suffix == ".py"]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return "\n".join([node.value for node in nodes if isinstance(node.value, str)])


def test_every_sentence_on_the_page_is_one_of_the_compilers() -> None:
    table = PAGE.partition("## What goes wrong")[2]
    listed = re.findall(r"^\| `(.+?)` \|", table, re.M)
    assert len(listed) > 15
    texts = sentences()
    for sentence in listed:
        pieces = [piece.strip() for piece in sentence.split("…")]
        assert all([piece in texts for piece in pieces]), sentence
