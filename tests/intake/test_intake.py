"""Whatever is submitted, its modules end up in a clean folder, or a sentence says why not."""

import io
import os
import random
import stat
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import IntakeError
from autograder.intake.listing import MAX_ENTRIES, MAX_FILE_BYTES, MAX_FILES
from autograder.intake.take_in import Submission, take_in
from autograder.intake.which_folder import choose

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")

WANTED = ("forward", "train", "updates")
FILES = {f"{name}.py": f"# {name}\n".encode() for name in WANTED}

Maker = Callable[[Path, Mapping[str, bytes]], Path]


def make_folder(place: Path, files: Mapping[str, bytes]) -> Path:
    """Write a submission as a folder."""
    for name, content in files.items():
        (place / "hw" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "hw" / name).write_bytes(content)
    (place / "hw").mkdir(exist_ok=True)
    return place / "hw"


def make_zip(place: Path, files: Mapping[str, bytes]) -> Path:
    """Write a submission as a zip."""
    with zipfile.ZipFile(place / "hw.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return place / "hw.zip"


both = pytest.mark.parametrize("make", [make_folder, make_zip], ids=["folder", "zip"])


def taken(path: Path) -> Submission:
    """Take a submission in, into a folder beside it."""
    return take_in(path, path.parent / "clean", wanted=WANTED)


def content(submission: Submission) -> dict[str, bytes]:
    """Return what is in the clean folder."""
    return {path.name: path.read_bytes() for path in sorted(submission.folder.iterdir())}


def refused(path: Path) -> str:
    """Return the sentence with which a submission is refused."""
    with pytest.raises(IntakeError) as caught:
        taken(path)
    return str(caught.value)


def state(path: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return everything below `path`, as it is on disk."""
    found = {}
    for file in sorted([path, *path.rglob("*")]):
        info = file.lstat()
        data = file.read_bytes() if stat.S_ISREG(info.st_mode) else b""
        found[str(file)] = (info.st_mode, info.st_mtime_ns, data)
    return found


# ---- what is taken


@both
def test_the_files_of_a_submission_are_taken(tmp_path: Path, make: Maker) -> None:
    submission = taken(make(tmp_path, FILES))
    assert content(submission) == FILES
    assert submission.files == WANTED
    assert submission.notes == ()


@both
def test_helpers_are_taken_and_other_files_are_not(tmp_path: Path, make: Maker) -> None:
    others = {"notes.txt": b"", "report.pdf": b"", "forward.pyc": b"", "forward.ipynb": b"{}"}
    submission = taken(make(tmp_path, {**FILES, "helpers.py": b"x = 1", **others}))
    assert content(submission) == {**FILES, "helpers.py": b"x = 1"}
    assert submission.files == tuple(sorted([*WANTED, "helpers"]))


@both
def test_one_folder_around_the_files_does_not_matter(tmp_path: Path, make: Maker) -> None:
    around = {f"my homework/{name}": data for name, data in FILES.items()}
    assert content(taken(make(tmp_path, around))) == FILES


@both
def test_the_folder_with_most_of_the_homework_counts(tmp_path: Path, make: Maker) -> None:
    draft = {"forward.py": b"# an old draft"}
    final = {f"final/{name}": data for name, data in FILES.items()}
    assert content(taken(make(tmp_path, {**draft, **final}))) == FILES


@both
def test_the_outer_one_of_two_equal_folders_counts(tmp_path: Path, make: Maker) -> None:
    copy = {f"(copy)/{name}": b"# a copy" for name in FILES}
    assert content(taken(make(tmp_path, {**FILES, **copy}))) == FILES


@both
def test_what_no_student_wrote_is_left_out(tmp_path: Path, make: Maker) -> None:
    extras = {
        f"{folder}/{name}": b"# not theirs"
        for folder in ("__MACOSX", "__pycache__", ".git", ".venv", "venv", ".ipynb_checkpoints")
        for name in [*FILES, "._forward.py"]
    }
    around = {f"hw/{name}": data for name, data in FILES.items()}
    hidden = {"hw/._forward.py": b"\0\5\x16\7", "hw/.DS_Store": b"", "hw/.py": b""}
    assert content(taken(make(tmp_path, {**extras, **around, **hidden}))) == FILES


def test_windows_separators_in_a_zip_are_understood(tmp_path: Path) -> None:
    path = make_zip(tmp_path, {"xx1": b"", "xx2": b""})
    # Written over in place: zipfile itself would turn them into slashes.
    path.write_bytes(path.read_bytes().replace(b"xx1", b"a\\b").replace(b"xx2", b"a\\c"))
    assert taken(path).files == ()
    files = {f"homework#{name}": data for name, data in FILES.items()}
    path = make_zip(tmp_path, files)
    path.write_bytes(path.read_bytes().replace(b"homework#", b"homework\\"))
    assert content(taken(path)) == FILES


def test_a_zip_may_be_made_of_deeper_folders(tmp_path: Path) -> None:
    deep = {f"a/b/c/{name}": data for name, data in FILES.items()}
    assert content(taken(make_zip(tmp_path, deep))) == FILES


def test_a_zip_counts_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    path = make_zip(tmp_path, FILES).rename(tmp_path / "upload")
    assert content(taken(path)) == FILES


@both
def test_the_submission_itself_is_not_changed(tmp_path: Path, make: Maker) -> None:
    path = make(tmp_path, {**FILES, "more/other.py": b""})
    os.utime(path, (1, 1))
    before = state(path)
    submission = taken(path)
    (submission.folder / "forward.py").write_bytes(b"# changed")
    assert state(path) == before


def test_the_current_folder_can_be_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make_folder(tmp_path, FILES))
    assert content(take_in(Path(), tmp_path / "clean", wanted=WANTED)) == FILES


@posix_only
def test_a_link_to_the_folder_can_be_taken(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(make_folder(tmp_path, FILES))
    assert content(taken(tmp_path / "link")) == FILES


# ---- remarks


@pytest.mark.parametrize(
    "name",
    [
        "forward - Copy.py",
        "forward copy.py",
        "forward_final.py",
        "foward.py",
        "forwards.py",
        "forward.py.py",
    ],
)
def test_a_misnamed_file_is_recognized(tmp_path: Path, name: str) -> None:
    files = {**FILES, name: b""}
    del files["forward.py"]
    notes = taken(make_zip(tmp_path, files)).notes
    assert notes == (f"forward.py is not in the submission (rename {name}?).",)


@pytest.mark.parametrize("name", ["main.py", "helpers.py", "test_nothing.py", "t.py"])
def test_a_file_of_another_name_is_not_taken_for_a_misnamed_one(tmp_path: Path, name: str) -> None:
    files = {**FILES, name: b""}
    del files["train.py"]
    assert taken(make_zip(tmp_path, files)).notes == ("train.py is not in the submission.",)


def test_an_empty_file_of_the_homework_is_named_and_an_empty_helper_is_not(tmp_path: Path) -> None:
    files = {**FILES, "train.py": b"\n\n", "__init__.py": b""}
    assert taken(make_zip(tmp_path, files)).notes == (
        "train.py is empty (blank lines only): save the file in your editor, and submit it again.",
    )


def test_a_file_under_its_right_name_is_never_offered_for_another(tmp_path: Path) -> None:
    path = make_zip(tmp_path, {"train.py": b"x = 1"})
    submission = take_in(path, tmp_path / "clean", wanted=("train", "trains"))
    assert submission.notes == ("trains.py is not in the submission.",)


@both
def test_an_empty_submission_is_taken_with_a_remark(tmp_path: Path, make: Maker) -> None:
    submission = taken(make(tmp_path, {}))
    assert submission.files == ()
    assert submission.notes == (
        "None of the homework's files is here: forward.py, train.py, updates.py.",
    )


def test_a_wholly_misnamed_submission_is_told_the_names(tmp_path: Path) -> None:
    submission = taken(make_zip(tmp_path, {"forward_final.py": b""}))
    assert submission.notes == (
        "forward.py is not in the submission (rename forward_final.py?).",
        "train.py is not in the submission.",
        "updates.py is not in the submission.",
    )


# ---- what is refused


def test_a_path_without_anything_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "nothing").startswith("there is no folder, zip or notebook at")


def test_a_notebook_without_cells_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "hw.ipynb").write_text("{}")
    assert "hw.ipynb is no notebook, it has no cells: open it" in refused(tmp_path / "hw.ipynb")


@pytest.mark.parametrize("data", [b"PK", b"\0" * 1000, b"nothing"])
def test_a_file_that_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "hw.zip").write_bytes(data)
    sentence = refused(tmp_path / "hw.zip")
    assert "is neither a folder nor a zip that can be read" in sentence
    assert sentence.endswith("zip the .py files again")


@posix_only
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is neither a folder nor a file" in refused(tmp_path / "pipe")
    assert "is neither a folder nor a file" in refused(Path("/dev/null"))


@both
@pytest.mark.parametrize("name", ["data.py", "forward.py"])
def test_a_huge_file_costs_itself(tmp_path: Path, make: Maker, name: str) -> None:
    rng = random.Random(0)
    largest = {**FILES, name: rng.randbytes(MAX_FILE_BYTES)}
    assert taken(make(tmp_path, largest)).notes == ()
    larger = {**FILES, name: rng.randbytes(MAX_FILE_BYTES + 1)}
    submission = taken(make(tmp_path, larger))
    assert set(submission.files) == {file.removesuffix(".py") for file in FILES if file != name}
    assert submission.notes == (
        f"{name} is larger than 1024 KiB: is it the right file? (it was left out).",
    )


@both
def test_too_many_files_are_refused(tmp_path: Path, make: Maker) -> None:
    files = {f"m{number}.py": b"" for number in range(MAX_FILES)}
    assert len(taken(make(tmp_path, files)).files) == MAX_FILES
    sentence = refused(make(tmp_path, {**files, "one_more.py": b""}))
    assert f"has {MAX_FILES + 1} Python files, more than {MAX_FILES}" in sentence


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    files = {f"{number}.txt": b"" for number in range(MAX_ENTRIES + 1)}
    assert f"has more than {MAX_ENTRIES} entries" in refused(make_zip(tmp_path, files))


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path, {"forward.py": b"1", "forwarx.py": b"2"})
    path.write_bytes(path.read_bytes().replace(b"forwarx", b"forward"))
    assert "has two files called forward.py" in refused(path)
    path = make_zip(tmp_path, {"forward.py": b"1", "./forward.py": b"2"})
    assert "has two files called forward.py" in refused(path)


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path, FILES)
    data = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + flags] |= 1
            place = data.find(mark, place + 1)
    path.write_bytes(data)
    assert "forward.py in the zip can't be read" in refused(path)
    assert "encrypted" in refused(path)


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path, {"forward.py": bytes(range(256)) * 40})
    data = bytearray(path.read_bytes())
    data[100] ^= 0xFF
    path.write_bytes(data)
    assert "forward.py in the zip can't be read" in refused(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_zip_damaged_anywhere_is_taken_or_refused(tmp_path: Path, method: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in FILES.items():
            archive.writestr(name, data * 20)
    rng = random.Random(0)
    whole = packed.getvalue()
    for attempt in range(400):
        damaged = bytearray(whole)
        for _ in range(rng.randint(1, 3)):
            damaged[rng.randrange(len(whole))] = rng.choice([0, 255, rng.randrange(256)])
        path = tmp_path / "hw.zip"
        path.write_bytes(damaged[: rng.choice([len(whole), rng.randrange(len(whole))])])
        try:
            submission = take_in(path, tmp_path / f"clean-{attempt}", wanted=WANTED)
        except IntakeError:
            continue
        assert all([(submission.folder / f"{name}.py").is_file() for name in submission.files])


# ---- what would lead out of the folder


@pytest.mark.parametrize(
    "folder",
    ["../", "a/../../", "/", "//", "..\\", "\\", "a/..\\../", "__MACOSX/", "a/.git/", "venv/lib/"],
)
def test_a_folder_that_leads_elsewhere_is_left_out(tmp_path: Path, folder: str) -> None:
    place = tmp_path / "place"
    place.mkdir()
    elsewhere = {f"{folder}{name}": b"# elsewhere" for name in FILES}
    path = make_zip(place, {"train.py": b"# train\n", **elsewhere})
    assert content(taken(path)) == {"train.py": b"# train\n"}
    assert sorted(os.listdir(place)) == ["clean", "hw.zip"]
    assert os.listdir(tmp_path) == ["place"]


@pytest.mark.parametrize(
    "name",
    [
        "C:forward.py",
        "forward.py:stream.py",
        "for*ward.py",
        "a\nb.py",
        "a\x1b[31mb.py",
        "a\u202eb.py",
        "x" * 300 + ".py",
        "ü" * 200 + ".py",
    ],
    ids=ascii,
)
def test_a_name_that_not_every_system_can_hold_is_left_out(tmp_path: Path, name: str) -> None:
    path = make_zip(tmp_path, {name: b"# elsewhere", "train.py": b"# train\n"})
    assert content(taken(path)) == {"train.py": b"# train\n"}
    assert sorted(os.listdir(tmp_path)) == ["clean", "hw.zip"]


def test_a_link_in_a_zip_is_left_out(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "hw.zip", "w") as archive:
        link = zipfile.ZipInfo("forward.py")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("train.py", b"# train\n")
    assert content(taken(tmp_path / "hw.zip")) == {"train.py": b"# train\n"}


@posix_only
def test_links_in_a_folder_are_left_out(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    for name in FILES:  # more than the folder itself has: it would count, if it were looked into
        (secret / name).write_text("# secret")
    folder = make_folder(tmp_path, {"train.py": b"# train\n"})
    (folder / "forward.py").symlink_to(secret / "forward.py")
    (folder / "updates.py").symlink_to("nowhere")
    (folder / "inner").symlink_to(secret)
    assert content(taken(folder)) == {"train.py": b"# train\n"}


@posix_only
def test_pipes_and_folders_with_a_modules_name_are_left_out(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, {"train.py": b"# train\n"})
    os.mkfifo(folder / "forward.py")
    (folder / "updates.py").mkdir()
    assert content(taken(folder)) == {"train.py": b"# train\n"}


def become_link(path: Path) -> None:
    path.symlink_to(path.parent / "train.py")


@posix_only
@pytest.mark.parametrize("become", [become_link, os.mkfifo, Path.unlink])
def test_a_file_that_becomes_something_else_meanwhile_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, become: Callable[[Path], object]
) -> None:
    folder = make_folder(tmp_path, FILES)

    def swap(*given: Any, **more: Any) -> Any:
        (folder / "forward.py").unlink()
        if become is not Path.unlink:
            become(folder / "forward.py")
        return choose(*given, **more)

    monkeypatch.setattr("autograder.intake.take_in.choose", swap)  # called once it is listed
    submission = taken(folder)
    assert "forward" not in submission.files
    assert submission.notes[0].startswith("forward.py ")
    assert submission.notes[0].endswith(" (it was left out).")


@posix_only
def test_a_name_that_is_no_text_is_left_out(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, FILES)
    try:
        os.close(os.open(os.fsencode(folder) + b"/\xff.py", os.O_CREAT | os.O_WRONLY))
    except OSError:
        pytest.skip("this system has no such names")
    assert content(taken(folder)) == FILES


def test_files_at_the_top_are_taken_though_a_folder_below_has_more(tmp_path: Path) -> None:
    hw = tmp_path / "hw"
    (hw / "template").mkdir(parents=True)
    (hw / "a.py").write_text("mine = 1\n")
    for name in ("a", "b"):
        (hw / "template" / f"{name}.py").write_text("stub = 1\n")
    taken = take_in(hw, tmp_path / "clean", wanted=("a", "b"))
    assert taken.files == ("a",)
    assert (taken.folder / "a.py").read_text() == "mine = 1\n"
    assert "The files at the top were taken, not those in template/." in taken.notes
