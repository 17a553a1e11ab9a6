"""Each platform's export is recognized, from a folder and a zip, and nothing in it is lost."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import class_exports
import pytest
from class_exports import EXPORTS

from autograder.classroom.exports import read_class
from autograder.classroom.records import Submitted
from autograder.errors import UsageError

Place = Callable[[Path, Mapping[str, bytes]], Path]


def put_folder(place: Path, files: Mapping[str, bytes]) -> Path:
    return class_exports.write_folder(place / "export", files)


def put_zip(place: Path, files: Mapping[str, bytes]) -> Path:
    return class_exports.write_zip(place / "export.zip", files)


both = pytest.mark.parametrize("put", [put_folder, put_zip], ids=["folder", "zip"])


@pytest.fixture(autouse=True)
def in_chicago(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Some times have no zone: they are this machine's."""
    monkeypatch.setenv("TZ", "America/Chicago")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def describe(one: Submitted) -> str:
    """Return a submission's students, row, attempt, time and lateness on one line."""
    who = "+".join([student.id for student in one.students])
    late = {None: "", True: "late", False: "on time"}[one.late]
    at = one.submitted.isoformat() if one.submitted else ""
    return " | ".join([who, one.row, one.attempt, at, late]).rstrip(" |")


EXPECTED = {
    "gradescope": [
        "0012345 | 111222333 | 3 | 2026-04-26T17:34:00.861687+00:00",
        "333+cleo@example.edu | 111222334 | 1 | 2026-04-26T18:00:00+00:00",
        " | 111222335 | 1 | 2026-04-26T19:00:00+00:00",
    ],
    "canvas": [
        "1001 | 1001 |  |  | on time",
        "1002 | 1002 |  |  | late",
        "1003 | 1003 |  |  | on time",
        "1004 | 1004 |  |  | on time",
        "1005 | 1005 |  |  | on time",
        "1006 | 1006 |  |  | late",
        "1007 | 1007 |  |  | on time",
        " | anon_k3Lm4 |  |  | late",
        " | anon_x7Yz2 |  |  | on time",
    ],
    "moodle": [
        "77 | 77",
        "12345 | 12345",
        "12346 | 12346",
        "12347 | 12347",
        "12348 | 12348",
        "12349 | 12349",
        "Default group",
    ],
    "nbgrader": [
        "ada01 | ada01 |  | 2026-02-03T15:00:00+00:00",
        "bob02 | bob02 |  | 2026-02-03T23:59:59.123456+00:00",
    ],
    "blackboard": [
        "ada01 | ada01 | 2026-02-21-13-05-00 | 2026-02-21T13:05:00-06:00",
        "b_02 | b_02 | 2026-02-20-09-00-00 | 2026-02-20T09:00:00-06:00",
        "cleo | cleo | 2026-02-20-10-00-00 | 2026-02-20T10:00:00-06:00",
    ],
    "brightspace": [
        "397063 | 397063 | Sep 25, 2026 1201 AM | 2026-09-25T00:01:00-05:00",
        "397064 | 397064 | Sep 24, 2026 1200 PM | 2026-09-24T12:00:00-05:00",
    ],
    "github": ["0012345 | ada-ex", "0012346 | bobs", "guest-9 | guest-9"],
    "classroom50": ["ada-ex+cleo | ada-ex", "bobs | bobs"],
    "autolab": [
        "ada_x@example.edu | ada_x@example.edu | 10",
        "bob@example.edu | bob@example.edu | 1",
    ],
    "autograder.io": [
        "ada@x.edu+b_ob@x.edu |  |  | 2026-02-03T15:00:00+00:00",
        "cleo@x.edu |  |  | 2026-02-03T16:00:00.500000+00:00",
    ],
    "plain": ["ada01", "bob02", "cleo 03", "dan04"],
}
REMARKS = {
    "brightspace": (
        "Brightspace writes times without a zone: they are taken in this machine's (TZ=Area/City"
        " changes it).",
    ),
    "plain": ("Beside the submissions, and left out: roster.csv.",),
}
#: The earlier ones of several attempts.
PASSED_OVER = {"blackboard": ["ada01"], "brightspace": ["397063"], "autolab": ["ada_x@example.edu"]}


def test_every_platform_has_a_fixture() -> None:
    from autograder.classroom.exports.platforms import PLAIN, PLATFORMS

    assert {one.name for one in (*PLATFORMS, PLAIN)} == {*EXPORTS} == {*EXPECTED}


@both
@pytest.mark.parametrize("platform", EXPORTS)
def test_an_export_is_recognized_and_read(tmp_path: Path, put: Place, platform: str) -> None:
    found = read_class(put(tmp_path, EXPORTS[platform]()))
    assert found.platform == platform
    assert [describe(one) for one in found.submissions] == EXPECTED[platform]
    assert found.remarks == REMARKS.get(platform, ())
    assert [one.students[0].id for one in found.passed_over] == PASSED_OVER.get(platform, [])
    assert (found.double, found.unknown, found.missing) == ((), (), ())


@pytest.mark.parametrize("platform", EXPORTS)
def test_a_named_platform_reads_the_same(tmp_path: Path, platform: str) -> None:
    path = put_zip(tmp_path, EXPORTS[platform]())
    assert read_class(path, platform=platform) == read_class(path)


@pytest.mark.parametrize("platform", EXPORTS)
def test_a_folder_around_an_export_changes_nothing(tmp_path: Path, platform: str) -> None:
    files = EXPORTS[platform]()
    inside = {f"Downloads/hw 1/{path}": content for path, content in files.items()}
    found = read_class(put_zip(tmp_path, inside))
    (tmp_path / "export.zip").unlink()
    assert found.submissions == read_class(put_zip(tmp_path, files)).submissions


@both
@pytest.mark.parametrize("platform", EXPORTS)
def test_each_submission_has_its_own_files(tmp_path: Path, put: Place, platform: str) -> None:
    files = EXPORTS[platform]()
    count = 0
    for one in read_class(put(tmp_path, files)).submissions:
        assert (one.read is None) == bool(one.problem)
        if one.read is not None and not one.name.endswith((".ipynb", "updates-1.py")):
            content = one.read()
            (own,) = [path for path in content.files if "forward" in path]
            who = content.files[own].decode().strip("# \n")
            assert who in {one.row.removeprefix("anon_"), *[student.id for student in one.students]}
            assert content.remarks == ()
            count += 1
    assert count >= 2


def test_the_exchange_of_nbgrader_has_attempts(tmp_path: Path) -> None:
    path = put_folder(tmp_path, class_exports.inbound())
    last, first = read_class(path), read_class(path, count="first")
    assert last.platform == "nbgrader"
    assert [describe(one) for one in last.submissions] == [
        "ada01 | ada01 |  | 2026-02-04T08:00:00+00:00",
        "bob02 | bob02 |  | 2026-02-03T16:00:00+00:00",
    ]
    assert first.submissions[0] == last.passed_over[0]
    best = read_class(path, count="best")
    assert len(best.submissions) == 3
    assert best.passed_over == ()


def test_of_several_assignments_one_has_to_be_named(tmp_path: Path) -> None:
    more = {"submitted/ada01/hw2/forward.py": b"", "submitted/ada01/hw2/timestamp.txt": b""}
    path = put_folder(tmp_path, EXPORTS["nbgrader"]() | more)
    with pytest.raises(UsageError, match=r"several assignments \(hw1, hw2\).*--from nbgrader:hw1"):
        read_class(path)
    found = read_class(path, platform="nbgrader:hw1")
    assert [describe(one) for one in found.submissions] == EXPECTED["nbgrader"]


def test_where_two_platforms_fit_one_has_to_be_named(tmp_path: Path) -> None:
    files = EXPORTS["github"]() | EXPORTS["classroom50"]()
    path = put_folder(tmp_path, files)
    with pytest.raises(UsageError, match="--from github or --from classroom50"):
        read_class(path)
    assert read_class(path, platform="github").platform == "github"


def test_a_platform_that_does_not_fit_or_exist_is_refused(tmp_path: Path) -> None:
    path = put_zip(tmp_path, EXPORTS["canvas"]())
    with pytest.raises(UsageError, match="--from moodle"):
        read_class(path, platform="moodle")
    with pytest.raises(UsageError, match="write one of gradescope, canvas, moodle"):
        read_class(path, platform="webct")


def test_folders_with_hyphens_are_no_repositories_by_that_alone(tmp_path: Path) -> None:
    path = put_folder(tmp_path, {f"student-{n}/forward.py": b"" for n in range(3)})
    found = read_class(path)
    assert found.platform == "plain"
    assert [one.name for one in found.submissions] == ["student-0", "student-1", "student-2"]
    named = read_class(path, platform="github")
    assert [one.row for one in named.submissions] == ["0", "1", "2"]


def test_the_folder_of_one_student_is_spoken_of(tmp_path: Path) -> None:
    path = put_folder(tmp_path, {"forward.py": b"", "train.py": b""})
    assert "Each .py file of" in read_class(path).remarks[0]
    assert read_class(tmp_path).remarks == ()
