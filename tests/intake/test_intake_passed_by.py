"""What no student wrote counts for nothing, however much of it there is."""

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from crafted_zips import Entry, craft
from taken_in import FILES, Maker, content, taken

from autograder.errors import IntakeError
from autograder.intake import archive, folder
from autograder.intake.listing import MAX_DEPTH, MAX_ENTRIES, MAX_FILE_BYTES, MAX_PASSED_BY

#: What lies in the homework's folder once it was graded, beside assignment/.
AROUND = {
    "hw/grade.py": b"# the homework's\n",
    "hw/conftest.py": b"# the homework's\n",
    "hw/homework.ini": b"",
    "hw/handout.html": b"<html>",
    "hw/datasets/xor.csv": b"0,0\n",
    "hw/numpy_homework_autograder-1.0-py3-none-any.whl": b"PK",
}

#: What stands for the 5000 entries that are looked at, so that a flood is quickly made.
FEW = 100


@pytest.fixture(autouse=True)
def few_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (archive, folder):
        assert module.MAX_ENTRIES == MAX_ENTRIES == 5000
        monkeypatch.setattr(module, "MAX_ENTRIES", FEW)


def make_folder(place: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        (place / "given" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "given" / name).write_bytes(data)
    return place / "given"


def make_zip(place: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(place / "given.zip", "w") as target:
        for name, data in files.items():
            target.writestr(name, data)
    return place / "given.zip"


both = pytest.mark.parametrize("make", [make_folder, make_zip], ids=["folder", "zip"])


def flood(place: str, number: int) -> dict[str, bytes]:
    return {f"{place}/part{i // 500}/module{i}.py": b"" for i in range(number)}


@both
@pytest.mark.parametrize(
    "place",
    [
        ".venv/lib/python3.12/site-packages",
        "venv/Lib",
        "VENV/Lib",
        "virtualenv/lib",
        ".git/objects",
        ".ipynb_checkpoints",
        ".mypy_cache/3.11",
        ".idea",
        ".vscode/extensions",
        ".tox/py312",
        "__pycache__",
        "__MACOSX/hw",
        "node_modules/thing",
        "lib/site-packages",
        "usr/dist-packages",
        "$RECYCLE.BIN/S-1-5",
    ],
)
def test_what_is_never_looked_into_counts_for_nothing(
    tmp_path: Path, make: Maker, place: str
) -> None:
    own = {f"hw/assignment/{name}": data for name, data in FILES.items()}
    submission = taken(make(tmp_path, {**flood(f"hw/{place}", 150), **AROUND, **own}))
    assert content(submission) == FILES
    assert submission.notes == ()


@both
@pytest.mark.parametrize("name", ["env", "hw-env", "python", "my env"])
@pytest.mark.parametrize("mark", ["pyvenv.cfg", "conda-meta/history"])
def test_an_environment_is_known_by_what_marks_it(
    tmp_path: Path, make: Maker, name: str, mark: str
) -> None:
    files = {
        **flood(f"hw/{name}/lib/python3.12/inner", 150),
        f"hw/{name}/{mark}": b"",
        f"hw/{name}/Scripts/activate_this.py": b"",
        **{f"hw/{name}": data for name, data in FILES.items()},
    }
    submission = taken(make(tmp_path, files))
    assert content(submission) == FILES
    assert submission.notes == ()


@both
def test_an_environment_in_the_homeworks_own_folder_hides_none_of_its_files(
    tmp_path: Path, make: Maker
) -> None:
    files = {**flood("lib/python3.12/inner", 150), "pyvenv.cfg": b"", **FILES}
    assert content(taken(make(tmp_path, files))) == FILES


@both
def test_a_folder_called_lib_is_an_environments_only_beside_its_mark(
    tmp_path: Path, make: Maker
) -> None:
    files = {f"lib/{name}": data for name, data in FILES.items()}
    assert content(taken(make(tmp_path, files))) == FILES


@both
def test_what_is_passed_by_has_no_depth_and_no_size(tmp_path: Path, make: Maker) -> None:
    deep = "/".join(["d"] * (MAX_DEPTH + 2))
    files = {f".venv/{deep}/a.py": b"x", ".venv/large.py": bytes(MAX_FILE_BYTES + 1), **FILES}
    submission = taken(make(tmp_path, files))
    assert content(submission) == FILES
    assert submission.notes == ()


def test_an_entry_that_is_passed_by_may_be_anything(tmp_path: Path) -> None:
    odd = Entry(b".venv/a.py", b"x", method=14, flags=1, attributes=0o120777 << 16)
    own = [Entry(name.encode(), data) for name, data in FILES.items()]
    path = tmp_path / "given.zip"
    path.write_bytes(craft([odd, *own]))
    assert content(taken(path)) == FILES


# ---- what bounds it all


def test_a_zip_has_a_bound_for_what_is_passed_by_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert archive.MAX_PASSED_BY == MAX_PASSED_BY == 100_000
    monkeypatch.setattr(archive, "MAX_PASSED_BY", 50)
    path = make_zip(tmp_path, {**flood(".venv", 60), **FILES})
    with pytest.raises(IntakeError, match="a zip may have 50 entries, and this has more: zip"):
        taken(path)


def test_a_folder_has_a_bound_for_what_is_passed_by_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert folder.MAX_PASSED_BY == MAX_PASSED_BY
    monkeypatch.setattr(folder, "MAX_PASSED_BY", 50)
    path = make_folder(tmp_path, {**{f".{i}": b"" for i in range(60)}, **FILES})
    with pytest.raises(IntakeError, match="give a folder with the"):
        taken(path)


def test_no_ignored_folder_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_folder(
        tmp_path, {**FILES, ".venv/a.py": b"", "env/pyvenv.cfg": b"", "env/lib/a": b""}
    )
    opened: list[str] = []
    open_one = os.open

    def note(name: str, *words: int, **more: int) -> int:
        opened.append(os.path.basename(name))
        return open_one(name, *words, **more)

    monkeypatch.setattr(os, "open", note)
    assert content(taken(path)) == FILES
    assert {"given", "env"} <= set(opened)
    assert not {".venv", "lib"} & set(opened)


def test_entries_that_count_have_their_own_bound(tmp_path: Path) -> None:
    path = make_zip(tmp_path, {**flood("hw/parts", FEW), **FILES})
    with pytest.raises(IntakeError, match=f"has more than {FEW} entries"):
        taken(path)
