"""Whatever lies in an export: it is read, and counted, or a sentence says why not."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from class_exports import EXPORTS, pack
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.classroom.exports import COUNTS, Class, read_class
from autograder.classroom.exports.metadata import read_metadata
from autograder.classroom.exports.tables import defuse, parse_table, write_table
from autograder.classroom.exports.times import parse_time
from autograder.classroom.records import UnreadableError
from autograder.errors import UsageError

#: Real names of each platform, and pieces of them, to be put together in any way.
PATHS = sorted({path for build in EXPORTS.values() for path in build()})
PIECES = [
    *["LATE_", "anon_", "_1001_", "_55001_", "_assignsubmission_file", "_assignsubmission_", "-1"],
    *["submission_", "_attempt_2026-02-20-00-35-07", "_text.html", "+hw1+2026-02-03 15:00:00 UTC"],
    *["ada", "Bob Sample", "\u00e9", "\u793a", "=cmd()", "..", "/", "forward.py", ".zip", ".ipynb"],
    *[
        "submission_metadata.yml",
        "students.csv",
        "scores.json",
        "timestamp.txt",
        "__MACOSX",
        ".git/",
    ],
    *["\u202e", "\n", " - Sep 24, 2026 926 PM", "1-2 - ", "@x.edu", "-2026-02-03T15:00:00Z", "\\"],
]
paths = st.one_of(
    st.sampled_from(PATHS),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20
    ),
)
contents = st.one_of(
    st.binary(max_size=40),
    st.just(pack({"hw/forward.py": b"x = 1\n"})),
    st.sampled_from([content for build in EXPORTS.values() for content in build().values()]),
)
quick = settings(max_examples=60, deadline=None)


def read_whole(place: Path, files: dict[str, bytes], **options: str) -> Class | None:
    """Read an export and everything in it; None where it is refused in a sentence."""
    (place / "export.zip").write_bytes(pack(files))
    try:
        found = read_class(place / "export.zip", **options)  # type: ignore[arg-type]
    except UsageError as error:
        return assert_one_line(str(error))
    for remark in found.remarks:
        assert_one_line(remark)
    for one in (*found.submissions, *found.passed_over):
        assert (one.read is None) == bool(one.problem)
        if one.read is None:
            continue
        try:
            content = one.read()
        except UnreadableError as error:
            assert_one_line(str(error))
            continue
        for path in content.files:
            write(place / "out", path)
    return found


def assert_one_line(sentence: str, *, start: str = "") -> None:
    assert sentence.startswith(start)
    assert sentence
    assert "\n" not in sentence


def write(place: Path, path: str) -> None:
    """Tell that a path stays inside a folder, and that a system takes it."""
    assert path
    assert ".." not in path.split("/")
    target = place / path
    assert target.resolve().is_relative_to(place.resolve())


@quick
@given(st.dictionaries(paths, contents, max_size=8), st.sampled_from(COUNTS))
def test_any_files_are_a_class_or_a_sentence(files: dict[str, bytes], count: str) -> None:
    with TemporaryDirectory() as place:
        found = read_whole(Path(place), files, count=count)
    if found is not None:
        students = [student.id for one in found.submissions for student in one.students]
        assert all(students)
        if count != "best":
            assert len({*students}) == len(students)
        assert found == found


@quick
@given(st.sampled_from([*EXPORTS]), st.sampled_from([*EXPORTS]), st.data())
def test_a_part_of_an_export_is_a_smaller_class(
    platform: str, other: str, data: st.DataObject
) -> None:
    files = EXPORTS[platform]()
    kept = data.draw(st.sets(st.sampled_from(sorted(files)), min_size=1))
    part = {path: content for path, content in files.items() if path in kept}
    with TemporaryDirectory() as place:
        whole = read_whole(Path(place), files)
        found = read_whole(Path(place), part, platform=other)
        again = read_whole(Path(place), part, platform=platform)
    assert whole is not None
    known = {one.name for one in (*whole.submissions, *whole.passed_over)}
    if again is not None and platform not in ("canvas", "moodle", "gradescope"):
        # Of these three a submission has the name of its first file, or is in a list.
        assert {one.name for one in again.submissions} <= known
    assert found is None or found.platform == other


# ---- times


zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@quick
@given(st.datetimes(timezones=zones))
def test_a_time_is_read_as_it_is_written(time: datetime) -> None:
    for text in (time.isoformat(), time.strftime("%Y-%m-%d %H:%M:%S.%f %z")):
        if time.year > 999:
            assert parse_time(text) == time
    assert parse_time(f"{time:%Y-%m-%d %H:%M:%S}.123456789", without_zone=timezone.utc) == (
        time.replace(tzinfo=timezone.utc, microsecond=123456) if time.year > 999 else None
    ) or time.year <= 999  # fmt: skip


@given(st.text(max_size=100))
@example("2026-13-45 99:99:99")
@example("Sep 24, 2026 1360 PM")
@example("0001-01-01 00:00:00")
@example("9999-12-31 23:59:59")
def test_any_text_is_a_time_or_none(text: str) -> None:
    found = parse_time(text)
    assert found is None or found.tzinfo is not None


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-06-25 13:16:26 -0600", "2026-06-25T13:16:26-06:00"),
        ("2026-02-03 15:00:00.000000 UTC", "2026-02-03T15:00:00+00:00"),
        ("Friday, February 20, 2026 12:35:07 AM CST", "2026-02-20T00:35:07-06:00"),
        ("Sep 24, 2026 926 PM", "2026-09-24T21:26:00+00:00"),
        ("Sep 4, 2026 1201 AM", "2026-09-04T00:01:00+00:00"),
        ("2026-02-20-00-35-07", "2026-02-20T00:35:07+00:00"),
        ("2026-04-26 17:34:00.861687000 Z", "2026-04-26T17:34:00.861687+00:00"),
        ("2026-02-20 10:00:00 XYZ", "2026-02-20T10:00:00+00:00"),
    ],
)
def test_the_platforms_times_are_read(text: str, time: str) -> None:
    found = parse_time(text, without_zone=timezone.utc)
    assert found is not None
    assert found.isoformat() == time


# ---- tables and metadata


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)


@quick
@given(
    st.lists(st.lists(cells, min_size=2, max_size=2), min_size=1, max_size=5),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le"]),
)
def test_a_table_that_was_read_is_written_as_it_was(
    rows: list[list[str]], delimiter: str, encoding: str
) -> None:
    header = ["id", "name", "email"]
    body = [["1", *row] for row in rows]
    lines = [header, *body]
    marks = {"utf-8": b"", "utf-8-sig": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe"}
    text = "\n".join([delimiter.join([quote(cell) for cell in line]) for line in lines]) + "\n"
    data = marks[encoding] + text.encode(encoding.removesuffix("-sig"))
    table = parse_table("a.csv", data)
    assert table.delimiter == delimiter
    assert table.rows == tuple(map(tuple, lines))
    assert parse_table("a.csv", write_table(table)) == table


def quote(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_sentence(data: bytes) -> None:
    try:
        table = parse_table("a.csv", data)
    except UsageError as error:
        assert_one_line(str(error), start="a.csv ")
    else:
        assert table.rows


@given(st.text(max_size=10))
def test_no_cell_that_is_defused_begins_a_formula_unless_it_is_a_number(cell: str) -> None:
    found = defuse(cell)
    assert found in (cell, f"'{cell}")
    is_formula = found[:1] in ("=", "+", "-", "@", "\t", "\r") and len(found) > 1
    assert not is_formula or float(found.replace(",", ".")) is not None


YAML = [
    *["submission_1:\n", "  :submitters:\n", "  - :name: x\n", "    :sid: 1\n", "  :history: []\n"],
    *[
        "  :results:\n",
        "    output: |\n      y\n",
        "&a ",
        "*a\n",
        "{",
        "}",
        "[",
        "]",
        ": ",
        "- ",
        "\n",
    ],
    *[
        "  :created_at: 2026-04-26 17:34:00\n",
        "? ",
        "!!python/object:os.system ",
        "'",
        '"',
        "#",
        "%",
    ],
]


@quick
@given(st.lists(st.sampled_from(YAML), max_size=25).map("".join))
def test_any_metadata_is_read_or_refused(text: str) -> None:
    with TemporaryDirectory() as place:
        path = Path(place) / "m.yml"
        path.write_text(text, encoding="utf-8")
        with path.open("rb") as handle:
            try:
                entries = [*read_metadata(handle, "m.yml")]
            except UsageError as error:
                assert_one_line(str(error), start="m.yml ")
            else:
                assert all([isinstance(entry.folder, str) for entry in entries])
