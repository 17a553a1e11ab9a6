"""Make what a function gives where another function of the homework, that it calls, is wrong.

A student who writes the other function's formula again makes the mistakes that are known of it.
The function is built once more, with all of the homework that lies between it and the other one.
"""

import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

__all__ = ["list_called", "replace_called"]

Function = Callable[..., Any]


def list_called(function: Function, graded: Mapping[str, Function]) -> list[str]:
    """Return the names of the `graded` functions that one calls, directly or not, nearest first."""
    names = {id(other): name for name, other in graded.items()}
    seen, queue, called = [function], [function], []
    while queue:
        for _, other in _list_used(queue.pop(0)):
            if other not in seen:
                seen.append(other)
                queue.append(other)
                called += [names[id(other)]] if id(other) in names else []
    return called


def replace_called(function: Function, called: Function, wrong: Function) -> Function:
    """Return a function that has `wrong` wherever it, or what it calls, calls `called`."""
    built: dict[int, Function] = {id(called): wrong}
    _build(function, built)
    return built[id(function)]


def _build(function: Any, built: dict[int, Function]) -> None:
    namespace = dict(function.__globals__)
    new = types.FunctionType(
        function.__code__,
        namespace,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    new.__kwdefaults__ = function.__kwdefaults__
    built[id(function)] = new
    for name, other in _list_used(function):
        if id(other) not in built:
            _build(other, built)
        namespace[name] = built[id(other)]


def _list_used(function: Any) -> Iterator[tuple[str, Function]]:
    """Yield the functions written beside the solution's that one names, by their names in it."""
    folder = _folder_of(function)
    for name in dict.fromkeys(_list_names(function.__code__)):
        other = function.__globals__.get(name)
        if inspect.isfunction(other) and _folder_of(other) == folder:
            yield name, other


def _folder_of(function: Any) -> Path:
    return Path(function.__code__.co_filename).parent


def _list_names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:  # comprehensions and lambdas
        if isinstance(constant, types.CodeType):
            yield from _list_names(constant)
