"""While a file loads, anything done with a missing package works; a later use names the package."""

import importlib.util
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from module_table import forget_modules

from autograder.worker.import_submission import SubmissionImporter

Load = Callable[..., ModuleType]

#: What somebody may write at the top of a file; `m` is a missing package, `t` something of it.
LINES = r"""
m.rcParams["figure.figsize"] = (8, 5)
m.rcParams.update({"font.size": 12})
m.style = "dark"
m.style.sheet = "dark"
m.count += 1
m.rc["a"] += 1
del m.rcParams["a"]
del m.thing
del t.thing
fig, ax = m.subplots()
fig, (left, right) = m.subplots(1, 2)
first, *rest = m.subplots()
first, *rest, last = m.subplots()
*rest, one, two, three = t
(a, b), (c, d) = m.load_data()
[a, b, c, d, e] = t
x = y = m.linspace(0, 1)
images, labels = next(iter(m.loader))
x = next(t)
x = len(m.get_cmap("tab10").colors)
x = 1 / len(t) + 1 / int(t)
x = int(t), float(t), complex(t), bool(t), str(t), repr(t), bytes(t), hash(t)
x = f"{t} {t!r} {t:.3f} {t.inner:>10}"
x = "%s %d %.2f" % (t, t, t)
x = "{} {:.2f}".format(t, t)
x = t == 1, t != 1, t < 1, t <= 1, t > 1, t >= 1, 1 < t, "a" == t, t is None, not t
x = 0 < t < 1
x = t in [1, 2], 1 in t, "seaborn" in m.style.available
x = t + 1, 1 + t, t - 1, 1 - t, t * 2, 2 * t, t / 2, 2 / t, t // 2, 2 // t, t % 2, 2 % t
x = t ** 2, 2 ** t, t @ t, t & 1, 1 & t, t | 1, 1 | t
x = t ^ 1, 1 ^ t, t << 1, 1 << t, t >> 1, 1 >> t
x = -t, +t, ~t, abs(t), round(t), round(t, 2), divmod(t, 2), divmod(2, t), pow(t, 2)
t += 1; t -= 1; t *= 2; t /= 2; t **= 2; t |= t; t @= t
x = t[0], t[1:2], t["a"], t[0, 1], t[..., None], [1, 2, 3][t], "abc"[t], [1, 2, 3][t:]
t[0] = 1; t[1:2] = [1]; t["a", "b"] = 2
x = {t: 1, m.other: 2}; x[t] = 3
x = {t, m.other, (t, 1)}
x = [i for i in t], {i for i in t}, {i: i for i in t}, (i for i in t)
x = list(t), tuple(t), set(t)
x = dict(t), {**t}, sorted(t), sum(t), max(t), min(t, 2)
x = any(t), all(t), list(zip(t, t))
print(t, *t, sep="")
max(*t, 1); dict(**t)
for x in t: pass
for i, (x, y) in enumerate(t): pass
for x in m.trange(3): x.set(1)
for key, value in t.items(): print(key, value)
while m.isinteractive(): pass
while not m.done(): pass
with t: pass
with t as x, m.other() as y: x.set(y)
import asyncio\nasync def f():\n    async with t as x: await x\nasyncio.run(f())
import asyncio\nasync def f():\n    async for x in t: await x\nasyncio.run(f())
@t\ndef f(x): return x
@t(1, key=2)\ndef f(x): return x
@m.jit\n@m.other(1)\ndef f(x): return x
@t\nclass A: pass
class A:\n    @t.property\n    def f(self): pass\n    x = t\n    y: t = t
class A(t): pass\nA(); A(1, k=2)
class A(m.M):\n    def __init__(self): super().__init__(); self.x = m.L(1)\nA().to(1)(2)
class A(m.One, m.Two, key=1): pass\nA()
class A(m.One, dict): pass\nA()
import abc\nclass A(m.One, abc.ABC): pass\nA()
class A(m.One):\n    pass\nclass B(A): pass\nB().x
class A(metaclass=t): pass
class A(m.Base[int]): pass
class A(m.NamedTuple):\n    x: int = 1
x = isinstance(1, t), isinstance([], (t, int)), issubclass(int, t)
x = callable(t), hasattr(t, "a"), getattr(t, "a", None), type(t), id(t), dir(m)
setattr(t, "a", 1); delattr(t, "a"); vars(m)
x = m.__version__, m.__name__, m.__file__, t.__name__, t.__doc__, m.__doc__
OK = m.__version__ >= "3.0"; assert OK
assert tuple(map(int, m.__version__.split(".")[:2])) >= (2, 0)
assert int(m.__version__.split(".")[0]) >= 2
assert m.version.parse(m.__version__) >= m.version.parse("2.0")
if m.__version__ < "2": raise ImportError("too old")
assert m.cuda.is_available() or True
def f(x: m.Tensor | None, y: list[m.Axes], z: "m.x" = t) -> m.Tensor: return x
x: m.Tensor = t
x = m.Tensor | None, None | m.Tensor, list[m.Axes], dict[str, m.Axes], int | m.Tensor
from typing import *; x = Optional[m.T], Union[m.T, int], Callable[[m.T], m.T], List[m.T]
from typing import *; x = TypeVar("x", bound=m.T), Annotated[m.T, 1], NewType("y", m.T)
import numpy.typing as npt; from typing import Union; x = Union[npt.NDArray, m.T]
from dataclasses import *\n@dataclass\nclass A:\n    x: t = t; y: t = field(default_factory=t)\nA()
from enum import Enum\nclass A(Enum):\n    X = m.one\n    Y = 2
from functools import *\npartial(t, 1)()\n@wraps(t)\ndef g(): pass\ng = lru_cache(t)
import numpy as np; x = np.array(t)[0], np.asarray(t, dtype=float), np.array([t, t])
import numpy as np; x = np.mean(t), np.exp(t), np.exp(np.array(t)), np.concatenate([t, t])
import numpy as np; x = np.zeros(3) + t, t + np.zeros(3), np.zeros(3) < t, np.zeros(t)
import numpy as np; x = np.arange(t), np.sum(t, axis=0), np.linspace(0, t, 3), np.zeros((t, 2))
import math; x = math.sqrt(t), math.floor(t), math.ceil(t), math.trunc(t), range(t), [0] * t
import copy; x = copy.copy(t), copy.deepcopy(t), copy.deepcopy([m.a])
import pickle; x = pickle.dumps(t), pickle.loads(pickle.dumps([t]))
import os; x = os.path.join(t, "a"), os.fspath(t)
import logging; logging.getLogger("x").addHandler(m.Handler())
if (n := m.count()) > 10: pass
match t:\n    case 1: pass\n    case [x, y]: pass\n    case {"a": x}: pass\n    case _: pass
lambda: t
x = t if t else 1; x = t and 1; x = t or 1
x = [m.a, m.b].index(m.a), [m.a].count(m.a)
try:\n    m.thing()\nexcept ValueError:\n    pass\nfinally:\n    m.close()
assert m.check(), "no"
global_x = m.f(m.g(m.h()), *[m.i], **{"k": m.j})
import missing.inner.deep as d; d.f(); import missing.inner; missing.inner.g()
from missing.inner import thing as other, second; other(second)
from missing.pylab import *; figure(); x = plot([1])[0].get(); xlabel("a")
import missing as again; again.f()
import importlib; importlib.import_module("missing.x").f(); importlib.import_module("missing")
__import__("missing").f()
import sys; sys.modules["missing"].f()
m.f().g.h[0].i(1)(2)(3)
nonlocal_of = (lambda: m.f())()
""".strip().split("\n")


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Import a file of a submission as a worker does."""
    before = set(sys.modules)
    importer = SubmissionImporter(tmp_path, {}, {})

    def write_and_load(text: str, name: str = "student_file") -> ModuleType:
        (tmp_path / f"{name}.py").write_text(text)
        importlib.invalidate_caches()
        return importer.load(name)

    monkeypatch.setattr(importlib.util, "find_spec", importlib.util.find_spec)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    importer.install()
    yield write_and_load
    forget_modules(before)


HEAD = "import missing as m\nt = m.thing\n"


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_decoration_costs_nothing(load: Load, line: str) -> None:
    text = line.replace("\\n", "\n")
    assert load(f"{HEAD}{text}\ndef right(): return 1\n").right() == 1


def raised_by(function: Callable[[], Any]) -> str:
    try:
        function()
    except ModuleNotFoundError as error:
        return str(error)
    return "nothing"


#: Uses of the same in a function, when it is called.
USES = """
m.x
m.f()
t()
t[0]
t.x
t + 1
1 + t
-t
len(t)
int(t)
float(t)
bool(t)
str(t)
f"{t}"
f"{t:.2f}"
list(t)
[x for x in t]
1 in t
t == 1
t < 1
next(t)
A()
A(1)
a.x
a()
np.array(t)
np.exp(t)
np.mean(t)
np.zeros(2) + t
kept + 1
kept[0] + 1
kept * 2
decorated(1)
setattr(t, "a", 1)
t.__setitem__(0, 1)
m.rc["a"]
copied()
figure()
open(t)
math.sqrt(t)
range(t)
(lambda a, b: a)(*t)
""".strip().split("\n")

USED = """
import copy, math
import numpy as np
import missing as m
from missing.pylab import *
t = m.thing
kept = np.array(t)
copied = copy.deepcopy(t)
class A(m.Base): pass
a = A()
@m.jit
def decorated(x): return x
"""


@pytest.mark.parametrize("use", USES)
def test_a_use_in_a_function_names_the_package(load: Load, use: str) -> None:
    module = load(f"{USED}\ndef used(): return {use}\ndef use_star(): figure()\n")
    assert raised_by(module.used).startswith("No module named 'missing': ")


def test_what_a_file_does_by_another_files_package_is_silent_in_either_order(load: Load) -> None:
    load("import missing\ndef decorate(): missing.style.use('dark')\n", "decoration")
    assert load("from decoration import decorate\ndecorate()\ndef right(): return 1\n").right() == 1
    with pytest.raises(ModuleNotFoundError, match="No module named 'missing'"):
        sys.modules["decoration"].decorate()


def test_asking_whether_a_package_is_there_is_no_use_of_it(load: Load) -> None:
    text = """
    import importlib.util, pkgutil
    HAS = importlib.util.find_spec("missing") is not None
    def has(): return HAS or importlib.util.find_spec("missing.inner") is not None
    """
    assert load(textwrap.dedent(text)).has() is False


def test_nothing_is_an_object_of_a_class_that_is_missing(load: Load) -> None:
    text = "from missing import Tensor\ndef is_tensor(x): return isinstance(x, (Tensor, int))\n"
    module = load(text)
    assert (module.is_tensor(1), module.is_tensor("")) == (True, False)


def test_a_loop_that_waits_for_a_missing_package_ends(load: Load) -> None:
    module = load("import missing\nwhile missing.is_busy():\n    missing.wait()\nafter = 1\n")
    assert module.after == 1


@pytest.mark.parametrize("line", ["', '.join(t)", "os.environ['A'] = t"])
def test_what_no_stand_in_can_be_is_explained_by_the_package(load: Load, line: str) -> None:
    with pytest.raises(ModuleNotFoundError, match="No module named 'missing'") as caught:
        load(f"import missing, os\nt = missing.thing\n{line}\n")
    lines = [f.lineno + 1 for f in caught.traceback if Path(f.path).name == "student_file.py"]
    assert lines == [3]


@pytest.mark.parametrize("line", ["raise TypeError(type(t), repr(m))", "t.__x__", "m.__x__"])
def test_the_names_of_the_grader_are_in_no_message(load: Load, line: str) -> None:
    with pytest.raises(Exception, match="missing") as caught:
        load(f"{HEAD}{line}\n")
    said = str(caught.value).lower().replace("_", "")
    assert "standin" not in said
    assert "autograder" not in said
