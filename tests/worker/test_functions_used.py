"""Only what a function really calls counts as called."""

import dis
import math
import sys
from typing import Any

import pytest
from worker_talk import Start

from autograder.worker.functions_used import functions_used

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="workers need POSIX")

USERS = {
    "a name": "def user(x): return relu(x)",
    "an attribute": "def user(x): return module.relu(x)",
    "another name": "other = relu\ndef user(x): return other(x)",
    "a helper": "def helper(x): return relu(x)\ndef user(x): return helper(x)",
    "a lambda": "helper = lambda x: relu(x)\ndef user(x): return helper(x)",
    "a function inside": "def user(x):\n    def inner(): return relu(x)\n    return inner()",
    "a comprehension": "def user(x): return [relu(row) for row in x]",
    "a closure": "def make(g):\n    def user(x): return g(x)\n    return user\nuser = make(relu)",
    "a method": "class Net:\n    def run(self, x): return relu(x)\n"
    "def user(x): return Net().run(x)",
    "a static method": "class Net:\n    run = staticmethod(relu)\ndef user(x): return Net.run(x)",
    "a decorator": "import functools\ndef wrap(g):\n    @functools.wraps(g)\n"
    "    def inner(*a): return g(*a)\n    return inner\n@wrap\ndef user(x): return relu(x)",
    "a circle": "def one(x): return two(x)\ndef two(x): return one(relu(x))\n"
    "def user(x): return one(x)",
    "in a module that an inner function holds": (
        "def user(x):\n    import module as m\n    def inner(y): return m.relu(y)\n"
        "    return inner(x)\n"
    ),
    "in a table": "ALL = {'a': [relu]}\ndef user(x):\n    return ALL['a'][0](x)\n",
    "partly bound": "import functools as t\np = t.partial(relu)\ndef user(x): return p(x)\n",
    "by default": "def user(x, function=relu):\n    return function(x)\n",
    "after an import inside": "def user(x):\n    from module import relu as r\n    return r(x)\n",
    "in a module imported inside": "def user(x):\n    import module as m\n    return m.relu(x)\n",
}


@pytest.mark.parametrize("source", USERS.values(), ids=USERS.keys())
def test_every_way_to_call_a_function_is_followed(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def relu(x: Any) -> Any:
        return x

    foreign = frozenset(map(id, sys.modules.values()))
    module = type(sys)("module")
    module.relu = relu  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "module", module)
    scope: dict[str, Any] = {"relu": relu, "module": module}
    exec(source, scope)
    graded = {id(relu): "activations.relu"}
    assert functions_used(scope["user"], graded) == ("activations.relu",)
    assert functions_used(scope["user"], graded, foreign=foreign) == ("activations.relu",)


def test_code_that_mentions_foreign_modules_alone_is_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scope: dict[str, Any] = {}
    exec("import math\nTWO = 2\ndef user(x):\n    return math.exp(TWO * x.real)\n", scope)
    read: list[object] = []
    monkeypatch.setattr(dis, "get_instructions", lambda code: iter(read.append(code) or ()))
    assert functions_used(scope["user"], {}, foreign={id(math)}) == ()
    assert read == []
    assert functions_used(scope["user"], {}) == ()
    assert read == [scope["user"].__code__]


def test_a_function_that_is_not_called_is_not_used() -> None:
    scope: dict[str, Any] = {}
    exec("def relu(x): return x\ndef user(x): return [x]\ndef other(x): return relu(x)\n", scope)
    graded = {id(scope["relu"]): "activations.relu"}
    assert functions_used(scope["user"], graded) == ()
    assert functions_used(len, graded) == ()
    assert functions_used(3, graded) == ()


NO_USERS = {
    "a method of that name": "def user(self, x):\n    return self.relu(x) + x.relu\n",
    "numpy's": "import numpy\ndef user(x):\n    return numpy.relu(x)\n",
    "a parameter": "def user(x, relu):\n    return relu(x)\n",
    "a variable": "def user(x):\n    relu = abs\n    return relu(x)\n",
    "a keyword": "def user(x):\n    return dict(relu=x)\n",
}


@pytest.mark.parametrize("source", NO_USERS.values(), ids=NO_USERS.keys())
def test_another_thing_of_its_name_is_not_the_function(source: str) -> None:
    scope: dict[str, Any] = {"relu": lambda x: x}
    exec(source, scope)
    assert functions_used(scope["user"], {id(scope["relu"]): "activations.relu"}) == ()


def test_a_graded_function_is_named_and_not_followed_further() -> None:
    scope: dict[str, Any] = {}
    exec("def a(): return 1\ndef b(): return a()\ndef user(): return b()\n", scope)
    graded = {id(scope["a"]): "m.a", id(scope["b"]): "m.b"}
    assert functions_used(scope["user"], graded) == ("m.b",)


def test_a_worker_says_whom_a_function_calls(real: Start) -> None:
    worker = real(
        a="def f(x): return x\n", b="from a import f as inner\ndef f(x): return inner(x)\n"
    )
    worker.load("a", ("f",), seconds=20)
    assert worker.load("b", ("f",), seconds=20).functions["f"]["uses"] == ("a.f",)
