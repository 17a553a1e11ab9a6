"""Take out of Python's table of modules what a test has imported of a submission."""

import sys
from collections.abc import Collection

__all__ = ["forget_modules"]


def forget_modules(before: Collection[str]) -> None:
    """Forget what was imported since `before`, but for the library's and numpy's own modules.

    Those are looked up in the table by name, in C, and are missed there.
    """
    for name in set(sys.modules) - set(before):
        if name.partition(".")[0] not in {*sys.stdlib_module_names, "numpy"}:
            del sys.modules[name]
