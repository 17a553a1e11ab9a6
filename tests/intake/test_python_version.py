"""What needs another Python than the one that grades is told of with its line and that Python."""

import sys
from pathlib import Path

import pytest

from autograder.core.python_versions import find_name_version, find_syntax_version
from autograder.intake.python_version import remarks_on_version


def remarks(folder: Path, text: str, python: str = "3.10") -> tuple[str, ...]:
    (folder / "train.py").write_text(text, encoding="utf-8")
    return remarks_on_version(folder, python)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("from itertools import batched\n", "itertools.batched needs Python 3.12"),
        ("import math as m\nm.sumprod\n", "math.sumprod needs Python 3.12"),
        ("import tomllib\n", "tomllib needs Python 3.11"),
        ("raise ExceptionGroup\n", "builtins.ExceptionGroup needs Python 3.11"),
    ],
)
def test_a_newer_name_is_told_of(tmp_path: Path, text: str, said: str) -> None:
    (remark,) = remarks(tmp_path, text)
    assert said in remark
    assert remark.startswith("train.py line ")
    assert remark.endswith("Python 3.10 grades.")
    assert remarks(tmp_path, text, "3.14") == ()
    assert remarks(tmp_path, text, "") == ()


def test_a_module_that_is_gone_is_told_of(tmp_path: Path) -> None:
    (remark,) = remarks(tmp_path, "import imp\n", "3.12")
    assert "gone since Python 3.12" in remark or "was removed" in remark


def test_a_file_that_asks_first_is_left_in_peace(tmp_path: Path) -> None:
    text = "try:\n    import tomllib\nexcept ImportError:\n    tomllib = None\n"
    assert remarks(tmp_path, text) == ()


@pytest.mark.skipif(sys.version_info < (3, 12), reason="this Python can't read it")
@pytest.mark.parametrize("text", ["x = f'{d['a']}'\n", "type X = int\n", "def f[T](x): pass\n"])
def test_newer_syntax_is_told_of(tmp_path: Path, text: str) -> None:
    (remark,) = remarks(tmp_path, text)
    assert "needs Python 3.12" in remark


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("print(f'{info['loss']:.3f}')", (3, 12)),
        ("except* ValueError:", (3, 11)),
        ("type X = int", (3, 12)),
        ("def f[T](x):", (3, 12)),
        ("print(f'{info[\"loss\"]}', f'{x}')", None),
        ("type = 3", None),
        ("x = y[1]", None),
    ],
)
def test_a_line_of_a_newer_python_is_known_by_its_form(line: str, version: object) -> None:
    assert find_syntax_version(line) == version


def test_what_was_always_there_needs_no_version() -> None:
    assert find_name_version("math", "exp") is None
