"""Tell a function that is still to be written."""

import ast

__all__ = ["is_stub", "raises_not_implemented"]


def is_stub(node: ast.stmt) -> bool:
    """Tell whether a statement is a function without a body yet: it raises at once, or is empty.

    Parameters
    ----------
    node : ast.stmt
        Any statement.
    """
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    body = [one for one in node.body if not _is_empty(one)]
    return not body or raises_not_implemented(body[0])


def raises_not_implemented(node: ast.stmt) -> bool:
    """Tell whether a statement raises as the homework's stubs do.

    Parameters
    ----------
    node : ast.stmt
        Any statement.
    """
    raised = node.exc if isinstance(node, ast.Raise) else None
    kind = raised.func if isinstance(raised, ast.Call) else raised
    return getattr(kind, "id", "") == "NotImplementedError"


def _is_empty(node: ast.stmt) -> bool:
    is_constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_constant or isinstance(node, ast.Pass)
