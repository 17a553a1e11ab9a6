"""The framework contains no word of this homework: another one is graded by the same code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "autograder"

#: Words of the homework that the framework may use, each for a reason of its own.
ALLOWED = {
    "b1": "numpy's name of a bool",
    "encode": "what Python calls turning text into bytes",
    "epochs": "what the pictures and the predicate of any training count, in English",
    "forward": "an English word",
    "nearest": "an English word",
    "negation": "what a small change of a formula may be",
    "predict": "what a relation does with each example, an English verb",
    "seed": "what random numbers begin with, everywhere",
    "size": "numpy's, of arrays",
    "slope": "an English word, of curves",
    "step": "an English word",
    "text": "what is read and written, everywhere",
    "texts": "the same, several times",
    "tanh": "numpy's, which mutations put in another function's place",
    "train": "an English verb",
    "word": "an English word",
    "words": "the same, several times",
}

#: Capital letters alone that are something else: numpy's kinds of types, its transpose.
ALLOWED_LETTERS = {"core/results.py": {"U", "V"}}


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Yield the public functions of a file of the solution."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


SOLUTION = sorted((ROOT / "solution").glob("*.py"))
FUNCTIONS = [function for path in SOLUTION for function in functions(path)]
PARAMETERS = {parameter.arg for function in FUNCTIONS for parameter in function.args.args}
FILES = {path.stem for path in [*SOLUTION, *(ROOT / "datasets").glob("*.tsv")]}
WORDS = FILES | {f.name for f in FUNCTIONS} | {name for name in PARAMETERS if len(name) > 1}

#: The letters of its shapes, and its arrays of one letter.
SHAPES = re.findall(r'"(\w)": Letter\(', (ROOT / "rubric" / "exam.py").read_text())
LETTERS = {name for name in PARAMETERS if len(name) == 1} | {*SHAPES}


def texts() -> Iterator[tuple[str, str]]:
    """Yield every file of the framework but those of the homework that it writes itself."""
    for path in sorted(PACKAGE.rglob("*")):
        name = path.relative_to(PACKAGE).as_posix()
        if path.is_file() and "__pycache__" not in name and "authoring/template/" not in name:
            yield name, path.read_text(encoding="utf-8")


def is_of_letters(text: str) -> bool:
    """Tell whether a string is a shape in the homework's letters, or one of its matrices.

    A small letter alone is not counted: it is a kind of type, a coordinate, a format.
    """
    found = re.split(r"[ *]", text)
    is_shape = len(found) > 1 and any([word in LETTERS for word in found])
    return {*found} - {*"12"} <= LETTERS and (is_shape or text.isupper())


def test_the_framework_contains_no_word_of_this_homework() -> None:
    some = "|".join(sorted(map(re.escape, WORDS - ALLOWED.keys())))
    pattern = re.compile(rf"(?<!\w)({some})(?!\w)")
    found = {name: sorted({*pattern.findall(text)}) for name, text in texts()}
    assert {name: words for name, words in found.items() if words} == {}


def test_the_framework_contains_no_letter_of_this_homework() -> None:
    found = {}
    for name, text in texts():
        if name.endswith(".py"):
            nodes = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant)]
            strings = {node.value for node in nodes if isinstance(node.value, str)}
            found[name] = {text for text in strings if is_of_letters(text)}
    allowed = ALLOWED_LETTERS
    assert {name: f for name, text in found.items() if (f := text - allowed.get(name, set()))} == {}


def test_every_word_that_is_allowed_is_one_of_this_homework() -> None:
    assert ALLOWED.keys() <= WORDS
    assert {"softmax", "updates", "xor", "b_H", "vocab_size"} <= WORDS - ALLOWED.keys()
