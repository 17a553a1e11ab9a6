"""Tell which values a statement changes, and which its functions change when they are called.

A name keeps its value and the value gets other content: ``TABLE["a"] = 0.0``, ``TABLE.append(1)``,
``np.copyto(TABLE, 0.0)``, ``fill(TABLE)``. What a call of another function of the notebook's
changes is found in `autograder.intake.notebook.effects_of_calls`, which knows all statements.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

__all__ = ["Body", "Call", "body_of", "calls_in", "filled_in", "may_be"]

#: Methods and functions that fill what they are called with first.
_FILLING_FIRST = frozenset(
    {"at", "copyto", "fill_diagonal", "heapify", "heappush", "next", "place", "put", "putmask"}
    | {"setattr", "shuffle"}
)

#: Methods that fill what they are called on.
_FILLING = frozenset(
    {"add", "append", "appendleft", "clear", "difference_update", "discard", "extend"}
    | {"extendleft", "fill", "insert", "intersection_update", "itemset", "partition", "pop"}
    | {"popitem", "popleft", "put", "remove", "resize", "reverse", "rotate", "setdefault"}
    | {"setfield", "setflags", "sort", "symmetric_difference_update", "update", "__setitem__"}
)

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Call:
    """A call, or the use of a decorator.

    Attributes
    ----------
    name : str
        What is called, or what a method of is called: ``TABLE`` in ``TABLE.rows.append(1)``.
    method : str
        The method's name; empty where there is none.
    given : tuple of tuple
        The names that are given to it or that a part of is, each with its place or its keyword.
    is_alone : bool
        Whether it is a statement, so that it is there for what it changes, or prints.
    """

    name: str
    method: str
    given: tuple[tuple[int | str, str], ...]
    is_alone: bool


@dataclass(frozen=True)
class Body:
    """What a function does to values of others when it is called.

    Attributes
    ----------
    parameters : tuple of str
        Those that may be given by their place.
    fills : frozenset of str
        The parameters and other names whose values it changes.
    calls : tuple of Call
        What it calls.
    own : frozenset of str
        All of its parameters.
    is_class : bool
        Whether it is a class, of which all methods are taken together.
    """

    parameters: tuple[str, ...]
    fills: frozenset[str]
    calls: tuple[Call, ...]
    own: frozenset[str]
    is_class: bool = False


def filled_in(node: ast.AST) -> frozenset[str]:
    """Return the names whose values a statement changes by itself when it runs."""
    return frozenset([name for one in _running_now(node) for name in _filled(one)]) - {""}


def calls_in(node: ast.stmt) -> tuple[Call, ...]:
    """Return the calls that run when a statement runs."""
    calls = [call for one in _running_now(node) for call in _calls(one)]
    for decorator in getattr(node, "decorator_list", []):
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = _root(called)
        if name:
            method = called.attr if isinstance(called, ast.Attribute) else ""
            calls.append(Call(name, method, (), is_alone=True))
    return tuple(calls)


def may_be(node: ast.stmt) -> frozenset[str]:
    """Return the functions that the value of an assignment may be, or may have been given."""
    value = getattr(node, "value", None)
    given = [name for call in calls_in(node) for _, name in call.given]
    return frozenset([*given, *([value.id] if isinstance(value, ast.Name) else [])])


def body_of(node: ast.stmt) -> Body | None:
    """Return what the function or the class does that a statement defines; None for none."""
    if isinstance(node, ast.ClassDef):
        inner = [one for one in ast.walk(node) if isinstance(one, _FUNCTION)]
        bodies = [_body(one) for one in inner]
        fills = frozenset([name for body in bodies for name in body.fills - body.own])
        calls = tuple([call for body in bodies for call in body.calls])
        return Body((), fills, calls, frozenset(), is_class=True)
    if isinstance(node, _FUNCTION):
        return _body(node)
    value = getattr(node, "value", None)
    is_one = isinstance(node, ast.Assign) and isinstance(value, ast.Lambda)
    return _body(value) if is_one else None  # type: ignore[arg-type]


def _body(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Body:
    takes = node.args
    by_place = [*takes.posonlyargs, *takes.args]
    others = [one for one in (takes.vararg, takes.kwarg) if one is not None]
    own = frozenset([one.arg for one in [*by_place, *takes.kwonlyargs, *others]])
    inner = [one for one in ast.walk(node) if one is not node]
    meant = _meant(inner, own)
    fills = {name for one in inner for name in _filled(one)}
    for one in inner:
        if isinstance(one, ast.AugAssign) and isinstance(one.target, ast.Name):
            fills |= own & {one.target.id}
    calls = [_with_meant(call, meant) for one in inner for call in _calls(one)]
    fills |= {call.name for call in calls if call.method and call.is_alone}
    named = frozenset([meant.get(name, name) for name in fills])
    return Body(tuple([one.arg for one in by_place]), named, tuple(calls), own)


def _meant(nodes: list[ast.AST], own: frozenset[str]) -> dict[str, str]:
    """Return the names in a function that are (a part of) another name's value."""
    meant: dict[str, str] = {}
    for node in nodes:
        pairs: list[tuple[ast.expr, ast.expr]] = []
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            pairs = [(node.targets[0], node.value)]
        elif isinstance(node, ast.For | ast.comprehension):
            pairs = [(node.target, node.iter)]
        for target, value in pairs:
            name = _root(value.func if isinstance(value, ast.Call) else value)
            for one in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
                if isinstance(one, ast.Name) and name and one.id not in own and one.id != name:
                    meant.setdefault(one.id, meant.get(name, name))
    return meant


def _with_meant(call: Call, meant: Mapping[str, str]) -> Call:
    given = tuple([(place, meant.get(name, name)) for place, name in call.given])
    return Call(meant.get(call.name, call.name), call.method, given, call.is_alone)


def _running_now(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all in it that runs when it runs: no function's and no lambda's body."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, _FUNCTION):
            waiting.extend(one.decorator_list)
        elif not isinstance(one, ast.Lambda):
            waiting.extend(ast.iter_child_nodes(one))


def _filled(node: ast.AST) -> Iterator[str]:
    """Yield the names whose values a node changes, its parts left aside."""
    if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
        yield _root(node)
    elif isinstance(node, ast.Call):
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr in _FILLING:
            yield _root(called)
        last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if last in _FILLING_FIRST and node.args:
            yield _root(node.args[0])
        yield from [_root(one.value) for one in node.keywords if one.arg == "out"]


def _calls(node: ast.AST) -> Iterator[Call]:
    """Yield the call that a node is, and once more where it is a statement."""
    is_alone = isinstance(node, ast.Expr)
    call = node.value if isinstance(node, ast.Expr) else node
    if isinstance(call, ast.Await):
        call = call.value
    if not isinstance(call, ast.Call):
        return
    given: list[tuple[int | str, str]] = [
        (place, _root(value)) for place, value in enumerate(call.args)
    ]
    given += [(one.arg or "", _root(one.value)) for one in call.keywords]
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    named = tuple([(place, name) for place, name in given if name])
    if name := _root(call.func):
        yield Call(name, method, named, is_alone)


def _root(node: ast.expr) -> str:
    """Return the name that an expression is, or is a part of; empty for none."""
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
