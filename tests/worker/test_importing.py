"""What becomes of a submission's files when they are imported, one by one."""

import sys

import pytest
from worker_talk import Start, asked, problem, raised, returned

from autograder.core.records import (
    Ending,
    Status,
    While,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="workers need POSIX")


def test_a_syntax_error_comes_with_its_line(real: Start) -> None:
    found = problem(real(a="x = 1\ndef f(:\n    pass\n"))
    assert (found.kind, found.message) == ("SyntaxError", "invalid syntax")
    assert [(line.file, line.number, line.text) for line in found.lines] == [
        ("a.py", 2, "def f(:"),
        ("a.py", 2, "      ^"),
    ]


def test_an_exception_while_importing_comes_with_its_line(real: Start) -> None:
    found = problem(real(a="def g():\n    return missing\ny = g()\n"))
    assert (found.kind, found.message) == ("NameError", "name 'missing' is not defined")
    assert [(line.file, line.number, line.text) for line in found.lines] == [
        ("a.py", 3, "y = g()"),
        ("a.py", 2, "return missing"),
    ]


@pytest.mark.parametrize(
    "broken", ["y = missing\n", "def f(:\n", "import sys\nsys.exit(1)\n", "from .... import c\n"]
)
def test_a_file_that_cannot_be_imported_costs_another_only_what_needs_it(
    real: Start, broken: str
) -> None:
    worker = real(a="from b import h\ndef f(): return 1\ndef g(): return h()\n", b=broken)
    assert returned(asked(worker)) == 1
    assert "b.h: b.py can't be imported" in raised(asked(worker, name="a.g")).message


def test_a_file_that_ends_the_interpreter_politely_only_raises(real: Start) -> None:
    assert problem(real(a="import sys\nsys.exit(1)\n")).kind == "SystemExit"
    assert problem(real(a="raise KeyboardInterrupt\n")).kind == "KeyboardInterrupt"


def test_a_missing_sibling_is_named(real: Start) -> None:
    assert (
        "cannot import name 'nothing' from 'b'"
        in problem(real(a="from b import nothing\n", b="")).message
    )


def test_a_blocked_file_is_not_tried_again(real: Start) -> None:
    source = "import b\ndef f(): return 1\ndef g(): return b.h()\n"
    worker = real(a=source, b="while True: pass\n", blocked={"b": "b.py hung"})
    assert returned(asked(worker)) == 1
    assert raised(asked(worker, name="a.g")).message == "b.h: b.py hung"


def test_a_file_that_hangs_is_stopped(real: Start) -> None:
    worker = real(a="while True:\n    pass\n")
    state = worker.load("a", ("f",), seconds=1)
    assert state.problem == Ending(
        Status.TIMEOUT, "stopped after 1 s in importing a.py", While.IMPORT
    )


def test_what_a_file_has_is_said_of_each_function(real: Start) -> None:
    state = real(a="f = 3\ndef h(x, y=1): pass\n").load("a", ("f", "g", "h"), seconds=20)
    assert state.functions["f"] == {"is_there": True, "is_callable": False, "uses": ()}
    assert state.functions["g"] == {"is_there": False, "is_callable": False, "uses": ()}
    assert state.functions["h"]["is_callable"] is True
    assert state.functions["h"]["is_there"] is True


def test_objects_that_raise_when_they_are_looked_at_cost_nothing(real: Start) -> None:
    source = """
class Config(dict):
    __getattr__ = dict.__getitem__

config = Config(scale=2.0)

def f():
    return config.scale
"""
    assert returned(asked(real(a=source))) == 2.0


def test_a_helper_cannot_take_the_place_of_the_standard_library(real: Start) -> None:
    source = "import random\ndef f(): return random.Random(0).random()\n"
    assert returned(asked(real(a=source, random="raise ValueError\n"))) == pytest.approx(
        0.844, abs=1e-3
    )


@pytest.mark.parametrize(
    "use", ["np.testing.assert_allclose(1.0, 1.0)", "__import__('sysconfig').get_config_vars()"]
)
def test_all_of_numpy_and_the_standard_library_is_there(real: Start, use: str) -> None:
    assert returned(asked(real(a=f"import numpy as np\ndef f():\n    {use}\n    return 1\n"))) == 1
