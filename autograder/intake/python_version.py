"""Find what needs another Python than the one that grades. The text is read, never run."""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

from autograder.core.python_versions import (
    Version,
    find_name_version,
    is_removed,
    write_version,
)
from autograder.intake.python_source import is_too_deep, list_short_files, parsed

__all__ = ["remarks_on_version"]

#: Sentences about one submission.
MAX_REMARKS = 3

_SUPPORTED = re.compile(r"only supported in Python 3\.(\d+)")


def remarks_on_version(folder: Path, python: str) -> tuple[str, ...]:
    """Return sentences about what the `python` that grades, such as ``3.10``, does not have.

    Empty for no such setting. What this Python itself can't read is told of as what it is.
    """
    if not python:
        return ()
    major, minor = python.split(".")[:2]
    version = (int(major), int(minor))
    remarks = []
    for path in list_short_files(folder):
        text = path.read_bytes().decode("utf-8", "replace")
        for line, what, needed in _find_others(text, version):
            is_newer, other = needed > version, write_version(needed)
            says = f"needs Python {other}" if is_newer else f"is gone since Python {other}"
            remarks.append(f"{path.name} line {line}: {what} {says}; Python {python} grades.")
    return tuple(dict.fromkeys(remarks))[:MAX_REMARKS]


def _find_others(text: str, version: Version) -> Iterator[tuple[int, str, Version]]:
    """Yield what another Python is needed for: its line, what it is, and which."""
    try:
        tree = parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from _find_syntax(text, version)
    for line, module, name in sorted(_list_used(tree)):
        needed = find_name_version(module, name)
        if needed is not None and needed > version:
            yield line, f"{module}.{name}" if name else module, needed
        gone = None if name else is_removed(module)
        if gone is not None and gone <= version:
            yield line, module, gone


def _find_syntax(text: str, version: Version) -> Iterator[tuple[int, str, Version]]:
    try:
        if not is_too_deep(text):
            ast.parse(text, feature_version=version)
    except SyntaxError as error:
        found = _SUPPORTED.search(str(error.msg))
        if found is not None:
            yield error.lineno or 1, "this line", (3, int(found[1]))
    if version < (3, 12) <= sys.version_info:
        for line in _find_reused_quotes(text):
            yield (
                line,
                "an f-string with the same quotes, or a backslash, inside its braces",
                (3, 12),
            )


def _find_reused_quotes(text: str) -> Iterator[int]:
    """Yield the lines of f-strings that Python reads since 3.12."""
    outer: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            kind = tokenize.tok_name[token.type]
            if kind == "FSTRING_START" or (kind == "STRING" and outer):
                quotes = token.string.lstrip("rRbBuUfF")
                quotes = quotes[:3] if quotes[:3] in ('"""', "'''") else quotes[:1]
                if outer and (quotes == outer[-1] or (kind == "STRING" and "\\" in token.string)):
                    yield token.start[0]
                if kind == "FSTRING_START":
                    outer.append(quotes)
            elif kind == "FSTRING_END":
                outer.pop()
    except (tokenize.TokenError, SyntaxError):
        return


def _list_used(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Yield what a file takes of other modules: the line, the module, and the name, if any.

    A file that asks first (``try: import tomllib``) is left in peace.
    """
    nodes = list(_list_unguarded(tree))
    modules: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                modules[alias.asname or alias.name.partition(".")[0]] = alias.name
                yield node.lineno, alias.name, ""
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module, ""
            for alias in node.names:
                yield node.lineno, node.module, alias.name
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in modules:
                yield node.lineno, modules[node.value.id], node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.lineno, "builtins", node.id


def _list_unguarded(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what stands under no ``try`` and no ``if``."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Try | ast.If):
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))
