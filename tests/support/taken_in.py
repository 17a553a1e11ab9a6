"""A folder or a zip with a homework's files, taken in, and what is left of it beside them."""

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from autograder.intake.take_in import Submission, take_in

__all__ = [
    "FILES",
    "WANTED",
    "Maker",
    "both",
    "content",
    "make_folder",
    "make_zip",
    "solution",
    "stubs",
    "taken",
]

WANTED = ("forward", "train", "updates")
FILES = {f"{name}.py": f"# {name}\n".encode() for name in WANTED}

Maker = Callable[[Path, Mapping[str, bytes]], Path]


def make_folder(place: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        (place / "hw" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "hw" / name).write_bytes(content)
    return place / "hw"


def make_zip(place: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(place / "hw.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return place / "hw.zip"


both = pytest.mark.parametrize("make", [make_folder, make_zip], ids=["folder", "zip"])


def taken(path: Path) -> Submission:
    return take_in(path, path.parent / "clean", wanted=WANTED)


def content(submission: Submission) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(submission.folder.iterdir())}


def solution(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "solution").glob("*.py")}


def stubs(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "assignment").glob("*.py")}
