"""The verb ``stubs``: generate ``assignment/``, or say where it has drifted.

The stubs come from ``solution/``, ``README.md`` and ``discussion.md`` from ``handout/`` or its
defaults, and ``assignment.ipynb`` from all of these.
"""

import sys

from autograder.authoring.handout.notebook import assignment_notebook
from autograder.authoring.handout.source import read_handout
from autograder.authoring.handout.stubs import drifted, write_stubs
from autograder.core.writing import read_portable, write_atomically
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework

__all__ = ["run_stubs"]

GENERATED = (
    "<!-- Made by 'autograder stubs' from handout/, the solution and the answer key. -->\n\n"
)


def run_stubs(homework: Homework, *, check_only: bool = False) -> int:
    """Generate the stubs and the students' pages, or compare them; 3 where these differ.

    Raises
    ------
    GraderError
        If the solution or the handout is at fault, or the answer key, which the handout is worked
        out from. The stubs have been written then where the solution is not.
    """
    if not check_only:
        written = write_stubs(homework.solution, homework.assignment)
        for name, content in _make_pages(homework).items():
            path = homework.assignment / name
            write_atomically(path, content)
            written.append(path)
        for path in written:
            sys.stdout.write(f"{path.relative_to(homework.root).as_posix()}\n")
        return 0
    names = drifted(homework.solution, homework.assignment)
    for name, content in _make_pages(homework).items():
        path = homework.assignment / name
        if not path.is_file() or read_portable(path) != content:
            names.append(name)
    for name in names:
        sys.stderr.write(f"assignment/{name} is out of date: run 'stubs'\n")
    return 3 if names else 0


def _make_pages(homework: Homework) -> dict[str, bytes]:
    """Return what lies beside the stubs, by name."""
    handout = read_handout(homework, key=current_key(homework, "full"))
    return {
        "README.md": (GENERATED + handout.to_markdown()).encode(),
        "discussion.md": handout.discussion.encode(),
        "assignment.ipynb": assignment_notebook(homework, handout),
    }
