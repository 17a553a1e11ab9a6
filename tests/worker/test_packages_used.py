"""A missing package costs only the functions that use it."""

import sys

import pytest
from worker_talk import (
    Start,
    asked,
    raised,
    returned,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="workers need POSIX")


def test_a_missing_package_costs_only_the_functions_that_use_it(real: Start) -> None:
    source = """
import scipy.special as special, pandas
from torch.nn import Module, functional as F
from sklearn import *
torch_seed = pandas.set_option("a", 1)

class Net(Module):
    pass

def f(x):
    return special.erf(x)

def g(x):
    return x
"""
    worker = real(a=source)
    assert returned(asked(worker, 2.0, name="a.g")) == 2.0
    found = raised(asked(worker, 2.0))
    assert found.kind == "ModuleNotFoundError"
    assert found.message == (
        "No module named 'scipy': the homework has numpy and the standard library only,"
        " and the .py files that you submit"
    )
    assert [line.text for line in found.lines] == ["return special.erf(x)"]


@pytest.mark.parametrize(
    "use",
    [
        "missing.thing",
        "missing.thing(1)",
        "missing.things['key']",
        "missing.inner.function(1)",
        "[x for x in missing.things()]",
        "decorated()",
    ],
)
def test_every_use_of_a_missing_package_raises(real: Start, use: str) -> None:
    source = f"import missing\n@missing.jit\ndef decorated(): pass\ndef f(): return {use}\n"
    assert raised(asked(real(a=source))).kind == "ModuleNotFoundError"


def test_a_function_decorated_by_a_missing_package_is_there(real: Start) -> None:
    source = "from numba import jit\n@jit(nopython=True)\ndef f(x): return x\ndef g(x): return x\n"
    worker = real(a=source)
    assert raised(asked(worker, 1)).kind == "ModuleNotFoundError"
    assert returned(asked(worker, 1, name="a.g")) == 1


def test_a_fallback_for_a_missing_package_is_taken(real: Start) -> None:
    source = "try:\n    import scipy\nexcept ImportError:\n    scipy = None\n"
    assert returned(asked(real(a=source + "def f(): return scipy is None\n"))) is True


def test_a_fallback_is_taken_whatever_another_file_imports(real: Start) -> None:
    worker = real(
        a="import scipy\ndef f(): return 1\n",
        b="try:\n    import scipy\nexcept ImportError:\n    scipy = None\n"
        "def f(): return scipy is None\n",
    )
    assert returned(asked(worker)) == 1
    assert returned(asked(worker, name="b.f")) is True


@pytest.mark.parametrize(
    "value", ["missing.pi * 2", "1 - missing.pi", "-missing.pi", "[x for x in missing.things]"]
)
def test_a_constant_of_a_missing_package_costs_only_its_functions(real: Start, value: str) -> None:
    source = f"import missing\nCONSTANT = {value}\ndef f(): return 1\n"
    assert real(a=source).load("a", ("f",), seconds=1).problem is None


def test_a_package_missing_in_a_helper_costs_only_its_functions(real: Start) -> None:
    worker = real(
        a="from helper import right, wrong\ndef f(): return right()\ndef g(): return wrong()\n",
        helper="import torch\ndef right(): return 1\ndef wrong(): return torch.ones(1)\n",
    )
    assert returned(asked(worker)) == 1
    assert raised(asked(worker, name="a.g")).kind == "ModuleNotFoundError"


def test_a_missing_module_of_the_students_own_is_named_the_same_way(real: Start) -> None:
    source = "from forgotten import helper\ndef f(): return helper()\ndef g(): return 1\n"
    worker = real(a=source)
    assert returned(asked(worker, name="a.g")) == 1
    assert "No module named 'forgotten'" in raised(asked(worker)).message
