"""A roster of any platform says who is missing, unknown or there twice; attempts are counted."""

from pathlib import Path

import pytest
from class_exports import EXPORTS, mark, write_folder

from autograder.classroom.exports import Class, read_class
from autograder.classroom.records import Student
from autograder.errors import UsageError


def graded(place: Path, files: dict[str, bytes], roster: str | bytes, **options: str) -> Class:
    path = write_folder(place / "export", files)
    data = roster if isinstance(roster, bytes) else roster.encode()
    (place / "roster.csv").write_bytes(data)
    return read_class(path, roster=place / "roster.csv", **options)  # type: ignore[arg-type]


def students(found: Class) -> list[str]:
    return [student.id for one in found.submissions for student in one.students]


FOLDERS = {f"{who}/forward.py": mark(who) for who in ("0012345", "bob02", "zoe99")}
OURS = "id,name,email,section\n0012345,Ada Example,ada@example.edu,A\nbob02,,,\ncleo,Cleo,,B\n"


def test_missing_and_unknown_students_are_listed(tmp_path: Path) -> None:
    found = graded(tmp_path, FOLDERS, OURS)
    assert found.missing == (Student("cleo", "Cleo"),)
    assert found.unknown == (Student("zoe99"),)
    assert found.submissions[0].students == (Student("0012345", "Ada Example", "ada@example.edu"),)
    assert students(found) == ["0012345", "bob02", "zoe99"]


@pytest.mark.parametrize(
    "data",
    [
        OURS.encode("utf-8-sig"),
        OURS.replace(",", ";").encode(),
        OURS.replace(",", "\t").encode(),
        b"\xff\xfe" + OURS.replace(",", "\t").encode("utf-16-le"),
        b"\xfe\xff" + OURS.encode("utf-16-be"),
        OURS.replace("\n", "\r\n").encode(),
        OURS.replace(",", ";").replace("Ada", "Zo\u00eb").encode("cp1252"),
        OURS.replace("id,name", "ID, Name ").encode(),
    ],
    ids=["bom", "semicolons", "tabs", "utf-16", "utf-16-be", "crlf", "cp1252", "capitals"],
)
def test_a_roster_may_be_saved_by_any_spreadsheet(tmp_path: Path, data: bytes) -> None:
    found = graded(tmp_path, FOLDERS, data)
    assert [student.id for student in found.missing] == ["cleo"]
    assert found.submissions[0].students[0].email == "ada@example.edu"
    assert found.submissions[0].students[0].name in ("Ada Example", "Zo\u00eb Example")


ROSTERS = {
    "gradescope": (
        "First Name,Last Name,SID,Email,Role,Section\n"
        "Ada,Example,0012345,ada@example.edu,Student,A\nBob,Sample,333,bob@example.edu,Student,A\n"
        "Cleo,Muster,77,CLEO@example.edu,Student,B\nDan,Null,78,dan@example.edu,Student,B\n"
        "Prof,Essor,1,prof@example.edu,Instructor,\n",
        ["0012345", "333", "77"],
        ["78"],
    ),
    "canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section,HW (1)\n    Points Possible,,,,,10\n"
        '"Example, Ada",1001,S1,ada,A,\n"Sample, Bob",1002,S2,bob,A,\n"Null, Dan",1009,S9,dan,A,\n'
        '"Student, Test",1999,,test,A,\n',
        ["1001", "1002", "1003", "1004", "1005", "1006", "1007"],
        ["1009"],
    ),
    "moodle": (
        "Identifier,Full name,ID number,Email address,Group,Grade,Maximum Grade\n"
        "Participant 12345,Ada Example,007,ada@x.edu,,,100\n"
        "Participant 12350,Eve One,008,eve@x.edu,Group A,,100\n"
        "Participant 12351,Fay Two,009,fay@x.edu,Group A,,100\n",
        ["008", "009", "007", "12346", "12347", "12348", "12349", "Default group"],
        [],
    ),
    "blackboard": (
        '"Last Name"\t"First Name"\t"Username"\t"Student ID"\n"Example"\t"Ada"\t"ada01"\t"1"\n'
        '"Null"\t"Dan"\t"dan"\t"4"\n',
        ["ada01", "b_02", "cleo"],
        ["dan"],
    ),
    "brightspace": (
        "OrgDefinedId,Username,Last Name,First Name,End-of-Line Indicator\n"
        "#0012345,#ada,Example,Ada,#\n#0012346,#bob,Bob-Jo - Sample,,#\n",
        ["0012345", "0012346"],
        [],
    ),
    "github": (
        "identifier,github_username,github_id,name\n0012345,ada-ex,1,Ada Example\nx,guest-9,2,G\n",
        ["0012345", "0012346", "x"],
        [],
    ),
}


@pytest.mark.parametrize("platform", ROSTERS)
def test_a_platforms_own_list_is_a_roster(tmp_path: Path, platform: str) -> None:
    text, present, missing = ROSTERS[platform]
    found = graded(tmp_path, EXPORTS[platform](), text)
    assert students(found) == present
    assert [student.id for student in found.missing] == missing


def test_moodles_default_group_is_all_who_are_in_no_other(tmp_path: Path) -> None:
    files = {
        "Default group_assignsubmission_file/forward.py": mark("both"),
        "Group A_77_assignsubmission_file/forward.py": mark("A"),
    }
    worksheet = (
        "Identifier,Full name,Email address,Group,Grade,Maximum Grade\n"
        "Participant 1,Ada Example,ada@x.edu,Default group,,100\n"
        "Participant 2,Bob Sample,bob@x.edu,Default group,,100\n"
        "Participant 3,Cleo Muster,cleo@x.edu,Group A,,100\n"
    )
    found = graded(tmp_path, files, worksheet)
    assert students(found) == ["cleo@x.edu", "ada@x.edu", "bob@x.edu"]
    assert (found.missing, found.unknown) == ((), ())


def test_canvas_letters_find_a_student_of_our_own_roster(tmp_path: Path) -> None:
    roster = "id,name\nA1,Ada Example\nB1,Bob van der Sample\nC1,Zo\u00eb M\u00fcller\n"
    files = EXPORTS["canvas"]() | {"vandersamplebob_1009_9_forward.py": b""}
    found = graded(tmp_path, files, roster)
    assert {"A1", "B1", "C1"} <= {*students(found)}
    assert found.missing == ()


def test_names_that_differ_in_accents_are_two_students(tmp_path: Path) -> None:
    files = {"jose/a.py": b"1", "jos\u00e9/a.py": b"2"}
    found = graded(tmp_path, files, "id,name\njose,Jose\njos\u00e9,Jos\u00e9\n")
    assert students(found) == ["jose", "jos\u00e9"]
    assert found.double == ()


def test_a_composed_and_a_decomposed_name_are_one_student(tmp_path: Path) -> None:
    found = graded(tmp_path, {"jose\u0301/a.py": b"2"}, "id\njos\u00e9\n")
    assert students(found) == ["jos\u00e9"]
    assert (found.missing, found.unknown) == ((), ())


def test_ids_that_differ_in_capitals_are_spoken_of(tmp_path: Path) -> None:
    found = read_class(write_folder(tmp_path, {"Ada/a.py": b"", "ada/a.py": b"", "bob/a.py": b""}))
    assert students(found) == ["Ada", "ada", "bob"]
    assert found.remarks == (
        "Ada, ada differ only in small and capital letters: are they one student?",
    )


def test_two_students_of_one_name_are_found_by_nothing_but_the_id(tmp_path: Path) -> None:
    roster = "id,name\nA1,Ada Example\nA2,Ada Example\n"
    found = graded(tmp_path, {"exampleada_1001_5_forward.py": b""}, roster)
    assert [student.id for student in found.unknown] == ["1001"]
    assert [student.id for student in found.missing] == ["A1", "A2"]


def test_a_roster_that_has_a_student_twice_says_so(tmp_path: Path) -> None:
    found = graded(tmp_path, FOLDERS, OURS + "bob02,Bob Again,,\n")
    assert found.remarks == (f"{tmp_path}/roster.csv has bob02 twice.",)


def test_one_student_with_a_folder_and_a_zip_is_listed_and_counted_once(tmp_path: Path) -> None:
    files = {"ada/forward.py": b"", "ada.zip": b"", "bob/forward.py": b""}
    found = read_class(write_folder(tmp_path, files))
    assert found.double == (Student("ada"),)
    assert [one.name for one in found.submissions] == ["ada.zip", "bob"]
    assert [one.name for one in found.passed_over] == ["ada"]


def test_an_attempt_in_a_group_counts_for_whom_it_is_the_last(tmp_path: Path) -> None:
    files = {
        "p/ada@x.edu_bob@x.edu-2026-02-03T15:00:00+00:00/forward.py": b"both",
        "p/bob@x.edu-2026-02-04T15:00:00+00:00/forward.py": b"bob",
    }
    path = write_folder(tmp_path, files)

    def counted(count: str) -> list[list[str]]:
        found = read_class(path, count=count)
        return [[student.id for student in one.students] for one in found.submissions]

    assert counted("last") == [["ada@x.edu"], ["bob@x.edu"]]
    assert counted("first") == [["ada@x.edu", "bob@x.edu"]]
    assert counted("best") == [["ada@x.edu", "bob@x.edu"], ["bob@x.edu"]]


def test_the_tenth_version_is_later_than_the_third(tmp_path: Path) -> None:
    found = read_class(write_folder(tmp_path, EXPORTS["autolab"]()))
    assert [one.attempt for one in found.submissions] == ["10", "1"]
    assert [one.attempt for one in found.passed_over] == ["3"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04", "is a workbook or a zip: save it as CSV"),
        (b"color,points\nred,1\n", "has the columns color, points: a roster has id,name,email"),
        (b"id,name\n", "has no student in it"),
        (b"\x00\xff" * 50, "a roster has"),
        (b'id,name\n"' + b"x" * 200_000, "can't be read as CSV"),
    ],
    ids=["empty", "workbook", "other", "only a header", "binary", "endless field"],
)
def test_what_is_no_roster_is_refused(tmp_path: Path, data: bytes, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        graded(tmp_path, FOLDERS, data)


def test_an_unknown_way_to_count_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="write one of last, best, first"):
        read_class(write_folder(tmp_path, FOLDERS), count="mean")
