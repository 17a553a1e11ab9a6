"""Tell which statements may make a name of the homework's a function.

``for step in range(1000)`` and ``softmax = softmax(z)`` use a homework function's name for
something else. They are no definitions: to run them would be to run a student's training.
"""

import ast
import re
from collections.abc import Iterator

__all__ = ["defined_by", "hidden_in", "looks_defined"]

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef

_LOOKS = re.compile(r"^(?:(?:async[ \t]+)?def|class)[ \t]+(?P<name>\w+)", re.MULTILINE)

#: Functions of numpy's that return functions.
_MAKERS = frozenset({"vectorize", "frompyfunc"})


def looks_defined(text: str) -> frozenset[str]:
    """Return the functions and classes that a text which Python can't read seems to define.

    What looks like ``name = ...`` is none: where Python stopped, it may be the use of a function.
    """
    return frozenset(_LOOKS.findall(text))


def defined_by(node: ast.stmt) -> Iterator[str]:
    """Yield the names that may be a function after a statement."""
    if isinstance(node, _FUNCTION | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.ImportFrom):
        yield from [alias.asname or alias.name for alias in node.names]
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _assigned(target, node.value)
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield from _assigned(node.target, node.value)
    else:
        for branch in ("body", "handlers", "orelse", "finalbody", "cases"):
            for inner in getattr(node, branch, []):
                yield from defined_by(inner)


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
        for one, its in zip(target.elts, value.elts, strict=False):
            yield from _assigned(one, its)
    elif isinstance(target, ast.Name) and _may_be_function(value, target.id):
        yield target.id


def _may_be_function(value: ast.expr, name: str) -> bool:
    if isinstance(value, ast.IfExp):
        return _may_be_function(value.body, name) or _may_be_function(value.orelse, name)
    if isinstance(value, ast.Call):
        called = value.func
        if isinstance(called, ast.Name):
            return called.id != name  # softmax = softmax(z) is a result
        is_numpy = isinstance(called, ast.Attribute) and getattr(called.value, "id", "") in (
            "np",
            "numpy",
        )
        return not is_numpy or getattr(called, "attr", "") in _MAKERS
    return isinstance(value, ast.Lambda | ast.Name | ast.Attribute | ast.Subscript)


def hidden_in(node: ast.stmt) -> Iterator[str]:
    """Yield the functions that are defined inside of a class or a function."""
    if isinstance(node, _FUNCTION | ast.ClassDef):
        for inner in ast.walk(node):
            if inner is not node and isinstance(inner, _FUNCTION):
                yield inner.name
