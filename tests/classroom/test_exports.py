"""Each platform's export is recognized, from a folder and a zip, and nothing in it is lost."""

from collections.abc import Callable, Mapping
from pathlib import Path

import class_exports
import pytest

from autograder.classroom.exports import read_class
from autograder.classroom.records import Submitted

Place = Callable[[Path, Mapping[str, bytes]], Path]


def put_folder(place: Path, files: Mapping[str, bytes]) -> Path:
    return class_exports.write_folder(place / "export", files)


def put_zip(place: Path, files: Mapping[str, bytes]) -> Path:
    return class_exports.write_zip(place / "export.zip", files)


both = pytest.mark.parametrize("put", [put_folder, put_zip], ids=["folder", "zip"])


def describe(one: Submitted) -> str:
    """Return a submission's students, attempt, time and lateness on one line."""
    who = "+".join([student.id for student in one.students])
    late = {None: "", True: "late", False: "on time"}[one.late]
    at = one.submitted.isoformat() if one.submitted else ""
    return " | ".join([who, one.row, one.attempt, at, late]).strip(" |")


def whose(one: Submitted) -> set[str]:
    """Return who by their content wrote the files of the homework."""
    assert one.read is not None
    files = one.read().files
    return {
        files[path].decode().strip("# \n")
        for path in files
        if path.endswith(("forward.py", "1.py"))
    }


EXPECTED = {
    "gradescope": [
        "0012345 | 111222333 | 3 | 2026-04-26T17:34:00.861687+00:00",
        "333+cleo@example.edu | 111222334 | 1 | 2026-04-26T18:00:00+00:00",
        "111222335 | 1 | 2026-04-26T19:00:00+00:00",
    ],
    "canvas": [
        "anon_k3Lm4 |  |  | late",
        "anon_x7Yz2 |  |  | on time",
        "1001 | 1001 |  |  | on time",
        "1002 | 1002 |  |  | late",
        "1003 | 1003 |  |  | on time",
        "1004 | 1004 |  |  | on time",
        "1005 | 1005 |  |  | on time",
        "1006 | 1006 |  |  | late",
        "1007 | 1007 |  |  | on time",
    ],
    "moodle": [
        "Default group",
        "77 | 77",
        "12345 | 12345",
        "12346 | 12346",
        "12347 | 12347",
        "12348 | 12348",
        "12349 | 12349",
    ],
}


@both
@pytest.mark.parametrize("platform", EXPECTED)
def test_an_export_is_recognized_and_read(tmp_path: Path, put: Place, platform: str) -> None:
    found = read_class(put(tmp_path, class_exports.EXPORTS[platform]()))
    assert found.platform == platform
    assert found.remarks == ()
    assert [describe(one) for one in found.submissions] == EXPECTED[platform]


@both
@pytest.mark.parametrize("platform", EXPECTED)
def test_each_submission_has_its_own_files(tmp_path: Path, put: Place, platform: str) -> None:
    found = read_class(put(tmp_path, class_exports.EXPORTS[platform]()))
    for one in found.submissions:
        assert (one.read is None) == bool(one.problem)
        if one.read is not None:
            (who,) = whose(one)
            assert who in {one.name, one.row, *[s.id for s in one.students]} or who in one.name
