"""A call is described as it went: result, changed arguments, what was raised and printed."""

import sys

import numpy as np
import pytest
from worker_talk import Start, asked, raised, returned

from autograder.core.limits import Limits
from autograder.core.records import (
    Returned,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="workers need POSIX")


def test_an_exception_comes_with_the_students_own_lines(real: Start) -> None:
    source = "import numpy as np\nfrom b import inner\ndef f():\n    return inner(np.ones(2))\n"
    inner = "import numpy as np\ndef inner(x):\n    return np.linalg.inv(x)\n"
    found = raised(asked(real(a=source, b=inner)))
    assert found.kind == "LinAlgError"
    assert [(line.file, line.number, line.text) for line in found.lines] == [
        ("a.py", 4, "return inner(np.ones(2))"),
        ("b.py", 3, "return np.linalg.inv(x)"),
    ]


def test_a_long_way_down_is_cut_to_the_last_lines(real: Start) -> None:
    found = raised(asked(real(a="def f(n=0):\n    return f(n + 1)\n")))
    assert found.kind == "RecursionError"
    assert 1 <= len(found.lines) <= 3


def test_messages_of_every_kind_can_be_read(real: Start) -> None:
    source = """
class Silent(Exception):
    def __str__(self):
        raise ValueError

def f(which):
    if which == 0: raise Silent
    if which == 1: raise ValueError("x" * 10**6)
    if which == 2: raise ValueError(__file__)
    if which == 3: raise ValueError("a\\ud800b")
    if which == 4: raise type("E" * 1000, (Exception,), {})
    raise SystemExit
"""
    worker = real(a=source)
    assert raised(asked(worker, 0)).message == "(its message can't be read)"
    assert len(raised(asked(worker, 1)).message) == 2000
    assert raised(asked(worker, 2)).message == "a.py"
    assert raised(asked(worker, 3)).message == "a?b"
    assert len(raised(asked(worker, 4)).kind) == 80
    assert raised(asked(worker, 5)).kind == "SystemExit"


def test_a_syntax_error_in_evaluated_text_comes_with_the_students_line(real: Start) -> None:
    found = raised(asked(real(a="def f():\n    return eval('1 +')\n")))
    assert [(line.file, line.number) for line in found.lines][-1:] == [("a.py", 2)]


def test_an_odd_syntax_error_does_not_end_the_worker(real: Start) -> None:
    source = "def f():\n    raise SyntaxError('odd', (3, 'x', 2**70, 4))\n"
    assert raised(asked(real(a=source))).kind == "SyntaxError"


def test_a_stub_says_which_function_is_not_started(real: Start) -> None:
    worker = real(
        a="from b import f as inner\ndef f(): raise NotImplementedError\ndef g(): inner()\n",
        b="def f():\n    raise NotImplementedError('b.f: do it')\n",
    )
    assert raised(asked(worker)).not_started == "a.f"
    assert raised(asked(worker, name="a.g")).not_started == "b.f"


def test_each_call_gets_fresh_arguments_and_says_what_it_changed(real: Start) -> None:
    source = "def f(x, y, p):\n    was = x[0]\n    x[0] = 9\n    p['w'][0] = 9\n    return was\n"
    arguments = (np.array([1.0, 2.0]), np.ones(2), {"w": np.ones(1), "n": 3})
    run = asked(real(a=source), *arguments, count=3)
    assert run.outcomes == tuple([Returned(run.outcomes[0].value, (0, 2))] * 3)  # type: ignore[union-attr]
    assert [outcome.value[0].tolist() for outcome in run.outcomes] == [1.0] * 3  # type: ignore[union-attr]


def test_arguments_lie_in_memory_as_asked(real: Start) -> None:
    source = "def f(x):\n    return [x.flags.c_contiguous, x.flags.writeable, x.sum() == 3]\n"
    worker = real(a=source)
    x = np.array([[1.0, 2.0]])
    assert returned(asked(worker, x, layout=0)) == [True, True, True]
    assert returned(asked(worker, x, layout=1)) == [False, True, True]
    assert returned(asked(worker, x, layout=2)) == [True, False, True]


def test_some_arguments_lie_in_memory_column_after_column(real: Start) -> None:
    source = "import numpy as np\ndef f(x):\n    return [float(v) for v in np.nditer(x)]\n"
    worker, x = real(a=source), np.array([[1.0, 2.0], [3.0, 4.0]])
    assert returned(asked(worker, x, layout=0)) == [1.0, 2.0, 3.0, 4.0]
    assert returned(asked(worker, x, layout=1)) == [1.0, 3.0, 2.0, 4.0]


def test_what_is_printed_is_kept_up_to_a_limit(real: Start) -> None:
    source = """
import os, sys
def f():
    print("out", flush=True)
    print("err", file=sys.stderr)
    sys.__stdout__.write("own")
    os.write(1, b"nowhere")
    os.write(2, b"nowhere")
def g():
    sys.stdout = None
    while True:
        sys.__stderr__.write("x" * 10**5)
        g.count = getattr(g, "count", 0) + 1
        if g.count == 100: return
"""
    worker = real(a=source, limits=Limits(output_characters=50))
    assert asked(worker).printed == "out\nerr\nown"
    printed = asked(worker, name="a.g").printed
    assert set(printed) == {"x"}
    assert 50 <= len(printed) <= 60
    assert asked(worker).printed == "out\nerr\nown"  # the streams are back


def test_input_is_empty(real: Start) -> None:
    assert raised(asked(real(a="def f(): return input()\n"))).kind == "EOFError"


def test_random_numbers_are_the_same_in_every_worker(real: Start) -> None:
    source = "import random, numpy as np\ndef f(): return [random.random(), np.random.rand()]\n"
    first = [outcome.value[0].tolist() for outcome in asked(real(a=source), count=2).outcomes]  # type: ignore[union-attr]
    again = [outcome.value[0].tolist() for outcome in asked(real(a=source), count=2).outcomes]  # type: ignore[union-attr]
    assert first == again
    assert first[0] != first[1]


def test_warnings_and_floating_point_errors_cost_nothing(real: Start) -> None:
    source = """
import warnings
import numpy as np
warnings.simplefilter("error")
np.seterr(all="raise")
def f():
    warnings.warn("theirs", DeprecationWarning)
    return np.exp(1000.0) * 0 + np.log(0.0)
"""
    assert np.isnan(returned(asked(real(a=source))))
