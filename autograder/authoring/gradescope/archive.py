"""Write the zip that staff upload to Gradescope: the same bytes for the same sources.

The zip's root becomes ``/autograder/source``. In it are the part of this package that grades, the
compiled answer key as data, the wheels, and the two scripts that Gradescope calls. The solution,
and whatever was made to know it, is not.
"""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.core.writing import pack_zip, write_atomically
from autograder.errors import GraderError
from autograder.homework.folder import Homework

__all__ = ["LEFT_OUT", "container_modules", "write_archive"]

#: The scripts that go into the zip's root.
CONTAINER = Path(__file__).parent / "container"

#: What goes in first; what these import, directly or not, follows.
ENTRY_POINTS = ("commands/gradescope_run.py", "worker/__main__.py")

#: What never goes in, whoever imports it: the rubric knows the answers, the compiler makes them,
#: and the rest is the staff's or the students' side of the command line.
LEFT_OUT = (
    "rubric/",
    "language/",
    "compiler/",
    "gradescope/",
    "commands/compile.py",
    "commands/stubs.py",
    "stubs.py",
    "cli.py",
)

EXECUTABLES = ("run_autograder", "setup.sh")


def write_archive(path: Path, homework: Homework, wheels: Sequence[Path]) -> None:
    """Write the zip.

    Parameters
    ----------
    path : pathlib.Path
        Its folder is created where missing.
    homework : Homework
        With an up-to-date full key.
    wheels : sequence of pathlib.Path
        The wheels to go along.
    """
    package = homework.root / "autograder"
    content = {file.name: file for file in CONTAINER.iterdir() if file.is_file()}
    content |= {f"autograder/{name}": package / name for name in container_modules(package)}
    content["build/answer-key.full"] = homework.key_path("full")
    if homework.settings_path.exists():
        content[homework.settings_path.name] = homework.settings_path
    content |= {f"wheels/{wheel.name}": wheel for wheel in wheels}
    contents = {name: file.read_bytes() for name, file in content.items()}
    write_atomically(path, pack_zip(contents, is_compressed=True, executables=EXECUTABLES))


def container_modules(package: Path) -> set[str]:
    """Return the files of the package that the container needs, by their paths in it.

    Parameters
    ----------
    package : pathlib.Path
        The folder ``autograder/``.

    Raises
    ------
    GraderError
        If one of them is on the list of what never goes in.
    """
    needed: set[str] = set()
    waiting = list(ENTRY_POINTS)
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        if name.startswith(LEFT_OUT):
            raise GraderError(
                f"the container's part of the grader imports {name}, which stays out of it"
            )
        needed.add(name)
        waiting += _imported(package, name)
    return needed


def _imported(package: Path, name: str) -> Iterator[str]:
    """Yield the package's files that the file `name` imports, and the ``__init__.py`` above it."""
    tree = ast.parse((package / name).read_bytes())
    modules = {
        ".".join(["autograder", *Path(name).parts[:depth]])
        for depth in range(len(Path(name).parts))
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update([alias.name for alias in node.names])
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.update([node.module, *[f"{node.module}.{alias.name}" for alias in node.names]])
    for module in sorted(modules):
        path = module.partition(".")[2].replace(".", "/")
        if module.split(".")[0] == "autograder":
            files = (f"{path}.py", f"{path}/__init__.py" if path else "__init__.py")
            yield from [file for file in files if (package / file).is_file()]
