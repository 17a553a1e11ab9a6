"""Remark on names that mislead: letters of another alphabet, files named as Python's own.

Both are right Python that does something else than meant. The text is read, never run.
"""

import ast
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from autograder.core.lookalikes import has_lookalike, letters_as_seen, name_lookalike
from autograder.intake.python_source import list_short_files, parsed

__all__ = ["remarks_on_names"]

#: Names of one submission that are told of, and how long one may be.
MAX_NAMES, MAX_CHARACTERS = 3, 60

#: What a submission can import beside its own files.
_TAKEN = frozenset(sys.stdlib_module_names) | {"numpy"}

_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+([\w., \t]+)", re.MULTILINE)


def remarks_on_names(
    folder: Path, functions: Mapping[str, Collection[str]], *, is_notebook: bool
) -> tuple[str, ...]:
    """Return sentences about the names of the files in `folder`, and about names in them.

    The homework's `functions`, of each of its files, are names that may be meant. What was a
    notebook has no lines that its author knows.
    """
    texts = {path.stem: _read(path) for path in list_short_files(folder)}
    wanted = {name for own in functions.values() for name in own}
    remarks = [] if is_notebook else list(_remark_on_files(texts, functions))
    for file, text in texts.items():
        for name, line in _find_lookalikes(text, wanted) if has_lookalike(text) else ():
            where = "The name" if is_notebook else f"{file}.py line {line}: the name"
            remarks.append(f"{where} {name} has {name_lookalike(name)}: type it again.")
    return tuple(dict.fromkeys(remarks))[:MAX_NAMES]


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def _remark_on_files(texts: Mapping[str, str], own: Collection[str]) -> Iterator[str]:
    """Say which helpers another file can't import, because Python has a module of that name."""
    taken = sorted(texts.keys() & _TAKEN - set(own))
    imported = {file: _list_imports(text) for file, text in texts.items()} if taken else {}
    for name in taken:
        if any([name in imported[file] for file in texts if file != name]):
            yield (
                f"{name}.py has the name of a module of Python, which is imported in its place:"
                " rename it."
            )


def _list_imports(text: str) -> set[str]:
    return {word for found in _IMPORT.finditer(text) for word in re.findall(r"\w+", found[1])}


def _find_lookalikes(text: str, wanted: Collection[str]) -> Iterator[tuple[str, int]]:
    """Yield the names with such letters that seem to be another one, each with its first line."""
    try:
        named = sorted(_list_names(parsed(text)), key=lambda one: one[1])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # what Python can't read is told of in other words
    plain = {name for name, _ in named if name.isascii()} | set(wanted)
    lines = {name: line for name, line in reversed(named) if has_lookalike(name)}
    for name in dict.fromkeys([name for name, _ in named if name in lines]):
        seen = letters_as_seen(name)
        is_mixed = any([letter.isascii() and letter.isalpha() for letter in name])
        if seen.isascii() and len(name) <= MAX_CHARACTERS and (is_mixed or seen in plain):
            yield name, lines[name]


def _list_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        for field in ("id", "arg", "name", "attr", "asname"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                yield name, line
