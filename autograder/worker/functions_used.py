"""Follow which of the homework's functions a student's function calls.

The compiled code is read, never run: every global name that a function (or a lambda, comprehension
or helper inside or below it) loads is looked up where Python would look it up, and so is what it
takes out of a module. An attribute of anything else (``self.forward``) is none of the homework's.
"""

import dis
import sys
import types
from collections.abc import Collection, Iterator, Mapping
from functools import partial

__all__ = ["functions_used"]

#: Far above any homework's call graph; bounds the walk through code made to be large.
MAX_VISITED = 2000

#: Instructions that load a global variable by its name, a local one, and an attribute.
_GLOBALS = frozenset(["LOAD_GLOBAL", "LOAD_NAME"])
_LOCALS = frozenset(["LOAD_FAST", "LOAD_FAST_BORROW", "LOAD_FAST_CHECK", "LOAD_DEREF"])
_ATTRIBUTES = frozenset(["LOAD_ATTR", "LOAD_METHOD"])

_NO_MODULES: Mapping[str, object] = {}

#: Types of values that lead to no function.
_VALUES = (bool, int, float, str)

#: What may hold functions: of these types alone, which run no code of a student's.
_HOLDERS = (dict, list, tuple)


def functions_used(
    function: object, graded: dict[int, str], *, foreign: Collection[int] = frozenset()
) -> tuple[str, ...]:
    """Return the graded functions that `function` calls, directly or through helpers, sorted.

    Anything without code uses nothing. `graded` has for each graded function of the submission
    ``id(object)`` and its ``file.function``; it is named and not followed further. Code that
    mentions only modules whose ``id(object)`` is `foreign`, which hold nothing of the submission,
    is not read instruction by instruction: that takes longer than all else of an import.
    """
    found: set[str] = set()
    seen = {id(function)}
    queue = [function]
    while queue and len(seen) < MAX_VISITED:
        for thing in _mentioned(queue.pop(), foreign):
            if id(thing) in seen:
                continue
            seen.add(id(thing))
            if id(thing) in graded:
                found.add(graded[id(thing)])
            else:
                queue.append(thing)
    return tuple(sorted(found))


def _mentioned(thing: object, foreign: Collection[int]) -> Iterator[object]:
    """Yield what a function's or a class's code mentions by name."""
    if isinstance(thing, type):
        for member in list(vars(thing).values()):
            yield getattr(member, "__func__", member)
    if type(thing) in _HOLDERS:
        items = thing.values() if type(thing) is dict else thing
        yield from list(items)[:MAX_VISITED]  # type: ignore[call-overload]
    if type(thing) is partial:
        yield thing.func
    function = thing
    if type(thing) is types.FunctionType:
        function = thing.__dict__.get("__wrapped__", thing)
    if type(function) is not types.FunctionType:
        return  # nothing else is looked into: an object's own code may run when it is looked at
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    yield from _loaded(function.__code__, function.__globals__, foreign)
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:
            continue  # not filled yet


def _loaded(
    code: types.CodeType,
    scope: dict[str, object],
    foreign: Collection[int],
    around: Mapping[str, object] = _NO_MODULES,
) -> Iterator[object]:
    """Yield what code loads by name, and what it takes out of modules: no attribute of others.

    The modules `around` are those that local variables of the code around it hold.
    """
    modules = dict(around)
    if modules or not _is_foreign(code, scope, foreign):
        yield from _read_instructions(code, scope, modules)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _loaded(constant, scope, foreign, modules)


def _is_foreign(code: types.CodeType, scope: dict[str, object], foreign: Collection[int]) -> bool:
    """Tell whether every name in the code that stands for anything stands for a foreign module."""
    for name in code.co_names:
        value = scope.get(name)
        if value is None:
            value = sys.modules.get(name)  # it may be imported in the code itself
        if value is not None and type(value) not in _VALUES and id(value) not in foreign:
            return False
    return True


def _read_instructions(
    code: types.CodeType, scope: dict[str, object], modules: dict[str, object]
) -> Iterator[object]:
    """Yield what the instructions of code load; note modules that its local variables hold."""
    imported: object = None
    last: object = None
    for instruction in dis.get_instructions(code):
        does, name = instruction.opname, instruction.argval
        if does == "EXTENDED_ARG":
            continue
        if does.startswith("STORE_") and type(last) is types.ModuleType:
            modules[str(name)] = last
        value = None
        if does in _GLOBALS:
            value = scope.get(name)
        elif does in _LOCALS:
            value = modules.get(name)
        elif does == "IMPORT_NAME":
            value = imported = sys.modules.get(name)
        elif does == "IMPORT_FROM":
            value = vars(imported).get(name) if type(imported) is types.ModuleType else None
        elif does in _ATTRIBUTES and type(last) is types.ModuleType:
            value = vars(last).get(name)
        if value is not None and type(value) is not types.ModuleType:
            yield value
        last = value
