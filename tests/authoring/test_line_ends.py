"""A checkout on Windows, whose lines end with two characters, gives the same key and packages."""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from students import ROOT

from autograder.core.writing import read_portable
from autograder.homework.folder import Homework

TEMPLATE = ROOT / "autograder" / "authoring" / "template"

#: What is left out of a copy: what was made, or is not part of a checkout.
MADE = shutil.ignore_patterns(".git", ".venv*", "dist", "__pycache__", ".*_cache", "wheels", ".nox")


def convert(folder: Path) -> None:
    """End the lines of every text as Git for Windows does."""
    for file in folder.rglob("*"):
        content = file.read_bytes() if file.is_file() and "build" not in file.parts else b"\0"
        if b"\0" not in content:
            file.write_bytes(content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (b"a\r\nb\r\n", b"a\nb\n"),
        (b"a\nb\r", b"a\nb\r"),
        ("\u00fc\r\n".encode(), "\u00fc\n".encode()),
        (b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n"),
        (b"key\r\n\0\0", b"key\r\n\0\0"),
    ],
)
def test_only_a_text_is_read_with_other_ends(content: bytes, read: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    assert read_portable(tmp_path / "file") == read


def test_a_key_has_the_same_digest_whatever_the_line_ends(tmp_path: Path) -> None:
    shutil.copytree(TEMPLATE, tmp_path / "homework")
    homework = Homework(tmp_path / "homework")
    before = homework.digest()
    convert(homework.root)
    assert b"\r\n" in next(homework.rubric.glob("*.py")).read_bytes()
    assert homework.digest() == before
    (homework.solution / "averages.py").write_text("changed = 1\n")
    assert homework.digest() != before


#: Packs without the packages of others, which take a network.
PACK = """
from pathlib import Path
from autograder.authoring.commands.gradescope import write_archive
from autograder.homework.folder import Homework
write_archive(Path("dist/gradescope.zip"), Homework(Path.cwd()), [])
"""


def pack(checkout: Path) -> dict[str, str]:
    """Return a digest of each file that is handed out or uploaded from a checkout."""
    call = [sys.executable, "-m", "autograder"]
    for words in ([*call, "stubs", "--check"], [*call, "release"], [sys.executable, "-c", PACK]):
        done = subprocess.run(words, cwd=checkout, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        assert "compiling" not in done.stderr
    return digests((checkout / "dist" / "handout.zip").read_bytes()) | digests(
        (checkout / "dist" / "gradescope.zip").read_bytes()
    )


def digests(package: bytes) -> dict[str, str]:
    found = {}
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith(".whl"):
                found |= digests(content)
            else:
                found[name] = hashlib.sha256(content).hexdigest()
    return found


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="the checkout there has such lines already")
def test_the_packages_are_the_same_whatever_the_line_ends(
    answer_keys: dict[str, Path], tmp_path: Path
) -> None:
    checkouts = [tmp_path / "unix", tmp_path / "windows"]
    for checkout in checkouts:
        shutil.copytree(ROOT, checkout, ignore=MADE, symlinks=True)
    convert(checkouts[1])
    assert b"\r\n" in (checkouts[1] / "autograder" / "cli.py").read_bytes()
    packed = [pack(checkout) for checkout in checkouts]
    assert {"setup.sh", "run_autograder"} <= set(packed[0])
    assert packed[0] == packed[1]
