"""A platform's own gradebook gets the class's points, and nothing else of it changes there."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from class_gradebooks import Canvas, Moodle

from autograder.classroom.feedback import name_feedback
from autograder.classroom.gradebooks import Filled, fill
from autograder.classroom.records import Result, ResultStatus, Student
from autograder.errors import UsageError

GRADED = ResultStatus.GRADED


def result(student: Student, score: float, *, row: str = "", bonus: float = 0.0) -> Result:
    return Result(
        student.id, (student,), GRADED, row=row, score=score, max_score=100.0, bonus=bonus
    )


ADA, BOB, CLEO = Student("1001", "exampleada"), Student("1002", "samplebob"), Student("1003")
RESULTS = (result(ADA, 85.5, row="1001"), result(BOB, 70.25, row="1002", bonus=3.0))

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (987),Homework 2 (988),\
Assignments Current Score,Final Score
,,,,,Manual Posting,,,
    Points Possible,,,,,100.00,10.00,(read only),(read only)
"Example, Ada",1001,S0012345,ada,A,80.00,9.00,95.00,95.00
"Sample, Bob",1002,S0012346,bob,B,,8.00,,
"Muster, Cleo",1003,S0012347,cleo,B,60.00,7.00,,
=cmd(),1004,S0012348,dan,B,50.00,,,
"Student, Test",1999,,test,A,,,,
"""
COURSE = {
    "1001": ("ada", "Example, Ada"),
    "1002": ("bob", "Sample, Bob"),
    "1003": ("cleo", "Muster, Cleo"),
    "1004": ("dan", "=cmd()"),
}


def canvas() -> Canvas:
    grades = {("1001", "987"): "80.0", ("1003", "987"): "60.0", ("1004", "987"): "50.0"}
    # Graded in Canvas since the export was made.
    grades |= {("1001", "988"): "10.0", ("1002", "988"): "8.0"}
    return Canvas(COURSE, {"987": "100.0", "988": "10.0"}, grades)


def filled(place: Path, content: str | bytes, *results: Result, column: str | None) -> Filled:
    data = content if isinstance(content, bytes) else content.encode()
    (place / "gradebook.csv").write_bytes(data)
    return fill(place / "gradebook.csv", results, column=column)


def rows(found: Filled, encoding: str = "utf-8-sig", delimiter: str = ",") -> list[list[str]]:
    return [*csv.reader(io.StringIO(found.content.decode(encoding)), delimiter=delimiter)]


@pytest.mark.parametrize("column", ["Homework 1", "987", "Homework 1 (987)", "homework  1"])
def test_canvas_changes_our_column_of_those_with_a_score_and_nothing_else(
    tmp_path: Path, column: str
) -> None:
    found = filled(tmp_path, CANVAS, *RESULTS, column=column)
    done = canvas().upload(found.content)
    assert done.error == ""
    assert done.changed == {"1001 987": ("80.0", "85.5"), "1002 987": (None, "73.25")}
    assert (done.created, done.points_possible) == ([], {})
    assert found.platform == "Canvas"
    assert found.matched == (ADA, BOB)
    assert (found.ambiguous, found.unmatched) == ((), ())
    assert found.without == ("Muster, Cleo", "=cmd()")
    assert found.remarks == ()


def test_the_rules_of_canvas_would_have_caught_a_file_that_keeps_everything() -> None:
    done = canvas().upload(CANVAS.replace("80.00,", ",").replace("100.00", "90.00").encode())
    assert done.changed == {
        "1001 987": ("80.0", None),
        "1001 988": ("10.0", "9.00"),
        "1003 988": (None, "7.00"),
    }
    assert done.created == ["student Student, Test"]
    assert done.points_possible == {"987": "90.00"}
    done = canvas().upload(CANVAS.replace("(987)", "").encode())
    assert done.created[0] == "Homework 1 "
    assert Canvas({}, {}).upload(b"Name,Id,Section,X\n").error == "Invalid header row"


def test_canvas_in_a_country_of_decimal_commas(tmp_path: Path) -> None:
    content = "\ufeff" + CANVAS.replace('"Example, Ada"', "Ada").replace('"Sample, Bob"', "Bob")
    content = content.replace('"Muster, Cleo"', "Cleo").replace('"Student, Test"', "Test")
    content = content.replace(",", ";").replace(".00", ",00").replace("\n", "\r\n")
    found = filled(tmp_path, content, *RESULTS, column="987")
    assert found.content.startswith(b"\xef\xbb\xbfStudent;ID;")
    assert b"Ada;1001;S0012345;ada;A;85,5\r\n" in found.content
    assert canvas().upload(found.content).changed == {
        "1001 987": ("80.0", "85.5"),
        "1002 987": (None, "73.25"),
    }


def test_canvas_with_first_and_last_names_apart(tmp_path: Path) -> None:
    content = (
        "LastName,FirstName,ID,SIS Login ID,Section,HW (987)\n"
        "    Points Possible,,,,,100\n"
        "Example,Ada,1001,ada,A,\n"
        ",Bob,1002,bob,A,\n"
    )
    found = filled(tmp_path, content, *RESULTS, column=None)
    assert [*canvas().upload(found.content).changed] == ["1001 987", "1002 987"]


def test_an_excused_student_stays_excused(tmp_path: Path) -> None:
    content = CANVAS.replace("80.00", "EX").replace("B,,8.00", "B,N/A,8.00")
    found = filled(tmp_path, content, *RESULTS, column="987")
    assert canvas().upload(found.content).changed == {}
    assert found.matched == ()
    assert found.remarks == (
        'Excused or not assigned there, and left so: "Example, Ada", "Sample, Bob".',
    )


def test_other_points_than_the_homeworks_are_said_and_not_scaled(tmp_path: Path) -> None:
    found = filled(tmp_path, CANVAS, *RESULTS, column="988")
    assert found.remarks[0].startswith("The gradebook has 10 points for this, the homework 100")


@pytest.mark.parametrize(
    ("student", "row"),
    [
        (Student("x", "", ""), "1001"),
        (Student("S0012345"), ""),
        (Student("ADA"), ""),
        (Student("q", "Ada Example"), ""),
        (Student("q", "exampleada"), ""),
    ],
    ids=["row", "sis", "login", "name", "letters"],
)
def test_a_student_is_found_by_the_platforms_number_then_others_then_the_name(
    tmp_path: Path, student: Student, row: str
) -> None:
    found = filled(tmp_path, CANVAS, result(student, 1.0, row=row), column="987")
    assert found.matched == (student,)
    assert rows(found)[3] == ["Example, Ada", "1001", "S0012345", "ada", "A", "1"]


def test_whom_several_rows_or_no_row_fits_gets_nothing(tmp_path: Path) -> None:
    twin = '"Example, Ada",1005,S9,ada2,A,,,,\n'
    by_name, stranger = Student("q", "Ada Example"), Student("z", "Zoe Null")
    anonymous = Result("k", (), GRADED, row="anon_x7", score=1.0, max_score=100.0)
    found = filled(
        tmp_path,
        CANVAS + twin,
        result(by_name, 1.0),
        result(stranger, 2.0),
        anonymous,
        result(BOB, 3.0, row="1002"),
        result(Student("bob"), 4.0),
        column="987",
    )
    assert found.ambiguous == (by_name, BOB, Student("bob"))
    assert found.unmatched == (stranger, Student("anon_x7"))
    assert found.matched == ()
    assert canvas().upload(found.content).changed == {}


def test_a_section_is_no_student(tmp_path: Path) -> None:
    found = filled(tmp_path, CANVAS, result(Student("A"), 1.0), column="987")
    assert found.unmatched == (Student("A"),)


def test_what_is_not_graded_is_nobodys_zero(tmp_path: Path) -> None:
    missing = replace(RESULTS[0], status=ResultStatus.MISSING)
    found = filled(tmp_path, CANVAS, missing, column="987")
    assert (found.matched, found.unmatched) == ((), ())
    assert canvas().upload(found.content).changed == {}


def test_a_group_gets_its_points_by_each_members_own_number(tmp_path: Path) -> None:
    group = Result("g", (ADA, CLEO), GRADED, row="1001", score=77.0, max_score=100.0)
    found = filled(tmp_path, CANVAS, group, column="987")
    assert canvas().upload(found.content).changed == {
        "1001 987": ("80.0", "77"),
        "1003 987": ("60.0", "77"),
    }


def test_a_formula_in_a_name_is_defused(tmp_path: Path) -> None:
    found = filled(tmp_path, CANVAS, result(Student("1004"), 5.0, row="1004"), column="987")
    assert rows(found)[3][0] == "'=cmd()"
    assert canvas().upload(found.content).changed == {"1004 987": ("50.0", "5")}


def test_a_column_has_to_be_clear(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"several columns of points \(Homework 1 \(987\), Homework"
    ):
        filled(tmp_path, CANVAS, *RESULTS, column=None)
    with pytest.raises(UsageError, match=r"no column Homework 3; it has Homework 1 \(987\)"):
        filled(tmp_path, CANVAS, *RESULTS, column="Homework 3")
    with pytest.raises(UsageError, match="none says who a row is about"):
        filled(tmp_path, "Points,Color\n1,red\n", *RESULTS, column=None)


WORKSHEET = """\
Identifier,Full name,ID number,Email address,Status,Grade,Maximum Grade,Grade can be changed,\
Last modified (submission),Online text,Last modified (grade),Feedback comments
Participant 12345,Ada Example,0012345,ada@example.edu,Submitted for grading,,100.00,Yes,x,,-,
Participant 12346,Bob Sample,0012346,bob@example.edu,Submitted for grading,50.00,100.00,Yes,x,,5000,
Participant 12347,Cleo Muster,0012347,cleo@example.edu,No submission,60.00,100.00,Yes,x,,6000,
"""
PEOPLE = {"12345": "Ada", "12346": "Bob", "12347": "Cleo"}
OF_MOODLE = (
    result(Student("12345", "Ada Example"), 85.5, row="12345"),
    result(Student("0012346", "Bob Sample"), 99.0, bonus=3.0),
)


def test_moodle_changes_the_grades_of_those_with_a_score_and_nothing_else(tmp_path: Path) -> None:
    found = filled(tmp_path, WORKSHEET, *OF_MOODLE, column=None)
    # Cleo was graded again in Moodle since.
    moodle = Moodle(PEOPLE, 100.0, {"12346": (50.0, 5000.0), "12347": (65.0, 9000.0)})
    assert found.platform == "Moodle"
    for box in (False, True):
        done = moodle.upload(found.content, update_newer=box)
        assert done.changed == {"12345": (None, "85.5"), "12346": ("50", "100")}
        assert (done.error, done.ignored) == ("", [])
    assert found.without == ("Cleo Muster",)
    assert found.remarks[0] == (
        'Moodle takes no more than its maximum, which these have now, with extra credit: "Bob'
        ' Sample".'
    )


def test_the_rules_of_moodle_would_have_caught_a_file_that_keeps_everything() -> None:
    moodle = Moodle(PEOPLE, 100.0, {"12347": (65.0, 9000.0)})
    assert moodle.upload(WORKSHEET.encode(), update_newer=True).changed["12347"] == ("65", "60")
    assert moodle.upload(WORKSHEET.encode()).ignored == ["12345: no grade", "12347: newer"]
    assert moodle.upload(WORKSHEET.replace("Grade,Max", "Note,Max").encode()).error == "invalid"


def test_a_second_upload_to_moodle_needs_the_box_that_the_remark_names(tmp_path: Path) -> None:
    found = filled(tmp_path, WORKSHEET, OF_MOODLE[0], column=None)
    moodle = Moodle(PEOPLE, 100.0, {"12345": (10.0, 9000.0)})
    assert moodle.upload(found.content).changed == {}
    assert moodle.upload(found.content, update_newer=True).changed == {"12345": ("10", "85.5")}
    assert "tick the box" in found.remarks[-1]


GERMAN = """\
ID;Vollständiger Name;E-Mail-Adresse;Status;Bewertung;Bestwertung;Bewertung kann geändert werden;\
Zuletzt geändert (Abgabe);Zuletzt geändert (Bewertung);Feedback als Kommentar
Teilnehmer/in 12345;Ada Beispiel;ada@example.edu;Abgegeben;;100,00;Ja;x;-;
Teilnehmer/in 12346;Bob Muster;bob@example.edu;Abgegeben;50,00;100,00;Ja;x;5000;
"""


@pytest.mark.parametrize("grade", ["Bewertung", "Punkte von Lehrenden"])
def test_moodle_in_another_language_that_a_spreadsheet_saved_with_semicolons(
    tmp_path: Path, grade: str
) -> None:
    content = ("\ufeff" + GERMAN).replace(";Bewertung;", f";{grade};")
    ada = result(Student("ada@example.edu"), 85.5)
    found = filled(tmp_path, content, ada, column=None)
    words = ("ID", grade, "Zuletzt geändert (Bewertung)", "Teilnehmer/in ")
    moodle = Moodle(PEOPLE, 100.0, {}, words, comma=True)
    assert moodle.upload(found.content).changed == {"12345": (None, "85.5")}
    assert b'"85,5","100,00"' in found.content


def test_blackboards_unicode_with_tabs_comes_back_as_it_was(tmp_path: Path) -> None:
    text = (
        '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"HW 1 [Total Pts: 100 Score] |403340"'
        '\t"HW 2 [Total Pts: 10 Score] |403341"\n'
        '"Example"\t"Ada"\t"ada01"\t"0012345"\t""\t"9"\n"Sample"\t"Bob"\t"bob02"\t"0012346"\t"5"\t""\n'
    )
    ada = result(Student("ada01"), 85.5, row="ada01")
    data = b"\xff\xfe" + text.encode("utf-16-le")
    found = filled(tmp_path, data, ada, column="403340")
    assert found.platform == "Blackboard"
    assert rows(found, "utf-16", "\t") == [
        [
            "Last Name",
            "First Name",
            "Username",
            "Student ID",
            "HW 1 [Total Pts: 100 Score] |403340",
        ],
        ["Example", "Ada", "ada01", "0012345", "85.5"],
    ]


def test_brightspace_keeps_its_marks(tmp_path: Path) -> None:
    content = (
        "OrgDefinedId,Username,HW 1 Points Grade,HW 2 Points Grade,End-of-Line Indicator\n"
        "#0012345,#ada,,9,#\n#0012346,#bob,5,,#\n"
    )
    found = filled(tmp_path, content, result(Student("0012345"), 75.0), column="HW 1")
    assert rows(found)[1:] == [["#0012345", "#ada", "75", "#"]]
    assert found.platform == "Brightspace"


@pytest.mark.parametrize(
    ("platform", "content", "student", "column", "row"),
    [
        (
            "Gradescope",
            "First Name,Last Name,SID,Email,Sections,Total Score,Max Points,Status\n"
            "Ada,Example,,ada@example.edu,A,,100,Graded\n",
            Student("9", email="ada@example.edu"),
            "Total Score",
            ["Ada", "Example", "", "ada@example.edu", "A", "5", "100", "Graded"],
        ),
        (
            "nbgrader",
            "assignment,student_id,email,score,max_score\nhw1,ada01,a@b.edu,0,100\n",
            Student("ada01"),
            "score",
            ["hw1", "ada01", "a@b.edu", "5", "100"],
        ),
        ("Autolab", "Email,first_name,last_name,hw1\na@b.edu,Ada,X,\n", Student("a@b.edu"), "hw1",
         ["a@b.edu", "Ada", "X", "5"]),
        ("", "id,name,hw1\n007,Ada,\n", Student("007"), None, ["007", "Ada", "5"]),
    ],
    ids=["gradescope", "nbgrader", "autolab", "ours"],
)  # fmt: skip
def test_others_are_filled_by_address_or_id(
    tmp_path: Path,
    platform: str,
    content: str,
    student: Student,
    column: str | None,
    row: list[str],
) -> None:
    found = filled(tmp_path, content, result(student, 5.0), column=column)
    assert found.platform == platform
    assert rows(found)[1] == row


def test_feedback_gets_the_names_by_which_moodle_takes_it_back() -> None:
    names = {
        "12345": "Ada Example_12345_assignsubmission_file",
        "12346": "Bob Sample_12346_assignsubmission_file_",
        "12347": "Cleo Muster_12347_assignsubmission_file_forward.py",
    }
    paths = [
        name_feedback(replace(result(Student(number), 1.0, row=number), name=name))
        for number, name in names.items()
    ]
    assert paths[0] == "Ada Example_12345_assignsubmission_file/report.html"
    assert Moodle(PEOPLE, 100.0).upload_feedback(paths) == dict.fromkeys(PEOPLE, "report.html")


def test_a_team_in_moodle_gets_nothing_by_a_number_that_may_be_a_students() -> None:
    team = Result("t", (ADA, BOB), GRADED, name="Group A_12345_assignsubmission_file", row="12345")
    assert name_feedback(team) == ""
    assert (
        name_feedback(replace(team, students=(), name="Default group_assignsubmission_file")) == ""
    )


def test_feedback_keeps_the_names_by_which_canvas_takes_it_back() -> None:
    for name in ("exampleada_LATE_1001_55001_forward.py", "doe_s_1001_2_x.ipynb"):
        assert name_feedback(Result("k", (ADA,), GRADED, name=name, row="1001")) == name
    for name in ("exampleada_1001_text.html", "anon_x7Yz2_55004_forward.py", "ada", "a_1_2_x.py"):
        assert name_feedback(Result("k", (ADA,), GRADED, name=name, row="1001")) == ""
