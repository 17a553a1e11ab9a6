"""What is left of a stub and keeps a student's code from running is found and said."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.intake.left_stubs import MAX_BYTES, left_in_file
from autograder.intake.take_in import take_in

HEAD = '"""Doc."""\nimport numpy as np\n\n\n'
RAISE = 'raise NotImplementedError("m.f: do it")'


def left(body: str) -> list[str]:
    """Return what is said of a module with the function f."""
    return [str(one) for one in left_in_file("m", (HEAD + body).encode(), ["f", "g"])]


def below(line: int, what: str = "this line") -> str:
    return (
        f"m.py line {line}: f raises NotImplementedError here, so your code below never runs:"
        f" delete {what}."
    )


def above(line: int, what: str = "this line") -> str:
    return (
        f"m.py line {line}: f runs your code and then raises NotImplementedError here: delete"
        f" {what}."
    )


def branch(line: int) -> str:
    return (
        f"m.py line {line}: f still raises NotImplementedError in this case: write your code in"
        " place of this line."
    )


def again(line: int, own: int) -> str:
    return (
        f"m.py line {line}: this stub comes after your own f (line {own}), and the last one counts:"
        " delete it."
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f"def f(x):\n    {RAISE}\n    return x\n", below(6)),
        (f"def f(x):\n    'Doc.'\n    {RAISE}\n    y = x\n    return y\n", below(7)),
        ("def f(x):\n    raise NotImplementedError\n    return x\n", below(6)),
        (f"@cache\ndef f(x):\n    {RAISE}\n    return x\n", below(7)),
        (f"def f(x):\n    pass\n    {RAISE}\n    for y in x:\n        pass\n", below(7)),
        (
            "def f(x):\n    raise NotImplementedError(\n        'a'\n    )\n    return x\n",
            below(6, "lines 6 to 8"),
        ),
        (f"def f(x):\n    y = x\n    {RAISE}\n", above(7)),
        (f"def f(x):\n    if x:\n        y = x\n    {RAISE}\n", above(8)),
        (f"def f(x):\n    def g(y):\n        return y\n    {RAISE}\n", above(8)),
        (f"def f(x):\n    y = x\n    {RAISE}\n    return y\n", below(7)),
        (f"def f(x):\n    if x:\n        {RAISE}\n    return x\n", branch(7)),
        (f"def f(x):\n    if x:\n        return x\n    {RAISE}\n", branch(8)),
        (f"def f(x):\n    return x\n    {RAISE}\n", branch(7)),
        (f"def f(x):\n    for y in x:\n        {RAISE}\n", branch(7)),
        (f"def f(x):\n    return x\n\n\ndef f(x):\n    {RAISE}\n", again(9, 5)),
        (f"f = np.exp\n\n\ndef f(x):\n    {RAISE}\n", again(8, 5)),
        (f"from helpers import f\n\n\ndef f(x):\n    {RAISE}\n", again(8, 5)),
    ],
)
def test_a_line_that_is_left_is_named_with_what_to_do(body: str, said: str) -> None:
    assert left(body) == [said]
    windows = (HEAD + body).replace("\n", "\r\n").encode("utf-8-sig")
    assert [str(one) for one in left_in_file("m", windows, ["f"])] == [said]


@pytest.mark.parametrize(
    "body",
    [
        f"def f(x):\n    {RAISE}\n",
        f"def f(x):\n    'Doc.'\n    {RAISE}\n    'More.'\n    ...\n    pass\n",
        f"def f(x):\n    {RAISE}\n\n\ndef f(x):\n    {RAISE}\n",
        f"def f(x):\n    {RAISE}\n\n\ndef f(x):\n    return x\n",
        f"def h(x):\n    {RAISE}\n    return x\n",
        f"def f(x):\n    def g(y):\n        {RAISE}\n    return x\n",
        "def f(x):\n    raise ValueError(x)\n    return x  # NotImplementedError\n",
        "def f(x):\n    return x\n",
        f"def f(x):\n    {RAISE}\n    return (x\n",
        f"f = 1\nraise NotImplementedError\n{'f = (' * 3000}",
        "",
    ],
)
def test_of_a_plain_stub_and_of_other_code_nothing_is_said(body: str) -> None:
    assert left(body) == []


def test_a_file_longer_than_any_homeworks_is_not_looked_at() -> None:
    body = f"def f(x):\n    {RAISE}\n    return x\n"
    assert left(body + "#" * (MAX_BYTES - len(HEAD + body)))
    assert not left(body + "#" * (MAX_BYTES - len(HEAD + body) + 1))


@pytest.fixture
def stubs(tmp_path: Path, root: Path) -> Path:
    """The stubs, with code below the raise line of affine."""
    ignored = shutil.ignore_patterns("*.ipynb", "__pycache__")
    folder = Path(shutil.copytree(root / "assignment", tmp_path / "work", ignore=ignored))
    file = folder / "separability.py"
    head, rest = file.read_text("utf-8").split("\n\n\ndef compose_affine")
    file.write_text(f"{head}\n    return x @ W + b\n\n\ndef compose_affine{rest}", "utf-8")
    return folder


def find_line(folder: Path) -> int:
    lines = (folder / "separability.py").read_text("utf-8").split("\n")
    return next(n for n, line in enumerate(lines, 1) if "raise NotImplementedError" in line)


def test_a_report_says_it_in_its_notes_and_in_the_checks_message(
    graded: Callable[..., dict[str, Any]], stubs: Path
) -> None:
    line = find_line(stubs)
    said = f"separability.py line {line}: affine raises NotImplementedError here, so your code"
    report = graded(stubs)
    (note,) = [note for note in report["notes"] if note.startswith(said)]
    own = [check for check in report["checks"] if check["function"] == "separability.affine"]
    assert {check["status"] for check in own} == {"not started"}
    assert {check["message"] for check in own} == {f"to do      {note}"}
    assert not [note for note in report["notes"] if "Nothing is started" in note]


def test_a_line_that_no_call_comes_to_is_not_mentioned(
    graded: Callable[..., dict[str, Any]], stubs: Path
) -> None:
    file = stubs / "separability.py"
    source = file.read_text("utf-8")
    begin = source.index("    raise NotImplementedError", source.index("def step"))
    end = source.index("\n\n\ndef", begin)
    right = "    if x is None:\n        raise NotImplementedError\n    return (x > 0) * 1.0"
    file.write_text(source[:begin] + right + source[end:], "utf-8")
    notes = graded(stubs, "--public")["notes"]
    assert [note for note in notes if "affine raises" in note]
    assert not [note for note in notes if "step" in note]


def test_in_a_notebook_the_cell_is_named(
    graded: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    cells = [
        "import numpy as np",
        "%matplotlib inline\n\ndef affine(x, W, b):\n    raise NotImplementedError\n    return x",
        "def step(x):\n    return (x > 0) * 1.0",
        "def step(x):\n    raise NotImplementedError",
    ]
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [{"cell_type": "code", "metadata": {}, "source": text} for text in cells],
    }
    file = tmp_path / "work.ipynb"
    file.write_text(json.dumps(notebook), encoding="utf-8")
    notes = graded(file, "--public")["notes"]
    assert (
        "Cell 2, line 4: affine raises NotImplementedError here, so your code below never runs:"
        " delete this line."
    ) in notes
    assert (
        "Cell 4, line 1: this stub comes after your own step (cell 3, line 1), and the last one"
        " counts: delete it."
    ) in notes


def test_what_is_taken_in_tells_it_for_the_homeworks_functions_alone(
    stubs: Path, tmp_path: Path
) -> None:
    wanted = {"separability": ("affine", "step"), "forward": ("softmax",)}
    taken = take_in(stubs, tmp_path / "taken", wanted=wanted)
    assert [one.function for one in taken.left] == ["separability.affine"]
