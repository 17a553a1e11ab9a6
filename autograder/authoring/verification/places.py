"""Places in a syntax tree: walk over them, look at one, put something else there."""

import ast
import copy
from collections.abc import Iterator

__all__ = ["ROOT", "Path", "at", "replaced", "walk"]

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


def at(node: ast.AST, path: Path) -> ast.AST:
    """Return the node that `path` leads to."""
    for name, place in path:
        value = getattr(node, name)
        node = value if place is None else value[place]
    return node


def replaced(statement: ast.stmt, path: Path, new: ast.AST | list[ast.stmt]) -> ast.Module:
    """Return a module of `statement` alone with another node in the place that `path` leads to."""
    changed = ast.Module([copy.deepcopy(statement)], [])
    parent, (name, place) = at(changed, path[:-1]), path[-1]
    new = copy.deepcopy(new)
    if place is None:
        setattr(parent, name, new)
    elif isinstance(new, list):
        items = getattr(parent, name)
        items[place : place + 1] = new
        if not items and name == "body":
            items.append(ast.Pass())
    else:
        getattr(parent, name)[place] = new
    return ast.fix_missing_locations(changed)
