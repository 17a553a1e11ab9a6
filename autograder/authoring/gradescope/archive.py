"""Write the zip that staff upload to Gradescope: the same bytes for the same sources.

The zip's root becomes ``/autograder/source``. In it are the part of this package that grades, the
compiled answer key as data, the wheels, and the two scripts that Gradescope calls. The solution,
and whatever was made to know it, is not.
"""

import ast
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

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
    "authoring/",
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

#: A zip's earliest date: a date of its own would change the bytes at every packaging.
DATE = (1980, 1, 1, 0, 0, 0)

#: A zip's number for Unix, which makes the upper half of ``external_attr`` the file's mode.
UNIX = 3


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
    if (package / "rubric" / "predicates.py").is_file():
        content["rubric/predicates.py"] = package / "rubric" / "predicates.py"
    content["build/answer-key.full"] = homework.key_path("full")
    if homework.settings_path.exists():
        content[homework.settings_path.name] = homework.settings_path
    content |= {f"wheels/{wheel.name}": wheel for wheel in wheels}
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(temporary, "w") as archive:
            for name in sorted(content):
                archive.writestr(_entry(name), content[name].read_bytes(), compresslevel=9)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


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


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, DATE)
    info.create_system = UNIX
    info.external_attr = (0o100755 if name in EXECUTABLES else 0o100644) << 16
    info.compress_type = zipfile.ZIP_STORED if name.endswith(".whl") else zipfile.ZIP_DEFLATED
    return info
