"""A function is replaced wherever it stands, and comes back whole."""

import functools
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.worker.replaced import Replacements

#: Ways to hold `relu` that a module of a student's may have.
HELD = """
import functools
import activations
import activations as other
from activations import relu, relu as renamed

TABLE = {"relu": relu}
LIST = [relu]
half_bound = functools.partial(relu)


class Layer:
    activation = staticmethod(relu)


def make(function):
    return lambda x: function(x)


closure = make(relu)


def default(x, function=relu):
    return function(x)


def late(x):
    from activations import relu

    return relu(x)


WAYS = {
    "name": lambda x: relu(x),
    "other name": lambda x: renamed(x),
    "module": lambda x: activations.relu(x),
    "module by another name": lambda x: other.relu(x),
    "keyword": lambda x: relu(x=x),
    "table": lambda x: TABLE["relu"](x),
    "list": lambda x: LIST[0](x),
    "partial": lambda x: half_bound(x),
    "class": lambda x: Layer.activation(x),
    "closure": closure,
    "default": default,
    "late import": late,
}
"""

PLAIN = "def relu(x):\n    return 0 * x\n"
CLOSURE = """
def make(factor):
    def relu(x, slope=0.5):
        return factor * x * slope
    return relu


relu = make(0.0)
"""
OBJECT = """
class Relu:
    def __call__(self, x):
        return 0 * x


relu = Relu()
"""
X = np.array([[1.0, -2.0]])


class Asked:
    """Answers with a hundred times the first argument, and keeps what was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def __call__(self, name: str, arguments: tuple[Any, ...]) -> Any:
        self.calls.append((name, arguments))
        return arguments[0][0] * 100


@pytest.fixture
def put(tmp_path: Path) -> Iterator[Any]:
    """Import the two modules from a folder; return what replaces `relu`, and the ways to it."""
    before = dict(sys.modules)

    def load(source: str, ask: Any) -> tuple[Replacements, dict[str, Any], Any]:
        for name, text in {"activations": source, "holder": HELD}.items():
            module = types.ModuleType(name)
            module.__file__ = str(tmp_path / f"{name}.py")
            sys.modules[name] = module
            exec(compile(text, module.__file__, "exec"), vars(module))
        relu = sys.modules["activations"].relu
        return Replacements(ask, tmp_path), sys.modules["holder"].WAYS, relu

    yield load
    for name in ("activations", "holder"):
        sys.modules.pop(name)
        if name in before:
            sys.modules[name] = before[name]


WAYS = ["name", "other name", "module", "module by another name", "keyword", "late import"]
HOLDERS = ["table", "list", "partial", "class", "closure", "default"]


@pytest.mark.parametrize("source", [PLAIN, CLOSURE], ids=["plain", "closure"])
@pytest.mark.parametrize("way", [*WAYS, *HOLDERS])
def test_a_function_is_replaced_however_it_is_held(put: Any, source: str, way: str) -> None:
    asked = Asked()
    replacements, ways, relu = put(source, asked)
    replacements.put({"activations.relu": relu})
    assert ways[way](X).tolist() == (100 * X).tolist()
    ((name, (leaf,)),) = asked.calls
    assert (name, leaf[0].tolist()) == ("activations.relu", X.tolist())
    replacements.put({})
    assert ways[way](X).tolist() == (0 * X).tolist()
    assert len(asked.calls) == 1


@pytest.mark.parametrize("way", WAYS)
def test_an_object_that_is_called_is_replaced_where_it_has_a_name(put: Any, way: str) -> None:
    replacements, ways, relu = put(OBJECT, Asked())
    replacements.put({"activations.relu": relu})
    assert ways[way](X).tolist() == (100 * X).tolist()
    replacements.put({})
    assert ways[way](X).tolist() == (0 * X).tolist()


def test_the_function_itself_can_be_called_while_others_are_replaced(put: Any) -> None:
    replacements, _, relu = put(PLAIN, Asked())
    replacements.put({"activations.relu": relu})
    replacements.put({})
    assert relu(X).tolist() == (0 * X).tolist()
    assert functools.partial(relu, x=X)().tolist() == (0 * X).tolist()


def test_a_call_without_an_answer_raises(put: Any) -> None:
    replacements, ways, relu = put(PLAIN, lambda name, arguments: None)
    replacements.put({"activations.relu": relu})
    with pytest.raises(
        LookupError, match=r"no right result is known for this call of activations\.relu"
    ):
        ways["name"](X)


def test_a_call_that_does_not_fit_raises_as_the_function_would(put: Any) -> None:
    replacements, _ways, relu = put(PLAIN, Asked())
    replacements.put({"activations.relu": relu})
    with pytest.raises(TypeError):
        relu(X, 1, 2)


def test_an_answer_may_be_written_into(put: Any) -> None:
    answer = np.array([[1.0, 2.0]])
    answer.flags.writeable = False
    replacements, ways, relu = put(PLAIN, lambda name, arguments: answer)
    replacements.put({"activations.relu": relu})
    result = ways["name"](X)
    result += 1
    assert result.tolist() == [[2.0, 3.0]]
