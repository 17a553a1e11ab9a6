"""Replace functions of a submission by answers of the judge.

A function that is right for its own part may call one that is wrong. It is run again with the wrong
one replaced: each call of that one sends its arguments to the judge, who answers with the right
result where the homework's own solution makes the same call. No result is in this process that the
judge has not been asked for.
"""

import sys
import threading
import types
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.core.results import plain_arguments

if TYPE_CHECKING:
    from inspect import Signature

__all__ = ["Replacements", "asking_function"]

#: Answers a function's name and the arguments of a call with a result; None for no answer.
Ask = Callable[[str, tuple[Any, ...]], Any]


class Replacements:
    """The functions of a submission, and which of them the judge answers for now."""

    def __init__(self, ask: Ask, folder: Path) -> None:
        self._ask = ask
        self._folder = folder
        self._lock = threading.Lock()
        self._undo: list[Callable[[], None]] = []

    def put(self, functions: Mapping[str, Any]) -> None:
        """Replace these functions, ``file.function``, wherever they stand, and no others."""
        while self._undo:
            self._undo.pop()()
        for name, function in functions.items():
            self._replace(function, asking_function(name, function, self._ask_in_turn))

    def _ask_in_turn(self, name: str, arguments: tuple[Any, ...]) -> Any:
        with self._lock:  # a student's threads may call at once
            return self._ask(name, arguments)

    def _replace(self, function: Any, asking: Callable[..., Any]) -> None:
        for scope, attribute in list(self._find_mentions(function)):
            scope[attribute] = asking
            self._undo.append(partial(scope.__setitem__, attribute, function))
        if type(function) is types.FunctionType:
            self._replace_code(function, asking)

    def _find_mentions(self, function: Any) -> Iterator[tuple[dict[str, Any], str]]:
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None)
            if isinstance(file, str) and Path(file).is_relative_to(self._folder):
                scope = vars(module)
                yield from [(scope, name) for name, thing in scope.items() if thing is function]

    def _replace_code(self, function: types.FunctionType, asking: Callable[..., Any]) -> None:
        """Let the function itself ask: lists, tables and other functions may hold it, too."""
        before, scope = function.__code__, function.__globals__
        name = f"__ask_the_judge_{id(function)}__"
        text = f"def replaced(*arguments, **named): return {name}(*arguments, **named)"
        constants = compile(text, before.co_filename, "exec").co_consts
        code = next(constant for constant in constants if isinstance(constant, types.CodeType))
        try:
            function.__code__ = code.replace(co_freevars=before.co_freevars)
        except (TypeError, ValueError):
            return
        scope[name] = asking
        self._undo.append(partial(setattr, function, "__code__", before))


def asking_function(name: str, function: Any, ask: Ask) -> Callable[..., Any]:
    """Return what may be called instead of a function, and asks for its result.

    Where there is none, it raises a LookupError.
    """
    signature = _find_signature(function)

    def asking(*arguments: Any, **named: Any) -> Any:
        if signature is not None:
            bound = signature.bind(*arguments, **named)
            arguments, named = bound.args, bound.kwargs
        answer = ask(name, plain_arguments((*arguments, *named.values())))
        if answer is None:
            raise LookupError(f"no right result is known for this call of {name}")
        return _copy(answer)

    return asking


def _find_signature(function: Any) -> "Signature | None":
    import inspect  # most submissions have nothing replaced

    try:
        return inspect.signature(function)
    except Exception:  # an object of the student's that can't even be looked at
        return None


def _copy(result: Any) -> Any:
    """Return a result with arrays that may be written into."""
    if isinstance(result, np.ndarray):
        return result.copy()
    if isinstance(result, dict):
        return {name: _copy(item) for name, item in result.items()}
    return tuple(map(_copy, result))
