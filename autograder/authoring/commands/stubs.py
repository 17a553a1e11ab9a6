"""The verb ``stubs``: generate ``assignment/``, or say where it has drifted.

The stubs come from ``solution/``, ``README.md`` and ``discussion.md`` from ``handout/``, and
``assignment.ipynb`` from all of these. A homework without a handout has stubs alone.
"""

import sys

from autograder.authoring.handout.stubs import drifted, write_stubs
from autograder.core.writing import write_atomically
from autograder.homework.folder import Homework

__all__ = ["run_stubs"]

GENERATED = "<!-- Made by 'make stubs' from handout/, the solution and the answer key. -->\n\n"


def run_stubs(homework: Homework, *, check_only: bool = False) -> int:
    """Generate the stubs and the students' pages, or compare them.

    Returns
    -------
    int
        0, or 3 where `check_only` finds a difference.

    Raises
    ------
    GraderError
        If the answer key, which the handout is worked out from, can't be compiled, or the solution
        or the handout is at fault. The stubs have been written then where the solution is not.
    """
    if not check_only:
        written = write_stubs(homework.solution, homework.assignment)
        for name, content in _pages(homework).items():
            path = homework.assignment / name
            write_atomically(path, content)
            written.append(path)
        for path in written:
            sys.stdout.write(f"{path.relative_to(homework.root).as_posix()}\n")
        return 0
    names = drifted(homework.solution, homework.assignment)
    for name, content in _pages(homework).items():
        path = homework.assignment / name
        if not path.is_file() or path.read_bytes() != content:
            names.append(name)
    for name in names:
        sys.stderr.write(f"assignment/{name} is not what 'make stubs' gives: run it\n")
    return 3 if names else 0


def _pages(homework: Homework) -> dict[str, bytes]:
    """Return what lies beside the stubs, by name; nothing where there is no handout."""
    if not (homework.root / "handout").is_dir():
        return {}
    from autograder.authoring.handout.notebook import assignment_notebook
    from autograder.authoring.handout.readme import to_markdown
    from autograder.authoring.handout.source import read_handout
    from autograder.homework.current_key import current_key

    handout = read_handout(homework, key=current_key(homework, "full"))
    discussion = (homework.root / "handout" / "discussion.md").read_bytes()
    return {
        "README.md": (GENERATED + to_markdown(handout)).encode(),
        "discussion.md": discussion.replace(b"\r\n", b"\n"),
        "assignment.ipynb": assignment_notebook(homework, handout),
    }
