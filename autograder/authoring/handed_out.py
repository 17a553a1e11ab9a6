"""Which of the grader's files students and containers get: all but what only staff use.

Whatever knows answers, makes them, or looks at a whole class is in these packages. The wheel that
students install, the Gradescope package and the tests that look for leaks share this one rule.
"""

from collections.abc import Iterator
from pathlib import Path

__all__ = ["MADE_BY_MACHINES", "STAFF_ONLY", "handed_out_files"]

#: Packages below ``autograder/``.
STAFF_ONLY = ("authoring", "classroom")

#: What nobody wrote, by its ending.
MADE_BY_MACHINES = (".pyc", ".part", "~")


def handed_out_files(package: Path) -> Iterator[str]:
    """Yield the paths below `package`, the folder ``autograder/``, of what is handed out."""
    for file in sorted(package.rglob("*")):
        path = file.relative_to(package)
        is_written = "__pycache__" not in path.parts and not file.name.endswith(MADE_BY_MACHINES)
        if file.is_file() and is_written and path.parts[0] not in STAFF_ONLY:
            yield path.as_posix()
