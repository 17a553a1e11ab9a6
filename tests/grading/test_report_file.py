"""The report on disk is whole at every moment, and goes nowhere that it should not."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.core.records import Report
from autograder.errors import GraderError, UsageError
from autograder.grading.progress import RESERVED_BYTES, ReportFile, ReportFiles
from autograder.outputs.report_json import to_json

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def report(note: str) -> Report:
    return Report((), 100_00, {}, is_finished=False, notes=(note,))


def rendered(report: Report) -> bytes:
    return "".join(report.notes).encode()


def test_each_report_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    file = ReportFile(tmp_path / "report.json", rendered)
    for note in ("a first one that is long", "second", "third"):
        file.write(report(note))
        assert (tmp_path / "report.json").read_text() == note
    assert os.listdir(tmp_path) == ["report.json"]


def test_what_a_reader_has_open_stays_whole(tmp_path: Path) -> None:
    file = ReportFile(tmp_path / "report.json", rendered)
    file.write(report("first"))
    with (tmp_path / "report.json").open("rb") as reader:
        file.write(report("second"))
        assert reader.read() == b"first"


def test_a_report_that_cannot_be_rendered_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    ReportFile(path, to_json).write(report("first"))
    before = path.read_bytes()

    def broken(_: Report) -> bytes:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ReportFile(path, broken).write(report("second"))
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["report.json"]


def test_a_write_that_fails_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = ReportFile(tmp_path / "report.json", rendered)
    file.write(report("first"))

    monkeypatch.setattr(os, "replace", no_room)
    sentence = (
        "report.json can't be written: No space left on device;"
        " the report that is there says how far it came"
    )
    with pytest.raises(GraderError, match=re.escape(sentence)):
        file.write(report("second"))
    assert (tmp_path / "report.json").read_text() == "first"
    assert os.listdir(tmp_path) == ["report.json"]


def test_everybody_may_read_the_report(tmp_path: Path) -> None:
    ReportFile(tmp_path / "report.json", rendered).write(report("first"))
    assert (tmp_path / "report.json").stat().st_mode & 0o444 == 0o444


def finished(note: str) -> Report:
    return Report((), 100_00, {}, is_finished=True, notes=(note,))


def test_only_a_finished_report_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    file = ReportFile(tmp_path / "report.json", rendered)
    for note in ("first", "second"):
        file.write(report(note))
    assert synced == []
    file.write(finished("third"))
    assert len(synced) == 1


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    kept = [".report.json.bak", ".report.json.12345678", ".other.json.abcdefgh.part", "report.json"]
    for name in [*kept, ".report.json.abcdefgh.part", ".report.json.a_345678.part"]:
        (tmp_path / name).write_text("")
    ReportFile(tmp_path / "report.json", rendered).write(report("first"))
    assert sorted(os.listdir(tmp_path)) == sorted(kept)


def test_a_report_on_the_way_that_cannot_be_written_is_no_reason_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = ReportFile(tmp_path / "report.json", rendered)
    file.write(report("first"))
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", no_room)
        file.keep(report("second"))
    assert (tmp_path / "report.json").read_text() == "first"
    file.keep(report("third"))
    assert (tmp_path / "report.json").read_text() == "third"


def no_room(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="this system can't set room aside")
def test_room_is_set_aside_under_no_name_until_the_report_is_finished(tmp_path: Path) -> None:
    def room() -> list[int]:
        sizes = []
        for descriptor in range(3, 256):
            try:
                sizes.append(os.fstat(descriptor).st_size)
            except OSError:
                continue
        return [size for size in sizes if size == RESERVED_BYTES]

    before = len(room())
    file = ReportFile(tmp_path / "report.json", rendered)
    file.write(report("first"))
    assert len(room()) == before + 1
    assert os.listdir(tmp_path) == ["report.json"]
    file.write(finished("second"))
    assert len(room()) == before


# ---- places that are wrong


def refused(path: Path) -> str:
    """Return the sentence with which the place is refused."""
    with pytest.raises(UsageError) as caught:
        ReportFile(path, rendered).write(report("first"))
    return str(caught.value)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "missing"
    sentence = refused(folder / "report.json")
    assert sentence == f"there is no folder {folder} to write report.json to"
    assert not folder.exists()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "there is no folder" in refused(tmp_path / "file" / "report.json")


def test_a_folder_at_the_path_is_refused(tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()
    assert refused(tmp_path / "report.json").endswith(
        "is a folder, not a file to write the report to"
    )
    assert os.listdir(tmp_path / "report.json") == []


@posix_only
def test_a_link_to_a_folder_at_the_path_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "report.json").symlink_to(tmp_path / "folder")
    assert "is a folder" in refused(tmp_path / "report.json")


@posix_only
def test_a_device_or_pipe_at_the_path_is_refused_and_stays(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is a device or a pipe" in refused(tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()
    (tmp_path / "null").symlink_to("/dev/null")
    assert "is a device or a pipe" in refused(tmp_path / "null")
    assert Path("/dev/null").is_char_device()


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    assert "can't be written: File name too long" in refused(tmp_path / ("r" * 300))


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    assert "can't be written: Permission denied" in refused(folder / "report.json")
    folder.chmod(0)
    assert "can't be written: Permission denied" in refused(folder / "report.json")


def test_a_refusal_by_the_system_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_dir", locked)
    assert refused(tmp_path / "report.json").endswith("can't be written: Permission denied")


# ---- what lies in wait at the path


@posix_only
def test_a_link_at_the_path_is_replaced_and_its_target_stays(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("theirs")
    (tmp_path / "report.json").symlink_to(tmp_path / "target")
    ReportFile(tmp_path / "report.json", rendered).write(report("ours"))
    assert not (tmp_path / "report.json").is_symlink()
    assert (tmp_path / "report.json").read_text() == "ours"
    assert (tmp_path / "target").read_text() == "theirs"


@posix_only
def test_a_dangling_link_at_the_path_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "report.json").symlink_to(tmp_path / "nowhere")
    ReportFile(tmp_path / "report.json", rendered).write(report("ours"))
    assert not (tmp_path / "report.json").is_symlink()
    assert (tmp_path / "report.json").read_text() == "ours"
    assert not (tmp_path / "nowhere").exists()


@posix_only
def test_a_link_to_itself_at_the_path_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "report.json").symlink_to(tmp_path / "report.json")
    ReportFile(tmp_path / "report.json", rendered).write(report("ours"))
    assert (tmp_path / "report.json").read_text() == "ours"


@posix_only
def test_an_unreadable_file_at_the_path_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("theirs")
    (tmp_path / "report.json").chmod(0)
    ReportFile(tmp_path / "report.json", rendered).write(report("ours"))
    assert (tmp_path / "report.json").read_text() == "ours"


# ---- two files of one report


def test_two_files_get_the_same_report(tmp_path: Path) -> None:
    files = ReportFiles([ReportFile(tmp_path / name, rendered) for name in ("json", "html")])
    files.write(report("first"))
    files.keep(report("second"))
    assert [(tmp_path / name).read_text() for name in ("json", "html")] == ["second", "second"]


def test_a_wrong_place_of_the_second_file_is_the_callers_mistake(tmp_path: Path) -> None:
    places = (tmp_path / "json", tmp_path / "nowhere" / "html")
    with pytest.raises(UsageError, match="there is no folder"):
        ReportFiles([ReportFile(place, rendered) for place in places]).write(report("first"))


def test_a_file_that_cannot_be_written_keeps_no_other_from_being_so(
    tmp_path: Path,
) -> None:
    lost, kept = (ReportFile(tmp_path / name, rendered) for name in ("json", "html"))
    files = ReportFiles([lost, kept])
    files.write(report("first"))
    (tmp_path / "json").unlink()
    (tmp_path / "json").mkdir()
    files.keep(report("second"))
    with pytest.raises(GraderError, match="is a folder"):
        files.write(report("third"))
    assert (tmp_path / "html").read_text() == "third"


@pytest.mark.parametrize("flag", ["--json", "--html"])
@pytest.mark.parametrize("name", ["forward.py", "work.ipynb", "discussion.md"])
def test_a_report_takes_the_place_of_nobodys_work(
    command: Callable[..., Any], tmp_path: Path, flag: str, name: str
) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    done = command("grade", "solution", flag, tmp_path / name)
    assert done.returncode == 2
    assert "would be overwritten" in done.stderr
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"
