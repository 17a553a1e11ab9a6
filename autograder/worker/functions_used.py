"""Follow which of the homework's functions a student's function calls.

The compiled code is read, never run: every global name and attribute that a function (or a lambda,
comprehension or helper inside or below it) mentions is looked up where Python would look it up.
"""

import types
from collections.abc import Iterator

__all__ = ["functions_used"]

#: Far above any homework's call graph; bounds the walk through code made to be large.
MAX_VISITED = 2000


def functions_used(function: object, graded: dict[int, str]) -> tuple[str, ...]:
    """Return the graded functions that `function` calls, directly or through helpers, sorted.

    Anything without code uses nothing. `graded` has for each graded function of the submission
    ``id(object)`` and its ``file.function``; it is named and not followed further.
    """
    found: set[str] = set()
    seen = {id(function)}
    queue = [function]
    while queue and len(seen) < MAX_VISITED:
        for thing in _mentioned(queue.pop()):
            if id(thing) in seen:
                continue
            seen.add(id(thing))
            if id(thing) in graded:
                found.add(graded[id(thing)])
            else:
                queue.append(thing)
    return tuple(sorted(found))


def _mentioned(thing: object) -> Iterator[object]:
    """Yield what a function's or a class's code mentions by name."""
    if isinstance(thing, type):
        for member in list(vars(thing).values()):
            yield getattr(member, "__func__", member)
    function = thing
    if type(thing) is types.FunctionType:
        function = thing.__dict__.get("__wrapped__", thing)
    if type(function) is not types.FunctionType:
        return  # nothing else is looked into: an object's own code may run when it is looked at
    names = set(_names(function.__code__))
    scope = function.__globals__
    for name in sorted(names & scope.keys()):
        value = scope[name]
        if isinstance(value, types.ModuleType):
            # `averages.mean(x)` mentions both `averages` and `mean`.
            members = vars(value)
            yield from (members[inner] for inner in sorted(names & members.keys()))
        else:
            yield value
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:
            continue  # not filled yet


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)
