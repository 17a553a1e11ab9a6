"""Whatever is uploaded, the results speak of what was uploaded: nobody gave a path there."""

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.commands.gradescope_run import TRIAL, run_on_gradescope

pytestmark = pytest.mark.usefixtures("answer_keys")


def upload_nothing(place: Path) -> None:
    place.rmdir()


def upload_an_empty_folder(place: Path) -> None:
    (place / "hw").mkdir()


def upload_a_document(place: Path) -> None:
    (place / "homework.pdf").write_bytes(b"%PDF-1.7")


def upload_a_document_as_a_zip(place: Path) -> None:
    (place / "homework.zip").write_bytes(b"%PDF-1.7")


def upload_an_empty_zip(place: Path) -> None:
    (place / "homework.zip").write_bytes(b"")


def upload_an_archive_of_another_kind(place: Path) -> None:
    (place / "homework.rar").write_bytes(b"Rar!\x1a\x07")


def upload_two_zips(place: Path) -> None:
    for name in ("part1.zip", "part2.zip"):
        zipfile.ZipFile(place / name, "w").close()


def upload_a_link_to_nothing(place: Path) -> None:
    (place / "homework.zip").symlink_to("nowhere.zip")


def upload_a_pipe(place: Path) -> None:
    os.mkfifo(place / "homework.zip")


def upload_a_page_as_a_notebook(place: Path) -> None:
    (place / "homework.ipynb").write_text("<html>")


@pytest.mark.parametrize(
    "upload", [made for name, made in sorted(globals().items()) if name.startswith("upload_")]
)
def test_no_upload_is_told_to_check_a_path(
    upload: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TRIAL, "1")
    (tmp_path / "submission").mkdir()
    upload(tmp_path / "submission")
    assert run_on_gradescope(tmp_path) == 0
    results = json.loads((tmp_path / "results" / "results.json").read_bytes())
    said = json.dumps(results)
    for words in ("check the path", "give the folder", "did you mean", str(tmp_path)):
        assert words not in said
    assert len(results["output"]) > 20
    assert results.get("score", 0) == 0 or not any(t["score"] for t in results["tests"])
