"""Places in a syntax tree: walk them, find the node of one, and leave out what is no code."""

import ast
from collections.abc import Iterator

__all__ = ["ROOT", "Path", "node_at", "strip", "walk"]

#: A step from a node to one of its children: a field, and the place where it is a list.
Step = tuple[str, int | None]
Path = tuple[Step, ...]

#: The way to a module's only statement.
ROOT: Path = (("body", 0),)


def walk(node: ast.AST, path: Path) -> Iterator[tuple[Path, ast.AST]]:
    """Yield a node that is at `path`, and all below it, each with its path."""
    yield path, node
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield from walk(value, (*path, (name, None)))
        elif isinstance(value, list):
            for place, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield from walk(item, (*path, (name, place)))


def node_at(node: ast.AST, path: Path) -> ast.AST:
    """Return the node that `path` leads to."""
    for name, place in path:
        value = getattr(node, name)
        node = value if place is None else value[place]
    return node


def strip(tree: ast.Module) -> ast.Module:
    """Leave out docstrings and annotations: nothing that a function computes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass()]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
    return ast.parse(ast.unparse(tree))
