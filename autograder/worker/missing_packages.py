"""Stand in for a package that is missing: silent while a file loads, a sentence when it is used.

While a file of the submission loads, whatever is done with a `StandIn` works and has no effect: it
is called, unpacked, compared, subclassed, converted, given to numpy. What comes of it is again a
`StandIn`, or, where Python insists on a type, a harmless value of it: one item, the number 1, true.
Afterwards, as when a graded function runs, any use raises what names the package.
"""

import builtins
import dis
import importlib.abc
import importlib.machinery
import os
import sys
import types
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any

import numpy as np

__all__ = ["MissingState", "NotImportedError", "StandInLoader", "is_missing", "is_stand_in_module"]

#: How often what a stand-in is asked is true: a loop that waits for the opposite has to end.
MAX_TRUE = 10_000

#: What a missing package's ``__version__`` is: above any that a file's first lines ask for.
VERSION = "999.0.0"


class NotImportedError(ModuleNotFoundError):
    """A file of the submission can't be imported; reported as Python's own exception.

    The `sentence` says why, `file` is its name without ``.py``, and `wanted` what of it was used,
    as ``file.name``; empty for the file itself.
    """

    def __init__(self, sentence: str, file: str, *, wanted: str = "") -> None:
        super().__init__(f"{wanted}: {sentence}" if wanted else sentence, name=file)
        self.sentence = sentence
        self.facts = {"not_imported": file, "wanted": wanted}


class MissingState:
    """Whether the stand-ins of one missing package are silent (a file is loading) or raise.

    The `sentence` says why it is missing. What was used of it is named if it `is_own`, one of the
    homework's files; it `is_broken` if it is a file of the submission that can't be imported.
    """

    def __init__(
        self, package: str, sentence: str, is_own: bool = False, is_broken: bool = False
    ) -> None:
        self.package = package
        self.sentence = sentence
        self.is_own = is_own
        self.is_broken = is_broken
        self.is_loading = True
        self._asked = 0
        # Python names an object's type in what it raises: the package is what a student knows.
        members = {"__slots__": (), "__module__": package, "__doc__": None}
        self._type: type[StandIn] = type(package, (StandIn,), members)

    def make(self, name: str) -> "StandIn":
        """Return the stand-in for `name`, the package's own or one with dots."""
        return self._type(self, name)

    def raise_for(self, name: str) -> None:
        """Raise what tells that `name` was used."""
        if self.is_broken:
            raise NotImportedError(self.sentence, self.package, wanted=name)
        sentence = f"{name}: {self.sentence}" if self.is_own else self.sentence
        raise ModuleNotFoundError(sentence, name=self.package)

    def answer(self) -> bool:
        """Say yes, as often as that can be meant."""
        self._asked += 1
        return self._asked <= MAX_TRUE


class StandIn:
    """What a missing package, or anything taken from it, is while a file loads."""

    __slots__ = ("_autograder_name", "_autograder_state")

    def __init__(self, state: MissingState, name: str) -> None:
        object.__setattr__(self, "_autograder_state", state)
        object.__setattr__(self, "_autograder_name", name)

    def __getattr__(self, name: str) -> Any:
        own = _name(self)
        if name.startswith("__") and name.endswith("__"):
            return _read_special(name, own)
        inner = _use(_state(self).make(f"{own}.{name}"))
        return tuple if name == "keys" else inner  # a dict that is made of it has none

    def __iter__(self) -> Iterator[Any]:
        _use(self)
        return iter([self] * _count_targets(sys._getframe(1)))

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (_make_base(_use(self)),)

    def __bool__(self) -> bool:
        return _state(_use(self)).answer()

    def __contains__(self, item: Any) -> bool:
        return _state(_use(self)).answer()

    # Nothing is an object of a class that is missing, at any time.
    def __instancecheck__(self, thing: Any) -> bool:
        return False

    def __subclasscheck__(self, thing: Any) -> bool:
        return False

    def __hash__(self) -> int:
        return id(self)

    def __exit__(self, *exception: object) -> None:
        return None

    async def __aexit__(self, *exception: object) -> None:
        return None

    async def __aenter__(self) -> "StandIn":
        return _use(self)

    def __await__(self) -> Generator[None, None, "StandIn"]:
        _use(self)
        return self
        yield

    async def __aiter__(self) -> AsyncIterator["StandIn"]:
        yield _use(self)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        array = np.empty(1, object)  # what numpy calculates with it asks the stand-in
        array[0] = _use(self)
        return array

    def __copy__(self) -> "StandIn":
        return self

    def __deepcopy__(self, memo: object) -> "StandIn":
        return self

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return str, (_name(_use(self)),)


def _state(thing: StandIn) -> MissingState:
    state: MissingState = object.__getattribute__(thing, "_autograder_state")
    return state


def _name(thing: StandIn) -> str:
    name: str = object.__getattribute__(thing, "_autograder_name")
    return name


def _use(thing: StandIn, *_: Any, **__: Any) -> StandIn:
    """Return the stand-in while a file loads; later, raise what tells that it was used."""
    state = _state(thing)
    if not state.is_loading:
        state.raise_for(_name(thing))
    return thing


def _read_special(name: str, own: str) -> str:
    """Return what a module or function says of itself; whatever else Python looks for is absent."""
    if name == "__version__":
        return VERSION
    if name in ("__name__", "__qualname__", "__module__", "__file__"):
        return own
    raise AttributeError(f"{own} has no {name}")


def _count_targets(frame: types.FrameType) -> int:
    """Return into how many names the calling line unpacks what it iterates over, else 1."""
    code, at = frame.f_code.co_code, frame.f_lasti
    after = code[at - 1] if at and dis.opname[code[at - 2]] == "EXTENDED_ARG" else 0
    if dis.opname[code[at]] == "EXTENDED_ARG":  # where Python 3.10 stands
        after, at = code[at + 1], at + 2
    operation, count = dis.opname[code[at]], code[at + 1]
    if operation == "UNPACK_EX":  # those before the *, and those after it in the prefix
        return count + after
    return count if operation == "UNPACK_SEQUENCE" else 1


def _make_base(thing: StandIn) -> type:
    """Return a class to take the place of a missing one that is inherited from."""

    def use(_: Any, *__: Any, **___: Any) -> StandIn:
        return _use(thing)

    def start(_: Any, *__: Any, **___: Any) -> None:
        _use(thing)

    def read(_: Any, name: str) -> Any:
        return getattr(thing, name)

    members = {"__init__": start, "__init_subclass__": start, "__call__": use, "__getattr__": read}
    package, _, name = _name(thing).rpartition(".")
    return type(name, (), members | {"__doc__": None, "__module__": package})


def _give(value: Any) -> Callable[..., Any]:
    """Return a method that has this result while a file loads."""

    def method(thing: StandIn, *_: Any) -> Any:
        _use(thing)
        return value

    return method


def _write_name(thing: StandIn, *_: Any) -> str:
    return _name(_use(thing))


_BINARY = (
    "__add__ __sub__ __mul__ __truediv__ __floordiv__ __mod__ __divmod__ __pow__ __matmul__"
    " __and__ __or__ __xor__ __lshift__ __rshift__"
)
_UNARY = [
    "neg",
    "pos",
    "abs",
    "invert",
    "lt",
    "le",
    "gt",
    "ge",
    "eq",
    "ne",
    "round",
    "trunc",
    "floor",
    "ceil",
]
_OTHER = ["call", "getitem", "enter", "next", "array_ufunc", "array_function"]
for _name_of_one in (*_BINARY.split(), *_BINARY.replace(" __", " __r").split()[1:], "__radd__"):
    setattr(StandIn, _name_of_one, _use)
for _name_of_one in _UNARY + _OTHER:
    setattr(StandIn, f"__{_name_of_one}__", _use)
for _name_of_one in ["setattr", "delattr", "setitem", "delitem"]:
    setattr(StandIn, f"__{_name_of_one}__", _give(None))
for _name_of_one in ["str", "repr", "format"]:
    setattr(StandIn, f"__{_name_of_one}__", _write_name)
for _name_of_one, _value in {
    "int": 1,
    "index": 1,
    "len": 1,
    "float": 1.0,
    "complex": 1j,
    "bytes": b"",
    "fspath": os.devnull,
}.items():
    setattr(StandIn, f"__{_name_of_one}__", _give(_value))


def is_missing(thing: object) -> bool:
    """Tell whether `thing` is a stand-in for something of a missing package."""
    return issubclass(type(thing), StandIn)


class _Module(types.ModuleType):
    """A missing package as ``import`` sees it."""

    def __getattr__(self, name: str) -> Any:
        thing = self.__dict__["_autograder_thing"]
        if name == "__all__":
            names = _list_unknown_names(sys._getframe(1))
            self.__dict__.update({name: getattr(thing, name) for name in names})
            return names
        return getattr(thing, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("__"):  # what the import system writes
            super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        return None


# An exception may name it: to a student it is what every package is.
_Module.__name__ = "module"
_Module.__module__ = "builtins"


def is_stand_in_module(thing: object) -> bool:
    """Tell whether `thing` is what ``import`` gave for a missing package."""
    return type(thing) is _Module


class StandInLoader(importlib.abc.Loader):
    """Load a missing package or a module of it."""

    def __init__(self, state: MissingState) -> None:
        self.state = state

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Return the module; its submodules are missing in the same way."""
        module = _Module(spec.name)
        module.__dict__["_autograder_thing"] = self.state.make(spec.name)
        module.__dict__["__path__"] = []
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Run nothing."""


def _list_unknown_names(frame: types.FrameType | None) -> list[str]:
    """Return the names that a file uses and that only a package can give, of which it takes all."""
    while frame is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    if frame is None:
        return []
    known = frame.f_globals.keys() | vars(builtins).keys()
    return sorted(set(_list_names(frame.f_code)) - known)


def _list_names(code: types.CodeType) -> Iterator[str]:
    """Yield the names that a piece of code, and those inside it, look up outside of functions."""
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
            yield str(instruction.argval)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _list_names(constant)
