"""The verb ``new``: write a small homework that works right away, to be made into one's own."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from autograder.authoring.handed_out import title_of_folder
from autograder.errors import UsageError
from autograder.homework.folder import Homework

__all__ = ["TEMPLATE", "run_new"]

#: What is written. Git reads a ``.gitignore`` wherever it lies, so it has another name here.
TEMPLATE = Path(__file__).resolve().parents[1] / "template"
RENAMED = {"gitignore": ".gitignore"}


def run_new(path: Path) -> int:
    """Write the homework to `path`, a folder that does not exist or is empty.

    Raises
    ------
    UsageError
        If something is there already, or it can't be written.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(f"{path} is not an empty folder: name a new one for the homework")
    try:
        for name, file in sorted(_list_files()):
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, path / name)
            sys.stdout.write(f"{path / name}\n")
        _write_title(Homework(path.resolve()))
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from error
    sys.stdout.write(
        "\nIt works right away. In that folder, run one after the other:\n  python -m autograder"
        " stubs              what students fill in (assignment/)\n  python -m autograder grade"
        " solution     all points\n  python -m autograder verify             the grader proves"
        " itself\n  python -m autograder release            the zip for students"
        " (dist/handout.zip)\n"
    )
    return 0


def _write_title(homework: Homework) -> None:
    """Put the folder's name in words where the settings have the template's title."""
    settings = homework.settings_path
    text = settings.read_text(encoding="utf-8")
    title = f"title = {title_of_folder(homework.root.name)}"
    settings.write_text(
        re.sub(r"^title = .*$", lambda _: title, text, flags=re.M), encoding="utf-8"
    )


def _list_files() -> Iterator[tuple[str, Path]]:
    for file in TEMPLATE.rglob("*"):
        name = file.relative_to(TEMPLATE).as_posix()
        if file.is_file() and "__pycache__" not in name:
            yield RENAMED.get(name, name), file
