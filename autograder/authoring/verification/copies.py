"""Copy the solution under other names: a right function can stand beside a wrong one.

``right_forward.py`` is ``forward.py`` with its imports of the solution's other modules led to their
copies: whatever the submission defines itself, these stay right.
"""

import ast
from collections.abc import Iterable, Mapping

__all__ = ["COPY", "lead_to_copies", "right_copies", "signature_of"]

#: What a copy's name begins with.
COPY = "right_"


def lead_to_copies(node: ast.stmt, modules: Iterable[str]) -> ast.stmt:
    """Return an import with the solution's modules replaced by their copies.

    Parameters
    ----------
    node : ast.stmt
        Any statement; only imports are changed.
    modules : iterable of str
        The solution's modules.
    """
    known = set(modules)
    if isinstance(node, ast.ImportFrom) and node.module in known:
        return ast.ImportFrom(f"{COPY}{node.module}", node.names, 0)
    if isinstance(node, ast.Import):
        return ast.Import(
            [_copied(alias) if alias.name in known else alias for alias in node.names]
        )
    return node


def _copied(alias: ast.alias) -> ast.alias:
    return ast.alias(f"{COPY}{alias.name}", alias.asname or alias.name)


def right_copies(solution: Mapping[str, bytes], modules: Iterable[str]) -> dict[str, bytes]:
    """Return copies of modules, and of all that they import.

    Parameters
    ----------
    solution : mapping of str to bytes
        Files by name.
    modules : iterable of str
        Which to copy, without ``.py``.
    """
    known = [name.removesuffix(".py") for name in solution]
    copies: dict[str, bytes] = {}
    queue = list(modules)
    while queue:
        module = queue.pop()
        name = f"{COPY}{module}.py"
        if name in copies:
            continue
        tree = ast.parse(solution[f"{module}.py"])
        queue += [imported for imported in _imported(tree) if imported in known]
        tree.body = [lead_to_copies(statement, known) for statement in tree.body]
        copies[name] = f"{ast.unparse(ast.fix_missing_locations(tree))}\n".encode()
    return copies


def _imported(tree: ast.Module) -> list[str]:
    names: list[str] = []
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            names += [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            names.append(str(statement.module))
    return names


def signature_of(solution: Mapping[str, bytes], function: str) -> tuple[str, tuple[str, ...]]:
    """Return the parameters of a function as written, annotations left out, and their names.

    Parameters
    ----------
    solution : mapping of str to bytes
        Files by name.
    function : str
        ``file.function``.
    """
    file, _, name = function.partition(".")
    tree = ast.parse(solution[f"{file}.py"])
    node = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name)
    parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    for parameter in parameters:
        parameter.annotation = None
    return ast.unparse(node.args), tuple([parameter.arg for parameter in parameters])
