"""Find the paths by which a submission's files import one another in another layout.

``from assignment.averages import mean`` is right where the files lie in a package; here they lie
side by side, and the file's own name says what is meant.
"""

import importlib
import importlib.abc
import importlib.machinery
import re
import sys
import types
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from pathlib import Path

__all__ = ["AROUND", "Layouts", "find_packages"]

#: The package in which each file believes to be, for ``from .averages import mean`` and
#: ``from ..work.averages import mean``; no file has such a name.
_OUTSIDE = "the submission"
AROUND = f"{_OUTSIDE}.files"

#: Packages that have modules which are called as a homework's file may be: theirs are meant.
_KNOWN = frozenset(
    {"autograd", "cupy", "datasets", "flax", "haiku", "jax", "keras", "matplotlib", "mxnet"}
    | {"nltk", "numba", "paddle", "pandas", "scipy", "seaborn", "sklearn", "spacy", "sympy"}
    | {"tensorflow", "theano", "tinygrad", "torch", "torchtext", "torchvision", "transformers"}
)

#: What is longer was not written by hand.
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]{1,200})[ \t]+import[ \t]+\(?([\w, \t]{0,1000})"
    r"|import[ \t]+([\w., \t]{1,1000}))",
    re.MULTILINE,
)

#: Levels of folders.
MAX_PARTS = 8


def find_packages(texts: Iterable[str], files: Collection[str]) -> frozenset[str]:
    """Return the packages, with dots, in which `texts` think that some of the `files` are.

    Examples
    --------
    >>> from autograder.worker.layouts import find_packages
    >>> sorted(find_packages(["from hw.part.averages import mean"], {"averages"}))
    ['hw', 'hw.part']
    """
    found = set()
    for text in texts:
        for path in _list_paths(text):
            parts = path.lstrip(".").split(".")[: MAX_PARTS + 1]
            places = [i for i, part in enumerate(parts) if i and part in files]
            if places and parts[0] not in _KNOWN:
                found |= {".".join(parts[:end]) for end in range(1, places[-1] + 1)}
    return frozenset(found)


def _list_paths(text: str) -> Iterator[str]:
    """Yield what is imported, each with the path before it."""
    for package, names, modules in _IMPORT.findall(text):
        for name in names.split(","):
            yield f"{package}.{name.split()[0] if name.split() else ''}"
        for module in modules.split(","):
            yield module.split()[0] if module.split() else ""


class Layouts:
    """The packages in which the files of a `folder` think that they are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._aliases: list[str] = []

    @cached_property
    def _packages(self) -> frozenset[str]:
        paths = sorted(self.folder.glob("*.py"))
        texts = (path.read_bytes().decode("utf-8", "replace") for path in paths)
        return find_packages(texts, {path.stem for path in paths})

    def find_spec(self, fullname: str) -> importlib.machinery.ModuleSpec | None:
        """Locate a module by its last name, or a package that is missing; None for others."""
        inner = fullname.removeprefix(f"{AROUND}.").removeprefix(f"{_OUTSIDE}.")
        if fullname in (AROUND, _OUTSIDE) or inner in self._packages:
            return importlib.machinery.ModuleSpec(fullname, None, is_package=True)
        package, _, name = inner.rpartition(".")
        is_relative = inner != fullname and not package
        is_below = package in self._packages and (self.folder / f"{name}.py").is_file()
        is_meant = is_relative or is_below
        if not is_meant:
            return None
        self._aliases.append(fullname)
        return importlib.machinery.ModuleSpec(fullname, _AliasLoader(name))

    def forget(self) -> None:
        """Let what was imported by such a path be looked for again."""
        for name in self._aliases:
            sys.modules.pop(name, None)
        self._aliases.clear()


class _AliasLoader(importlib.abc.Loader):
    """Give the module of a plain name for one with a path before it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def exec_module(self, module: types.ModuleType) -> None:
        """Put the other module in this one's place, as the import system allows."""
        sys.modules[module.__name__] = importlib.import_module(self.name)
