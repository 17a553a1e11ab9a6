"""Stubs say everything that a student needs and nothing of the solution, and they don't drift."""

import ast
import doctest
import io
import re
import tokenize
from pathlib import Path

import pytest

from autograder.authoring.handout import stubs
from autograder.authoring.handout.stubs import drifted, read_stubs, stub_source, write_stubs
from autograder.core import writing as atomic
from autograder.errors import RubricError

ROOT = Path(stubs.__file__).parents[3]
SOLUTION, ASSIGNMENT = ROOT / "solution", ROOT / "assignment"
MODULES = sorted(path.stem for path in SOLUTION.glob("*.py"))

every_module = pytest.mark.parametrize("module", MODULES)

SOURCE = '''\
"""Sums, and what they are for.

A second paragraph.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from forward import _hidden, softmax
from updates import _private

# The solution's secret.
_SECRET = 41
_DEFAULT = 2
_SCALE = _DEFAULT * 10.0


def _helper(x):
    """Help."""
    return x + _SECRET


def scaled(
    x: np.ndarray,
    rows: Sequence[int] = (1, 2),
    *,
    scale: float = _SCALE,
) -> dict[str, np.ndarray]:  # by the scale
    # Multiply x by the scale.
    """Scale the rows: x[:, 0] first.

    The rest of the specification.
    """
    return {"x": _helper(x) * scale}


def total(x: np.ndarray) -> float:
    """ADD it up."""

    def inner() -> Iterator[float]:
        """Inner secret."""
        yield from x

    return math.fsum(inner())


if __name__ == "__main__":
    print(total(np.ones(3)))
'''

STUB = '''\
"""Sums, and what they are for.

A second paragraph.
"""

from collections.abc import Sequence

import numpy as np

from forward import softmax

_DEFAULT = 2

_SCALE = _DEFAULT * 10.0


def scaled(
    x: np.ndarray,
    rows: Sequence[int] = (1, 2),
    *,
    scale: float = _SCALE,
) -> dict[str, np.ndarray]:
    """Scale the rows: x[:, 0] first.

    The rest of the specification.
    """
    raise NotImplementedError("sums.scaled: scale the rows: x[:, 0] first")


def total(x: np.ndarray) -> float:
    """ADD it up."""
    raise NotImplementedError("sums.total: aDD it up")
'''


def functions(source: str) -> dict[str, ast.FunctionDef]:
    """Return the public functions of a source by name."""
    nodes = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return {node.name: node for node in nodes if not node.name.startswith("_")}


def body_lines(source: str) -> set[str]:
    """Return the lines of the functions' bodies, docstrings left out."""
    lines = source.split("\n")
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            for statement in node.body[ast.get_docstring(node) is not None :]:
                rows = range(statement.lineno - 1, statement.end_lineno)
                found |= {lines[row].strip() for row in rows}
    # Brackets alone on a line say nothing.
    return {line for line in found if re.search(r"\w", line)}


def lines_outside_docstrings(source: str) -> set[str]:
    """Return every line of a source that is no part of a docstring."""
    inside = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside |= set(range(node.lineno, node.end_lineno + 1))
    lines = enumerate(source.split("\n"), start=1)
    return {line.strip() for number, line in lines if number not in inside}


def comments(source: str) -> set[str]:
    """Return the comments of a source."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.string for token in tokens if token.type == tokenize.COMMENT}


def define(docstring: str) -> str:
    """Return a source with one function that has this docstring."""
    return f"def twice(x):\n    {docstring}\n    return 2 * x\n"


# ---- the text of a stub


def test_a_stub_is_signatures_docstrings_and_what_they_need():
    assert stub_source(SOURCE, "sums") == STUB


def test_making_a_stub_twice_gives_the_same_bytes():
    assert stub_source(SOURCE, "sums") == stub_source(SOURCE, "sums")


def test_a_stub_of_a_stub_is_itself():
    assert stub_source(STUB, "sums") == STUB


@every_module
def test_a_public_function_keeps_its_signature_and_its_docstring(module):
    source = (SOLUTION / f"{module}.py").read_text("utf-8")
    ours, theirs = functions(source), functions(stub_source(source, module))
    assert list(ours) == list(theirs)
    for name, node in ours.items():
        stub = theirs[name]
        assert ast.dump(node.args) == ast.dump(stub.args)
        assert ast.dump(node.returns) == ast.dump(stub.returns)
        assert ast.get_docstring(node, clean=False) == ast.get_docstring(stub, clean=False)


@every_module
def test_a_body_is_one_line_that_raises_and_names_the_task(module):
    stub = stub_source((SOLUTION / f"{module}.py").read_text("utf-8"), module)
    for name, node in functions(stub).items():
        docstring, line = node.body
        assert line.lineno == line.end_lineno == docstring.end_lineno + 1
        with pytest.raises(NotImplementedError, match=rf"^{module}\.{name}: [a-z].*[^.]$"):
            exec(ast.unparse(line), {})


@every_module
def test_no_line_or_comment_of_a_body_reaches_the_stub(module):
    source = (SOLUTION / f"{module}.py").read_text("utf-8")
    stub = stub_source(source, module)
    assert body_lines(source)
    assert not body_lines(source) & lines_outside_docstrings(stub)
    assert not comments(stub)
    assert not [name for name in re.findall(r"^def (\w+)", stub, re.M) if name.startswith("_")]


@every_module
def test_no_docstring_holds_a_line_of_a_body(module):
    source = (SOLUTION / f"{module}.py").read_text("utf-8")
    code = {line.removeprefix("return ") for line in body_lines(source)}
    # The names of several results, side by side, are in examples too, and a bracket says nothing.
    code = {line for line in code if re.search(r"\w", line) and re.search(r"[^\w, ]", line)}
    pages = "\n".join(ast.get_docstring(node) for node in functions(source).values())
    assert not [line for line in code if line in pages]


@every_module
def test_a_stub_keeps_the_imports_of_numpy_and_of_its_siblings(module):
    source = (SOLUTION / f"{module}.py").read_text("utf-8")
    kept = [line for line in source.split("\n") if re.match(r"(from|import) ", line)]
    wanted = [line for line in kept if re.split(r"\W", line)[1] in {"numpy", *MODULES}]
    stub = stub_source(source, module)
    assert [line for line in stub.split("\n") if re.match(r"(from|import) ", line)] == wanted


def test_decorators_stay_with_what_they_need():
    source = (
        "import functools\n\n\ndef _twice(f):\n    return f\n\n\n"
        '@_twice\n@functools.cache\ndef one(x):\n    """Give one."""\n    return 1\n'
    )
    assert stub_source(source, "ones") == source.replace(
        "    return 1\n", '    raise NotImplementedError("ones.one: give one")\n'
    )


def test_a_signature_may_hold_colons_of_its_own():
    source = 'def f(x={1: 2}, g=lambda a: a) -> "a: b":  # why\n    """Try."""\n    return x[1:2]\n'
    assert stub_source(source, "m").startswith('def f(x={1: 2}, g=lambda a: a) -> "a: b":\n    """')


def test_a_function_on_one_line_becomes_a_stub_of_three():
    stub = stub_source('def one(): "Give one."; return 1\n', "ones")
    task = 'raise NotImplementedError("ones.one: give one")'
    assert stub == f'def one():\n    "Give one."\n    {task}\n'


@pytest.mark.parametrize(
    ("docstring", "argument"),
    [
        ('"""Double."""', '"m.twice: double"'),
        ('"""\n    Double.\n    """', '"m.twice: double"'),
        ("'''Say \"two\".'''", "'m.twice: say \"two\"'"),
        ('"""Don\'t say "two", or \'2\'."""', '"m.twice: don\'t say \\"two\\", or \'2\'"'),
        ('r"""Double \\alpha."""', '"m.twice: double \\\\alpha"'),
    ],
)
def test_the_task_is_the_first_line_of_the_docstring(docstring, argument):
    stub = stub_source(define(docstring), "m")
    assert stub.endswith(f"\n    raise NotImplementedError({argument})\n")
    ast.parse(stub)


def test_a_task_too_long_for_one_line_is_wrapped_as_the_formatter_would():
    fits = 100 - len('    raise NotImplementedError("m.twice: d")') + 1
    one_line = stub_source(define(f'"""{"D" * fits}."""'), "m").split("\n")
    assert len(one_line[-2]) == 100
    wrapped = stub_source(define(f'"""{"D" * (fits + 1)}."""'), "m").split("\n")
    assert wrapped[-4:-1] == [
        "    raise NotImplementedError(",
        f'        "m.twice: d{"D" * fits}"',
        "    )",
    ]


def test_a_long_import_is_wrapped_as_the_formatter_would():
    names = [f"a_rather_long_name_{i}" for i in range(6)]
    listed = "".join(f"    {name},\n" for name in names)
    source = f"from forward import (\n{listed})\n"
    assert stub_source(source.replace("(\n", "(\n    _gone,\n"), "m") == source


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("\n\ndef one():\n    return 1\n", r"^ones\.py, line 3: one has no docstring"),
        ('def one():\n    """"""\n    return 1\n', r"^ones\.py, line 1: one has no docstring"),
        ('class One:\n    """One."""\n', r"^ones\.py, line 1: One is public and can't become"),
        ('async def one():\n    """One."""\n', r"^ones\.py, line 1: one is public and can't"),
        ("x = 1\ndef one(:\n", r"^ones\.py, line 2: "),
    ],
)
def test_what_cannot_become_a_stub_is_an_error_that_says_where(source, sentence):
    with pytest.raises(RubricError, match=sentence):
        stub_source(source, "ones")


def test_the_solution_is_read_and_never_run(tmp_path):
    source = '"""Ones."""\n\nimport nowhere\n\n\ndef one():\n    """One."""\n    return nowhere.x\n'
    (tmp_path / "ones.py").write_text(f"{source}\n\n1 / 0\n")
    assert "def one():" in read_stubs(tmp_path)["ones.py"]


# ---- files


@pytest.fixture
def folders(tmp_path):
    """Make a solution of two modules, and the path of an assignment that isn't there yet."""
    solution = tmp_path / "solution"
    solution.mkdir()
    (solution / "sums.py").write_text(SOURCE, "utf-8")
    (solution / "ones.py").write_text('def one():\n    """Give one."""\n    return 1\n', "utf-8")
    return solution, tmp_path / "assignment"


def test_the_committed_assignment_has_not_drifted():
    assert drifted(SOLUTION, ASSIGNMENT) == []


def test_writing_makes_the_folder_and_leaves_nothing_else(folders):
    solution, assignment = folders
    assert write_stubs(solution, assignment) == [assignment / "ones.py", assignment / "sums.py"]
    assert (assignment / "sums.py").read_bytes() == STUB.encode()
    assert sorted(path.name for path in assignment.iterdir()) == ["ones.py", "sums.py"]


def test_what_has_drifted_is_named(folders):
    solution, assignment = folders
    assert drifted(solution, assignment) == ["ones.py", "sums.py"]
    write_stubs(solution, assignment)
    assert drifted(solution, assignment) == []
    (assignment / "ones.py").unlink()
    (assignment / "sums.py").write_bytes(STUB.encode() + b"# more\n")
    (assignment / "gone.py").write_text(stub_source(define('"""Double."""'), "gone"), "utf-8")
    assert drifted(solution, assignment) == ["gone.py", "ones.py", "sums.py"]
    write_stubs(solution, assignment)
    assert drifted(solution, assignment) == []


def test_the_line_ends_of_a_checkout_are_no_drift(folders):
    solution, assignment = folders
    write_stubs(solution, assignment)
    as_on_windows = (assignment / "sums.py").read_bytes().replace(b"\n", b"\r\n")
    (assignment / "sums.py").write_bytes(as_on_windows)
    assert drifted(solution, assignment) == []


def test_a_stub_whose_module_is_gone_is_removed(folders):
    solution, assignment = folders
    write_stubs(solution, assignment)
    (solution / "ones.py").unlink()
    assert write_stubs(solution, assignment) == [assignment / "sums.py"]
    assert not (assignment / "ones.py").exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README.md", "# Homework\n"),
        ("check.py", '"""Run the public checks."""\n\nprint(1)\n'),
        ("broken.py", "def one(:\n"),
        ("empty.py", ""),
        # Stubs of another module, and stubs in which work has begun.
        ("moved.py", stub_source(SOURCE, "sums")),
        ("begun.py", stub_source(SOURCE, "begun") + "\n\ndef mine(x):\n    return x\n"),
    ],
)
def test_what_is_no_stub_is_left_alone(folders, name, text):
    solution, assignment = folders
    assignment.mkdir()
    (assignment / name).write_text(text, "utf-8")
    write_stubs(solution, assignment)
    assert (assignment / name).read_text("utf-8") == text
    assert drifted(solution, assignment) == []


def test_a_solution_that_is_not_there_removes_nothing(folders, tmp_path):
    solution, assignment = folders
    write_stubs(solution, assignment)
    for verb in (write_stubs, drifted):
        with pytest.raises(RubricError, match="nowhere has no Python files"):
            verb(tmp_path / "nowhere", assignment)
    assert drifted(solution, assignment) == []


def test_one_bad_module_leaves_every_stub_as_it_was(folders):
    solution, assignment = folders
    write_stubs(solution, assignment)
    (solution / "ones.py").write_text('def two():\n    """Give two."""\n', "utf-8")
    (solution / "sums.py").write_text("def total(x):\n    return x\n", "utf-8")
    with pytest.raises(RubricError, match=r"sums\.py, line 1: total has no docstring"):
        write_stubs(solution, assignment)
    assert "def one" in (assignment / "ones.py").read_text("utf-8")


def test_a_write_that_fails_keeps_the_old_file_whole(folders, monkeypatch):
    solution, assignment = folders
    write_stubs(solution, assignment)

    def fail(*paths):
        raise OSError("disk full")

    monkeypatch.setattr(atomic.os, "replace", fail)
    (solution / "ones.py").write_text('def two():\n    """Give two."""\n', "utf-8")
    with pytest.raises(OSError, match="disk full"):
        write_stubs(solution, assignment)
    assert "def one" in (assignment / "ones.py").read_text("utf-8")
    assert sorted(path.name for path in assignment.iterdir()) == ["ones.py", "sums.py"]


def test_the_examples_run():
    assert doctest.testmod(stubs).failed == 0
