"""``submission`` looks at each file by itself: what is missing in it, and what no one meant."""

import shutil
from pathlib import Path

import pytest
from submission_words import ROOT, SOFTMAX, ignore_caches, submit

from autograder.commands.submission_file import inspect_file

pytestmark = pytest.mark.usefixtures("answer_keys")


WANTED = {"softmax": ("z",), "cross_entropy": ("o", "y"), "xor_by_hand": ()}


REST = "def cross_entropy(o, y):\n    return o\n\ndef xor_by_hand():\n    return 1\n"


def remarks(source: str | bytes) -> list[str]:
    """Return what is said of a forward.py with three functions, in lines."""
    content = source.encode() if isinstance(source, str) else source
    return [
        line
        for remark in inspect_file("forward.py", content, WANTED).remarks
        for line in remark.split("\n")
    ]


def written(source: str) -> int:
    return inspect_file("forward.py", source.encode(), WANTED).written


def test_a_syntax_error_is_shown_with_its_line_and_a_caret() -> None:
    assert remarks("def softmax(z):\n    return np.exp(z\n") == [
        "forward.py, line 2: '(' was never closed; nothing in it can run until this is fixed.",
        "    return np.exp(z",
        "                 ^",
    ]
    assert written("def softmax(z):\n    return np.exp(z\n") == 0


@pytest.mark.parametrize(
    ("source", "says", "line"),
    [
        ("def softmax(z)\n    return z\n", "line 1: expected ':'", "def softmax(z)"),
        ("def f():\nreturn 1\n", "line 2: expected an indented block", "return 1"),
        ("if 1:\n\tx = 1\n        y = 2\n", "line 3: inconsistent use of tabs", "y = 2"),
        ("x = 1\nreturn x\n", "line 2: 'return' outside function", "return x"),
        ("x = 'a\n", "line 1: unterminated string literal", "x = 'a"),
        ("p = 'C:\\Users'\n", "line 1: (unicode error) 'unicodeescape'", "p = 'C:\\Users'"),
        ("x = " + "(" * 300, "line 1: too many nested parentheses", "x = ((("),
    ],
)
def test_every_syntax_error_names_its_line(source: str, says: str, line: str) -> None:
    first, second, *_ = remarks(source)
    assert first.startswith(f"forward.py, {says}")
    assert second.startswith(f"    {line}")


def test_a_long_or_hostile_line_is_cut_and_cleaned() -> None:
    lines = remarks("x = ( '" + "a" * 5000 + "\x1b[31m\n")
    assert all([len(line) < 200 and "\x1b" not in line for line in lines])


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"x = 1\0", "holds null bytes, which no text has (line 1): copy its text"),
        (b"x = '\xff'\n", "is not saved as UTF-8, but in an older encoding"),
        ("x = 1\n".encode("utf-16"), "is saved as UTF-16, which Python does not read: save it as"),
        (b"# coding: nonsense\nx = 1\n", "says a wrong encoding (line 1): delete line 1"),
        (b"", "is empty (0 bytes): save the file in your editor"),
        (b'{"cells": [{"cell_type": "code"}]}', "is a notebook, not Python: rename it to end in"),
        (b"```python\nx = 1\n```\n", "has ``` lines in it, as an answer in a chat has (line 1)"),
    ],
)
def test_a_file_that_is_no_python_is_named(source: bytes, says: str) -> None:
    (remark,) = remarks(source)
    assert remark.startswith(f"forward.py {says}")
    assert remark.endswith(".")


@pytest.mark.parametrize("source", ["x = " + "-" * 200_000 + "1", "x = 1" + "+1" * 100_000])
def test_a_file_that_is_too_deep_for_the_parser_is_named(source: str) -> None:
    assert remarks(source) == [
        "forward.py is nested too deeply for Python to read: write it more simply."
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_other_encodings_are_read_as_python_reads_them(encoding: str) -> None:
    source = "# größe\n" if encoding == "utf-8-sig" else "# coding: latin-1\n# größe\n"
    assert remarks((source + SOFTMAX + REST).encode(encoding)) == []


def test_a_missing_function_is_named_with_the_line_to_write() -> None:
    assert remarks(REST) == ["forward.py has no function softmax (add 'def softmax(z):')."]
    assert written(REST) == 2


def test_a_misnamed_function_is_recognized() -> None:
    for name in ("soft_max", "Softmax", "sofmax"):
        source = SOFTMAX.replace("softmax", name) + REST
        assert remarks(source) == [f"forward.py has no function softmax (rename {name}?)."]


def test_a_function_of_the_homework_is_not_taken_for_a_misnamed_one() -> None:
    found = inspect_file("a.py", b"def relu(x): return x\n", {"relu": ("x",), "relu2": ("x",)})
    assert found.remarks == ("a.py has no function relu2 (add 'def relu2(x):').",)


@pytest.mark.parametrize(
    "definition",
    [
        "def softmax(z):\n    return z",
        "def softmax(z):\n    '\\d'\n    return z is 1",
        "def softmax(anything, /):\n    return anything",
        "def softmax(z, axis=1):\n    return z",
        "def softmax(*z):\n    return z",
        "def softmax(z, *, axis=1, **more):\n    return z",
        "softmax = lambda z: z",
        "softmax = helper",
        "softmax, other = helper, 1",
        "from helpers import softmax",
        "from helpers import anything as softmax",
        "from helpers import *",
        "@decorated\ndef softmax():\n    return 1",
        "if True:\n    def softmax(z):\n        return z",
        "try:\n    1\nexcept E:\n    1\nelse:\n    def softmax(z):\n        return z",
        "try:\n    import x\nexcept ImportError:\n    softmax = 1",
        "class softmax:\n    pass",
        "def softmax(z):\n    if z is None:\n        raise NotImplementedError\n    return z",
        "def softmax(z):\n    if z:\n        return z\n    raise NotImplementedError",
    ],
)
def test_every_way_to_write_a_function_counts(definition: str) -> None:
    assert remarks(f"{definition}\n{REST}") == []
    assert written(f"{definition}\n{REST}") == 3


@pytest.mark.parametrize(
    "definition",
    [
        "class Mine:\n    def softmax(self, z):\n        return z",
        "def mine():\n    def softmax(z):\n        return z",
        "if __name__ == '__main__':\n    def softmax(z):\n        return z",
        "# def softmax(z): return z",
        "softmax",
        "x = softmax",
    ],
)
def test_a_function_that_an_import_does_not_give_does_not_count(definition: str) -> None:
    assert remarks(f"{definition}\n{REST}") == [
        "forward.py has no function softmax (add 'def softmax(z):')."
    ]


@pytest.mark.parametrize(
    "definition",
    [
        "def softmax():\n    return 1",
        "def softmax(z, axis):\n    return z",
        "def softmax(z, *, axis):\n    return z",
        "softmax = lambda: 1",
        "async def softmax(a, b):\n    return a",
    ],
)
def test_another_number_of_arguments_is_named(definition: str) -> None:
    assert remarks(f"{definition}\n{REST}") == [
        "forward.py, line 1: softmax is called as softmax(z): let it take 1 argument."
    ]
    assert written(f"{definition}\n{REST}") == 3


def test_the_arguments_that_it_should_take_are_counted_in_words() -> None:
    assert remarks(SOFTMAX + "def cross_entropy(o): return o\ndef xor_by_hand(x): return x\n") == [
        "forward.py, line 3: cross_entropy is called as cross_entropy(o, y):"
        " let it take 2 arguments.",
        "forward.py, line 4: xor_by_hand is called as xor_by_hand(): let it take no arguments.",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "raise NotImplementedError('forward.softmax')",
        "raise NotImplementedError",
        "'''Doc.'''\n    raise NotImplementedError('x')",
        "pass",
        "...",
        "'''Doc.'''",
    ],
)
def test_a_stub_is_still_to_be_written(body: str) -> None:
    source = f"def softmax(z):\n    {body}\n{REST}"
    assert remarks(source) == ["forward.py is still to be written: softmax."]
    assert written(source) == 2


def test_a_stubs_last_line_that_was_left_is_named() -> None:
    source = f"def softmax(z):\n    e = z\n    raise NotImplementedError('x')\n    return e\n{REST}"
    assert remarks(source) == [
        "forward.py line 3: softmax raises NotImplementedError here, so your code below never runs:"
        " delete this line."
    ]
    assert written(source) == 2


def test_a_function_that_is_there_twice_is_named() -> None:
    source = SOFTMAX + "\ndef softmax(z):\n    raise NotImplementedError\n" + REST
    assert remarks(source) == [
        "forward.py line 4: this stub comes after your own softmax (line 1), and the last one"
        " counts: delete it."
    ]
    assert remarks(SOFTMAX + REST + SOFTMAX) == [
        "forward.py, line 8: softmax is there again, after line 1: only this one counts."
    ]


def test_the_solution_and_the_stubs_agree_with_the_key_on_every_argument(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for folder in ("solution", "assignment"):
        copied = shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignore_caches)
        assert not [line for line in submit(Path(copied), capsys) if "is called as" in line]
