"""The small changes of statements: dropped, one branch only, variables taken for one another."""

import ast
import copy
import itertools
from collections.abc import Iterator, Mapping

__all__ = ["changed_statements", "exchanged_names"]

#: What stays: without it there is nothing to grade.
DEFINITIONS = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


def changed_statements(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Yield what a statement may become: other statements, an empty list where it is dropped."""
    if isinstance(node, DEFINITIONS):
        return
    yield []
    if isinstance(node, ast.If):
        yield node.body
        yield node.orelse
    if isinstance(node, ast.With):
        yield node.body
    if isinstance(node, ast.For | ast.While):
        emptied = copy.deepcopy(node)
        emptied.body = [ast.Pass()]
        yield [emptied]
    if isinstance(node, ast.AugAssign):
        yield [ast.Assign([node.target], node.value)]


def exchanged_names(
    function: ast.FunctionDef, kinds: Mapping[str, str]
) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the function with two of its parameters exchanged in its body, and which two.

    Parameters
    ----------
    function : ast.FunctionDef
        Not changed.
    kinds : mapping of str to str
        The parameters' annotations: those of different kinds are hardly taken for one another.
    """
    names = [parameter.arg for parameter in function.args.args]
    for first, second in itertools.combinations(names, 2):
        if kinds.get(first) != kinds.get(second):
            continue
        renamed = copy.deepcopy(function)
        others = {first: second, second: first}
        for node in [node for statement in renamed.body for node in ast.walk(statement)]:
            if isinstance(node, ast.Name):
                node.id = others.get(node.id, node.id)
        yield f"{first} <-> {second}", renamed
