"""A name with a letter of another alphabet is told of by its letter, a taken file name as taken."""

from pathlib import Path

import pytest

from autograder.core.lookalikes import letters_as_seen, name_lookalike
from autograder.intake.misleading_names import remarks_on_names

FUNCTIONS = {"activations": ("relu",), "forward": ("softmax",)}


def remarks(folder: Path, is_notebook: bool = False, **files: str) -> tuple[str, ...]:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return remarks_on_names(folder, FUNCTIONS, is_notebook=is_notebook)


@pytest.mark.parametrize(
    "text",
    [
        "def r\u0435lu(x): return x\n",
        "\ndef f(\u0445): return x\n",
        "x = 1\nx.\u0430 = x.a\n",
        "import numpy as n\u0440\n",
        "class N\u0435t: pass\n",
        "f(s\u043eftmax=1)\n",
        "s\u03bfftmax = 1\n",
    ],
)
def test_a_letter_that_only_looks_right_is_named_with_its_place(tmp_path: Path, text: str) -> None:
    (remark,) = remarks(tmp_path, activations=text)
    assert remark.startswith("activations.py line ")
    assert "that looks like" in remark
    assert remark.endswith("type it again.")
    (remark,) = remarks(tmp_path, is_notebook=True, activations=text)
    assert remark.startswith("The name ")


@pytest.mark.parametrize(
    "text",
    [
        "\u03b1 = 1; \u03bb = 2; \u03b2_1 = 3\n",
        "\u044d\u0442\u043e = 1\n",
        "# \u0441 \u0430\nc = a = 'r\u0435lu'\n",
        "caf\u00e9 = 1\n",
        "def r\u0435lu(:\n",
    ],
)
def test_names_in_other_alphabets_are_right(tmp_path: Path, text: str) -> None:
    assert remarks(tmp_path, activations=text) == ()


def test_a_helper_named_as_pythons_module_is_told_of_where_it_is_imported(tmp_path: Path) -> None:
    found = remarks(
        tmp_path, forward="from math import f\nimport os, numpy as np\n", math="", numpy=""
    )
    assert [remark.split()[0] for remark in found] == ["math.py", "numpy.py"]


def test_a_script_that_nobody_imports_may_have_any_name(tmp_path: Path) -> None:
    assert remarks(tmp_path, forward="import numpy as np\n", test="import forward\n") == ()


def test_a_letter_is_named_by_alphabet_and_number() -> None:
    assert name_lookalike("r\u0435lu").startswith("a Cyrillic ")
    assert "(U+0435) that looks like e" in name_lookalike("r\u0435lu")
    assert letters_as_seen("r\u0435lu") == letters_as_seen("\uff52elu") == "relu"
    assert name_lookalike("relu") == ""
