"""Load the homework's own code for its kinds of picture, from its folder.

The code is staff's, from ``rubric/pictures/`` of the homework's folder, never from a submission,
and it is imported by its path alone: neither the working directory nor ``sys.path`` says where it
comes from. Students have it, too. What they and containers get is every module in that folder but
``declare.py``, which says to the compiler which pictures there are
(`autograder.homework.folder.Homework.picture_files` lists them). So those modules import numpy, the
standard library, `autograder` without its `authoring`, and each other, relatively.
"""

import hashlib
import importlib
import sys
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from typing import Any

__all__ = ["load_kind"]


def load_kind(folder: Path, kind: str) -> Any:
    """Return the module for a kind of picture, None where the folder has none.

    Parameters
    ----------
    folder : pathlib.Path
        The homework's ``rubric/pictures/``; it need not exist.
    kind : str
        As the key says: the module's name.
    """
    if not kind.isidentifier() or not (folder / f"{kind}.py").is_file():
        return None
    return importlib.import_module(f"{_package(folder.resolve())}.{kind}")


def _package(folder: Path) -> str:
    """Return the name under which a folder's modules are imported; homeworks differ in it."""
    name = f"homework_pictures_{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"
    if name not in sys.modules:
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        sys.modules[name] = module_from_spec(spec)
    return name
