"""Read Python as text: a module's pieces, one for each function, and what is still a stub."""

import ast
import io

__all__ = ["is_stub", "raises_not_implemented", "split_module"]


def split_module(text: str) -> tuple[str, ...]:
    r"""Return a module's pieces: what stands before its first function, then one for each function.

    Put together they are the text again, to the last blank line. A function's piece begins with the
    comments and decorators right above it, and has all that follows up to the next one's. Lines end
    in newlines.

    Raises
    ------
    SyntaxError
        If it is no Python.

    Examples
    --------
    >>> from autograder.intake.python_source import split_module
    >>> split_module("import math\n\n\n# Half.\ndef half(x):\n    return x / 2\n")
    ('import math\n\n\n', '# Half.\ndef half(x):\n    return x / 2\n')
    """
    lines = list(io.StringIO(text))  # unlike splitlines, it cuts at newlines alone, as Python does
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    starts = [_start(node, lines) for node in ast.parse(text).body if isinstance(node, functions)]
    ends = [*starts, len(lines)]
    return tuple(["".join(lines[a:b]) for a, b in zip([0, *starts], ends, strict=True)])


def _start(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """Return the place of a function's first line, its comments and decorators included."""
    first = min([node.lineno, *[decorator.lineno for decorator in node.decorator_list]]) - 1
    while first > 0 and lines[first - 1].startswith("#"):
        first -= 1
    return first


def is_stub(node: ast.stmt) -> bool:
    """Tell whether a statement is a function without a body yet: it raises at once, or is empty."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    body = [one for one in node.body if not _is_empty(one)]
    return not body or raises_not_implemented(body[0])


def raises_not_implemented(node: ast.stmt) -> bool:
    """Tell whether a statement raises as the homework's stubs do."""
    raised = node.exc if isinstance(node, ast.Raise) else None
    kind = raised.func if isinstance(raised, ast.Call) else raised
    return getattr(kind, "id", "") == "NotImplementedError"


def _is_empty(node: ast.stmt) -> bool:
    is_constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_constant or isinstance(node, ast.Pass)
