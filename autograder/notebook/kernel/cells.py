"""List what a student has run in a notebook's kernel; nothing of it is run, changed or judged here.

The kernel keeps each cell as it was typed, in the order in which cells were run. A function may
also come from a file, by an import or ``%run``; its code object says from which.
"""

import inspect
import os
import sysconfig
from collections.abc import Iterator
from typing import Any

__all__ = ["kernel_shell", "work_of"]

#: What IPython itself puts into a notebook's namespace.
_OF_IPYTHON = frozenset({"exit", "get_ipython", "open", "quit"})

#: Where no student's files are: the interpreter's own libraries and what is installed.
_INSTALLED = tuple(
    [
        os.path.realpath(path) + os.sep
        for path in {sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib")}
    ]
)


def kernel_shell() -> Any:
    """Return the IPython shell that this process is the kernel of, None where it is none."""
    import sys

    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    return get_ipython()


def work_of(shell: Any) -> dict[str, Any]:
    """Return what was run in a kernel.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        Not changed.

    Returns
    -------
    dict
        ``"cells"``: the cells as they were typed, each once, in the order of their last runs, with
        the number that the kernel gave that run;
        ``"names"``: all names that the kernel knows; ``"defined"``: for each that can be called,
        the file that defines it, empty for a cell; ``"folder"``: where the kernel works. Nothing
        but text: it goes to another process.
    """
    typed = enumerate(shell.history_manager.input_hist_raw)
    latest = {cell: number for number, cell in typed if cell.strip()}
    return {
        "cells": sorted([(number, cell) for cell, number in latest.items()]),
        "names": [name for name in shell.user_ns if isinstance(name, str)],
        "defined": dict(_defined(shell.user_ns)),
        "folder": os.getcwd(),
    }


def _defined(namespace: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in list(namespace.items()):
        if not name.startswith("_") and name not in _OF_IPYTHON and callable(value):
            yield name, _file_of(value)


def _file_of(value: Any) -> str:
    """Return the student's file that a function was defined in, empty where there is none."""
    try:
        written = inspect.unwrap(value) if inspect.isfunction(value) else None
    except ValueError:  # it wraps itself
        return ""
    code = getattr(written, "__code__", None)
    if code is None or not code.co_filename.endswith(".py"):
        return ""
    path = os.path.realpath(code.co_filename)
    # ipykernel names a file for each cell, which a debugger really writes.
    is_cell = os.path.basename(os.path.dirname(path)).startswith("ipykernel_")
    is_file = os.path.isfile(path) and not path.startswith(_INSTALLED)
    return path if is_file and not is_cell else ""
