"""Where a report can't be written, or finds no room, that is said, and nothing is lost."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hit_runs import ALL, Laid, ended, workers
from quick import slow_after
from runs import KINDS, wait_until

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
    pytest.mark.usefixtures("answer_keys"),
]


# ---- no room


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mount file systems of some bytes, for root where that is allowed."""
    mounted: list[Path] = []

    def mount(size: str, *, options: str = "") -> Path:
        folder = tmp_path / f"disk-{len(mounted)}"
        folder.mkdir()
        words = ["mount", "-t", "tmpfs", "-o", f"size={size}{options}", "tmpfs", str(folder)]
        if os.geteuid() or subprocess.run(words, capture_output=True).returncode:
            pytest.skip("mounting a small file system takes root and the right to mount")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, *, leave: int = 0) -> None:
    """Write until nothing fits any more, then leave some room."""
    with (folder / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    os.truncate(folder / "filler", (folder / "filler").stat().st_size - leave)


def test_a_disk_that_is_too_small_keeps_the_last_report_that_fitted(
    lay: Laid, small_disk: Callable[..., Path]
) -> None:
    place = lay("grade")
    place.report.parent.rmdir()
    place.report.parent.symlink_to(small_disk("48k"))
    status, said = ended(place.start())
    assert status == 3
    assert "results.json can't be written: No space left on device; the report that is" in said
    assert "score 100 of 100" in said
    assert not place.results()["finished"]
    assert place.results()["checks"]
    assert os.listdir(place.report.parent) == [place.report.name]


@pytest.mark.slow
def test_a_gradescope_run_says_that_the_disk_is_full(
    lay: Laid, small_disk: Callable[..., Path]
) -> None:
    place = lay("gradescope")
    place.report.parent.rmdir()
    place.report.parent.symlink_to(small_disk("48k"))
    status, said = ended(place.start())
    assert status == 3
    assert "results.json can't be written: No space left on device" in said
    assert "score 100 of 100" in said
    assert not place.results()["finished"]


def test_a_disk_that_is_full_at_once_is_refused_before_anything_is_graded(
    lay: Laid, small_disk: Callable[..., Path]
) -> None:
    place = lay("grade")
    place.report.parent.rmdir()
    disk = small_disk("64k")
    fill(disk)
    place.report.parent.symlink_to(disk)
    status, said = ended(place.start())
    assert (status, "score" in said) == (2, False)
    assert said.endswith("results.json can't be written: No space left on device\n")


@pytest.mark.parametrize("kind", slow_after(1, KINDS))
def test_a_disk_that_fills_up_during_the_run_still_gets_the_whole_report(
    lay: Laid, small_disk: Callable[..., Path], kind: str
) -> None:
    place = lay(kind)
    place.report.parent.rmdir()
    disk = small_disk("2m")
    place.report.parent.symlink_to(disk)
    process = place.start()
    wait_until(lambda: place.report.exists() and workers(place), process)
    fill(disk)
    assert ended(process)[0] == 0
    assert place.results()["finished"]
    assert sorted(os.listdir(disk)) == ["filler", place.report.name]


def limited(file_bytes: int) -> Callable[[], None]:
    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

    return limit


@pytest.mark.parametrize("kind", slow_after(1, KINDS))
def test_a_limit_on_the_size_of_files_keeps_the_last_report_that_fitted(
    lay: Laid, kind: str
) -> None:
    place = lay(kind)
    status, said = ended(place.start(before=limited(20_000)))
    assert status == 3
    assert "results.json can't be written: File too large" in said
    assert "score 100 of 100" in said
    assert 0 < place.results()["score"] < ALL
    assert not place.results()["finished"]


def test_where_messages_do_not_fit_the_points_do(lay: Laid, root: Path) -> None:
    place = lay("grade", root / "tests" / "submissions" / "returns_none")
    assert ended(place.start())[0] == 0
    complete = json.loads(place.report.read_bytes())
    room = len(place.report.read_bytes()) - 1000
    status, said = ended(place.start(before=limited(room)))
    assert (status, "raised" in said or "got" in said) == (0, True)
    short = json.loads(place.report.read_bytes())
    assert short["finished"]
    assert short["score"] == complete["score"]
    assert short["notes"][-1] == (
        "The messages are left out, since there was no room for them: File too large."
    )
    assert {check["message"] for check in short["checks"]} == {""}


@pytest.mark.parametrize("kind", slow_after(1, KINDS))
def test_a_full_folder_for_temporary_files_is_said(
    lay: Laid, small_disk: Callable[..., Path], kind: str
) -> None:
    place = lay(kind)
    disk = small_disk("256k")
    fill(disk, leave=12 * 1024)
    status, said = ended(place.start(TMPDIR=str(disk)))
    assert status == 3
    assert "No space left on device" in said
    if kind == "grade":
        assert f"no room in the folder for temporary files, {disk}" in said
        assert "set TMPDIR to another folder" in said
    assert "The grader failed, not your code" in place.report.read_text()
    assert os.listdir(disk) == ["filler"]


# ---- places that can't be written to


@pytest.fixture
def read_only(tmp_path: Path, small_disk: Callable[..., Path]) -> Path:
    """A folder that no one writes to, root included."""
    if os.geteuid() == 0:
        return small_disk("64k", options=",ro")
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    return folder


@pytest.mark.parametrize(("kind", "expected"), [("grade", 2), ("gradescope", 3)])
def test_a_folder_that_is_read_only_is_refused_before_anything_is_graded(
    lay: Laid, read_only: Path, kind: str, expected: int
) -> None:
    place = lay(kind)
    place.report.parent.rmdir()
    place.report.parent.symlink_to(read_only)
    status, said = ended(place.start())
    assert status == expected
    assert "results.json can't be written: " in said
    assert "Traceback" not in said
    assert list(place.temporary.iterdir()) == []


@pytest.mark.parametrize(
    "make", slow_after(1, [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/null")])
)
@pytest.mark.parametrize(("kind", "expected"), [("grade", 2), ("gradescope", 3)])
def test_what_is_no_file_at_the_place_is_refused_and_stays(
    lay: Laid, kind: str, expected: int, make: Callable[[Path], None]
) -> None:
    place = lay(kind)
    make(place.report)
    before = os.lstat(place.report)
    status, said = ended(place.start())
    assert status == expected
    assert "not a file to write the report to" in said
    assert os.lstat(place.report).st_mode == before.st_mode


@pytest.mark.parametrize("target", slow_after(1, ["/etc/passwd", "nowhere"]))
@pytest.mark.parametrize("kind", slow_after(1, KINDS))
def test_a_link_at_the_place_is_replaced_and_never_followed(
    lay: Laid, kind: str, target: str
) -> None:
    place = lay(kind)
    place.report.symlink_to(target)
    before = Path("/etc/passwd").read_bytes()
    assert ended(place.start())[0] == 0
    assert not place.report.is_symlink()
    assert place.results()["score"] == ALL
    assert Path("/etc/passwd").read_bytes() == before
    assert os.listdir(place.report.parent) == [place.report.name]


def test_a_file_in_the_place_of_gradescopes_folder_is_said(lay: Laid) -> None:
    place = lay("gradescope")
    place.report.parent.rmdir()
    place.report.parent.write_text("")
    status, said = ended(place.start())
    assert (status, "Traceback" in said) == (3, False)
    assert "the results can't be written, so nothing was graded" in said


def test_a_folder_that_vanishes_during_the_run_costs_the_file_and_not_the_printed_report(
    lay: Laid,
) -> None:
    place = lay("grade")
    process = place.start()
    wait_until(place.report.exists, process)
    while place.report.parent.exists():  # a new version may come while it is removed
        shutil.rmtree(place.report.parent, ignore_errors=True)
    status, said = ended(process)
    assert status == 3
    assert "score 100 of 100" in said
    assert f"there is no folder {place.report.parent} to write results.json to" in said


@pytest.mark.parametrize("kind", slow_after(1, KINDS))
@pytest.mark.parametrize("unbuffered", slow_after(1, ["", "1"]))
def test_output_that_nobody_reads_costs_no_report(lay: Laid, kind: str, unbuffered: str) -> None:
    place = lay(kind)
    process = place.start(PYTHONUNBUFFERED=unbuffered)
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    assert place.results()["score"] == ALL
