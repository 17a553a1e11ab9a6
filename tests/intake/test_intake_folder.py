"""A folder is read without following a link, however it changes, and within bounds."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from taken_in import FILES, content, taken

from autograder.errors import IntakeError
from autograder.intake import folder
from autograder.intake.listing import (
    FOLDER,
    LINK,
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_FILE_BYTES,
    NOT_REGULAR,
)
from autograder.intake.which_folder import choose

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def hw(tmp_path: Path) -> Path:
    """A homework that is complete."""
    place = tmp_path / "hw"
    place.mkdir()
    for name, data in FILES.items():
        (place / name).write_bytes(data)
    return place


def refused(path: Path) -> str:
    with pytest.raises(IntakeError) as caught:
        taken(path)
    return str(caught.value).replace(f"{path.parent}/", "")


# ---- how much


@pytest.fixture
def few_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a flood be ten entries, not thousands."""
    assert folder.MAX_ENTRIES == MAX_ENTRIES == 5000
    monkeypatch.setattr(folder, "MAX_ENTRIES", 10)


def flood(place: Path, number: int) -> None:
    place.mkdir(exist_ok=True)
    for name in range(number):
        (place / f"{name}.txt").touch()


@pytest.mark.usefixtures("few_entries")
def test_a_folder_with_a_flood_of_files_is_refused(hw: Path) -> None:
    flood(hw, 7)
    assert taken(hw).notes == ()
    flood(hw, 8)
    assert refused(hw) == (
        "hw has more than 10 files and folders: give a folder with the .py files only"
    )


@pytest.mark.usefixtures("few_entries")
def test_a_flood_of_files_in_a_folder_beside_the_homework_costs_nothing(hw: Path) -> None:
    flood(hw / "data", 7)
    submission = taken(hw)
    assert content(submission) == FILES
    assert submission.notes == (
        "data was left out: with it there are more than 10 files and folders.",
    )


@pytest.mark.usefixtures("few_entries")
def test_no_more_entries_are_listed_than_are_allowed(
    hw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    scan = os.scandir

    @contextmanager
    def counting(place: int) -> Iterator[Iterator[object]]:
        with scan(place) as entries:
            yield (seen.append(entry.name) or entry for entry in entries)  # type: ignore[func-returns-value]

    monkeypatch.setattr(os, "scandir", counting)
    flood(hw, 500)
    assert "has more than 10 files" in refused(hw)
    assert len(seen) == 11


def test_folders_are_looked_into_down_to_a_depth(tmp_path: Path) -> None:
    place = tmp_path / "hw"
    inner = place.joinpath(*["d"] * MAX_DEPTH)
    (inner / "d").mkdir(parents=True)
    (inner / "train.py").write_bytes(b"# train\n")
    (inner / "d" / "forward.py").write_bytes(b"# too deep\n")
    submission = taken(place)
    assert content(submission) == {"train.py": b"# train\n"}
    deeper = "/".join(["d"] * (MAX_DEPTH + 1))
    assert submission.notes[-1] == f"{deeper} was left out: it is in more than 8 folders."


def test_a_folder_nested_very_deep_does_no_harm(hw: Path) -> None:
    place = os.open(hw, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d", dir_fd=place)
        inner = os.open("d", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)
    assert content(taken(hw)) == FILES


def test_a_file_that_grows_without_end_is_cut(hw: Path) -> None:
    with (hw / "forward.py").open("r+b") as file:
        file.truncate(2**40)
    submission = taken(hw)
    assert "forward" not in submission.files
    sentence = "forward.py is larger than 1024 KiB: is it the right file? (it was left out)."
    assert submission.notes == (sentence,)
    assert MAX_FILE_BYTES == 2**20


# ---- what is no file


def test_links_are_named(hw: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("# secret\n")
    (hw / "forward.py").unlink()
    (hw / "forward.py").symlink_to(tmp_path / "secret.py")
    (hw / "elsewhere").symlink_to(tmp_path)
    (hw / "picture.png").symlink_to("nowhere")
    submission = taken(hw)
    assert content(submission) == {name: FILES[name] for name in ("train.py", "updates.py")}
    assert submission.notes == (
        f"elsewhere was left out: {LINK}.",
        f"forward.py was left out: {LINK}.",
    )


def test_pipes_and_sockets_are_named(hw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(hw / "pipe.py")
    monkeypatch.chdir(hw)  # a socket's whole path may have a hundred characters only
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("socket.py")
    submission = taken(hw)
    assert content(submission) == FILES
    assert submission.notes == (
        f"pipe.py was left out: {NOT_REGULAR}.",
        f"socket.py was left out: {NOT_REGULAR}.",
    )


@pytest.mark.skipif(not hasattr(os, "mknod") or os.geteuid() != 0, reason="only root makes devices")
def test_devices_are_named(hw: Path) -> None:
    os.mknod(hw / "zero.py", 0o20666, os.makedev(1, 5))
    assert taken(hw).notes == (f"zero.py was left out: {NOT_REGULAR}.",)


def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert refused(tmp_path / "a") == "a can't be read: Too many levels of symbolic links"


def test_a_link_to_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("nothing")
    assert refused(tmp_path / "a") == "there is no folder, zip or notebook at a: check the path"


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b", "hw/forward.py/x"], ids=ascii)
def test_a_path_that_can_be_none_is_a_sentence(hw: Path, name: str) -> None:
    sentence = refused(hw.parent / name)
    assert sentence.isprintable()
    assert len(sentence) < 300


# ---- what can't be read


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be a user whom files can be closed to."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that every user may look into."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o777)
        yield Path(place)


def test_a_folder_under_a_files_name_is_named(hw: Path) -> None:
    (hw / "forward.py").unlink()
    (hw / "forward.py").mkdir()
    submission = taken(hw)
    assert submission.files == ("train", "updates")
    assert submission.notes == (f"forward.py was left out: {FOLDER}.",)


def test_an_unreadable_file_costs_itself(open_place: Path) -> None:
    (open_place / "hw").mkdir()
    (open_place / "hw" / "forward.py").touch(0o000)
    (open_place / "hw" / "train.py").touch()
    with unprivileged():
        submission = taken(open_place / "hw")
    assert submission.files == ("train",)
    assert submission.notes[0] == "forward.py can't be read: Permission denied (it was left out)."


def test_an_unreadable_folder_inside_costs_itself(open_place: Path) -> None:
    (open_place / "hw" / "inner").mkdir(parents=True)
    (open_place / "hw" / "train.py").touch()
    (open_place / "hw" / "inner").chmod(0o000)
    with unprivileged():
        submission = taken(open_place / "hw")
    assert submission.files == ("train",)
    assert submission.notes[-1] == "inner was left out: it can't be read: Permission denied."


def test_an_unreadable_folder_is_refused(open_place: Path) -> None:
    (open_place / "hw").mkdir()
    (open_place / "hw").chmod(0o000)
    with unprivileged():
        assert refused(open_place / "hw") == "hw can't be read: Permission denied"
    (open_place / "hw").chmod(0o700)


def test_an_unreadable_zip_is_named(open_place: Path) -> None:
    (open_place / "hw.zip").touch(0o000)
    with unprivileged():
        assert refused(open_place / "hw.zip") == "hw.zip can't be read: Permission denied"


@pytest.mark.parametrize("call", ["scandir", "open"])
def test_a_disk_that_fails_is_a_sentence(
    hw: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, call, fail)
    assert refused(hw) == "hw can't be read: Input/output error"


# ---- what changes meanwhile


def become_link(path: Path) -> None:
    path.symlink_to(path.parent.parent / "secret")


@pytest.mark.parametrize("become", [become_link, os.mkfifo, Path.mkdir, lambda _: None])
@pytest.mark.parametrize("name", ["inner", "inner/forward.py"])
def test_what_becomes_something_else_meanwhile_is_left_out(
    hw: Path, monkeypatch: pytest.MonkeyPatch, become: Callable[[Path], object], name: str
) -> None:
    for file in list(hw.iterdir()):
        file.unlink()
    (hw / "inner").mkdir()
    secret = hw.parent / "secret"
    for place in (hw / "inner", secret):
        place.mkdir(exist_ok=True)
        (place / "forward.py").write_text("# secret\n")

    def swap(*given: Any, **more: Any) -> Any:  # called once the folder is listed
        (hw / name).rename(hw.parent / "moved")
        become(hw / name)
        return choose(*given, **more)

    monkeypatch.setattr("autograder.intake.take_in.choose", swap)
    submission = taken(hw)
    assert content(submission) == {}
    assert submission.notes[0].startswith("inner/forward.py ")


def test_the_folder_itself_may_be_moved_meanwhile(
    hw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def move(*given: Any, **more: Any) -> Any:
        hw.rename(hw.parent / "moved")
        return choose(*given, **more)

    monkeypatch.setattr("autograder.intake.take_in.choose", move)
    assert content(taken(hw)) == FILES


def test_nothing_is_left_open(hw: Path) -> None:
    if not os.path.isdir("/dev/fd"):
        pytest.skip("this system does not list what is open")
    (hw / "inner").mkdir()
    (hw / "more.py").symlink_to("nowhere")
    before = len(os.listdir("/dev/fd"))
    taken(hw)
    (hw / "forward.py").write_bytes(bytes(MAX_FILE_BYTES + 1))
    shutil.rmtree(hw.parent / "clean")
    assert taken(hw).notes
    assert len(os.listdir("/dev/fd")) == before


# ---- systems without descriptors of folders

#: What Windows' ``os`` lacks, taken away before anything is loaded.
WITHOUT_DESCRIPTORS = """
import os, sys
from pathlib import Path
for name in ("O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK"):
    if hasattr(os, name):
        delattr(os, name)
os.supports_dir_fd = os.supports_fd = frozenset()
from autograder.intake.take_in import take_in
taken = take_in(Path(sys.argv[1]), Path(sys.argv[2]), wanted=("forward", "train"))
print(taken.files, (taken.folder / "train.py").read_text(), taken.notes)
"""


def test_a_folder_is_taken_where_it_cannot_be_opened(tmp_path: Path) -> None:
    inside = tmp_path / "submitted" / "hw"
    inside.mkdir(parents=True)
    (inside / "forward.py").write_text("# forward")
    (inside / "train.py").write_text("# train")
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_DESCRIPTORS, tmp_path / "submitted", tmp_path / "clean"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.stdout == "('forward', 'train') # train ()\n", done.stderr
