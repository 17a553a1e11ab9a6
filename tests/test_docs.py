"""The page about homeworks is true: its homework is built, its commands run, its words exist."""

import ast
import inspect
import os
import re
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
    found = re.findall(r"^(```+)(\w+)\n(.*?)^\1$", PAGE, re.M | re.S)
    return [(kind, text) for _, kind, text in found]


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
    """The folder that the page's first command makes."""
    return tmp_path / "regression"


def run(words: list[str], lines: list[str], homework: Path) -> None:
    """Run a command of the page and compare what it prints."""
    if words[0] == "rm":
        for name in words[1:]:
            (homework / name).unlink()
        return
    assert words[:3] == ["python", "-m", "autograder"]
    done = subprocess.run(
        [sys.executable, *words[1:]],
        cwd=homework if words[3] != "new" else homework.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    is_refused = bool(lines) and lines[0].startswith("solution/")
    assert done.returncode == (3 if is_refused else 0), done.stderr
    printed = done.stderr if is_refused else done.stdout
    assert not lines or is_as_promised(printed, lines), printed


def build(homework: Path) -> set[str]:
    """Follow the page: write its files, run its commands; return the verbs."""
    verbs = set()
    for kind, text in blocks():
        if kind == "console":
            for words, lines in commands(text):
                run(words, lines, homework)
                verbs |= {words[3]} if words[0] == "python" else set()
        else:
            write(homework, text)
    return verbs


@pytest.mark.slow
def test_the_page_builds_the_homework_of_the_tree_and_prints_what_it_says(homework: Path) -> None:
    assert build(homework) == {
        *("new", "compile", "explain", "stubs", "verify", "grade", "release", "gradescope")
    }
    kept = ROOT / "homeworks" / "regression"
    for file in sorted(kept.rglob("*")):
        name = file.relative_to(kept)
        if file.is_file() and not {"build", "dist", "__pycache__"} & set(name.parts):
            assert (homework / name).read_bytes() == file.read_bytes(), name


def test_the_files_on_the_page_are_those_of_the_tree(homework: Path) -> None:
    for kind, text in blocks():
        if kind != "console":
            write(homework, text)
    kept = ROOT / "homeworks" / "regression"
    written = [file for file in sorted(homework.rglob("*")) if file.is_file()]
    shown = [file.relative_to(homework) for file in written if "submission" not in file.parts]
    assert {name.parts[0] for name in shown} == {"homework.ini", "solution", "rubric", "handout"}
    for name in shown:
        assert (homework / name).read_text() == (kept / name).read_text(), name


def test_a_promise_that_is_not_kept_is_noticed() -> None:
    assert is_as_promised("a\nb\nc\n", ["a", "...", "c"])
    assert is_as_promised("size: 1.5 MB (2)\n", ["size: ... MB (2)"])
    assert not is_as_promised("size: 1.5 GB (2)\n", ["size: ... MB (2)"])
    assert not is_as_promised("a\nb\nc\n", ["a", "c"])
    assert not is_as_promised("a\nb\n", ["a"])
    assert not is_as_promised("a+b\n", ["aab"])


# Words.

#: What the compiler alone calls.
INTERNAL = ("length_of", "list_undeclared", "of", "require_lengths", "share_points", "strategy")


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
    authoring = ROOT / "autograder" / "authoring"
    files = [file for name in ("language", "compiler") for file in (authoring / name).iterdir()]
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
