"""What a piece of Python source mentions and binds, and how a value is written as source."""

import ast
import dataclasses
import dis
import math
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

__all__ = ["bound_names", "global_names", "literal", "plain_source"]


def bound_names(statement: ast.stmt) -> tuple[str, ...]:
    """Return the names that a statement of a module gives a meaning to."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return (statement.name,)
    if isinstance(statement, ast.Import | ast.ImportFrom):
        names = [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
        return tuple(names)
    stored = [n for n in ast.walk(statement) if isinstance(n, ast.Name)]
    return tuple(dict.fromkeys([n.id for n in stored if isinstance(n.ctx, ast.Store)]))


def global_names(node: ast.FunctionDef | ast.Lambda | ast.stmt) -> tuple[str, ...]:
    """Return the names that a function or statement looks up outside itself, sorted."""
    code = compile(_module_of(node), "<names>", "exec")
    return tuple(sorted(set(_looked_up(code))))


def _looked_up(code: types.CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield str(instruction.argval)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _looked_up(constant)


def plain_source(node: ast.FunctionDef | ast.Lambda | ast.stmt, *, name: str = "") -> str:
    """Return a function or statement as source, without what only the rubric needs.

    Annotations, decorators that declare a mistake and sentences for the rubric's author (``raise
    RubricError``) are left out.

    Parameters
    ----------
    node : ast node
        Not changed.
    name : str, optional
        Another name for the function.
    """
    module = _module_of(node)
    statement = module.body[0]
    if name and isinstance(statement, ast.FunctionDef):
        statement.name = name
    if name and isinstance(node, ast.Lambda):
        target = ast.Name(name, ast.Store())
        assert isinstance(statement, ast.Expr)
        module.body[0] = ast.Assign([target], statement.value)
    return ast.unparse(ast.fix_missing_locations(module))


def _module_of(node: ast.FunctionDef | ast.Lambda | ast.stmt) -> ast.Module:
    statement = ast.Expr(node) if isinstance(node, ast.Lambda) else node
    copy = ast.parse(ast.unparse(ast.fix_missing_locations(statement)))
    module = _Plain().visit(copy)
    assert isinstance(module, ast.Module)
    return ast.fix_missing_locations(module)


class _Plain(ast.NodeTransformer):
    """Leave out annotations, declarations of mistakes, and errors that are the rubric's."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        node.decorator_list = [d for d in node.decorator_list if not _declares(d)]
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return self.generic_visit(ast.Assign([node.target], node.value))

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        is_guard = node.exc is not None and "RubricError" in ast.unparse(node.exc)
        return ast.Pass() if is_guard else node


def _declares(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr in ("mistake", "way")


def literal(value: Any) -> str | None:
    """Return source that gives `value`, None where it is not plain.

    Plain are numbers, text, None, arrays (as ``np.array``), and tuples, lists, dicts and records of
    plain values.
    """
    if value is None or isinstance(value, bool | int | str | bytes):
        return repr(value)
    if isinstance(value, float):
        return repr(float(value)) if math.isfinite(value) else f"float('{value}')"
    if isinstance(value, np.generic):
        return literal(value.item())
    if isinstance(value, np.ndarray):
        inner = literal(value.tolist())
        return inner and f"np.array({inner}, dtype='{value.dtype}').reshape({value.shape})"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        inner = literal(fields)
        return inner and f"__import__('types').SimpleNamespace(**{inner})"
    if isinstance(value, dict):
        pairs = [(literal(key), literal(item)) for key, item in value.items()]
        if any([None in pair for pair in pairs]):
            return None
        return f"{{{', '.join([f'{key}: {item}' for key, item in pairs])}}}"
    return _sequence(value) if isinstance(value, list | tuple) else None


def _sequence(value: list[Any] | tuple[Any, ...]) -> str | None:
    items = [literal(item) for item in value]
    if None in items:
        return None
    inside = ", ".join([item for item in items if item is not None])
    if isinstance(value, list):
        return f"[{inside}]"
    return f"({inside},)" if items else "()"
