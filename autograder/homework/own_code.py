"""Import a homework's own code, by its path alone.

A homework brings code for its pictures and its experiments, in folders of its own, never in a
submission. Neither the working directory nor ``sys.path`` says where it comes from. The modules
of a folder import numpy, the standard library, `autograder` without its `authoring`, and each
other, relatively.
"""

import hashlib
import importlib
import sys
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from typing import Any

__all__ = ["load_own"]


def load_own(folder: Path, name: str) -> Any:
    """Return a module, or a package, of a folder; None where the folder has none of that name."""
    is_there = (folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file()
    if not name.isidentifier() or not is_there:
        return None
    return importlib.import_module(f"{_package(folder.resolve())}.{name}")


def _package(folder: Path) -> str:
    """Return the name under which a folder's modules are imported; homeworks differ in it."""
    name = f"homework_own_{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"
    if name not in sys.modules:
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        sys.modules[name] = module_from_spec(spec)
    return name
