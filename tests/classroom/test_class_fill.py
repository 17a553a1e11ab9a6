"""A Canvas export becomes a gradebook to upload and feedback to return, by the real command."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from class_exports import pack, write_zip
from class_gradebooks import Canvas
from class_runs import ROOT, ClassRun, Said, class_run

GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (987),Homework 2 (988),Final Score
    Points Possible,,,,,100.00,10.00,(read only)
"Example, Ada",1001,S1,ada,A,40.00,9.00,
"Sample, Bob",1002,S2,bob,A,,,
"Typist, Eve",1005,S5,eve,A,40.00,,
"Absent, Gus",1007,S7,gus,A,30.00,,
"""


@pytest.fixture(scope="module")
def graded(
    tmp_path_factory: pytest.TempPathFactory, answer_keys: dict[str, Path]
) -> tuple[ClassRun, Said]:
    place = tmp_path_factory.mktemp("canvas")
    (place / "gradebook.csv").write_text(GRADEBOOK)
    stub = (ROOT / "assignment" / "forward.py").read_bytes()
    files = {
        "exampleada_1001_55001_forward.py": stub,
        "samplebob_LATE_1002_55002_hw.zip": pack({"hw/forward.py": stub}),
        "typisteve_1005_text.html": b"I typed it",
        "anon_x7Yz2_55009_forward.py": stub,
    }
    export = write_zip(place / "submissions.zip", files)
    run = class_run(place)
    roster = place / "gradebook.csv"
    fill = ("--fill", roster, "--column", "Homework 1")
    return run, run.grade(export, "--roster", roster, *fill, "--jobs", 1)


def test_only_who_has_a_score_is_changed_in_canvas(graded: tuple[ClassRun, Said]) -> None:
    run, said = graded
    names = {"1001": ("ada", "Example, Ada"), "1002": ("bob", "Sample, Bob")}
    grades = {("1001", "987"): "40.0", ("1005", "987"): "40.0", ("1007", "987"): "30.0"}
    course = Canvas(names, {"987": "100.0", "988": "10.0"}, grades)
    done = course.upload((run.out / "gradebook.csv").read_bytes())
    assert done.changed == {"1001 987": ("40.0", "0"), "1002 987": (None, "0")}
    assert (done.created, done.points_possible, done.error) == ([], {}, "")
    assert "Canvas: 2 students have their points" in said.stdout
    assert 'without a score: "Typist, Eve", "Absent, Gus"' in said.stdout
    assert f"to upload: {run.out / 'gradebook.csv'}" in said.stdout


def test_who_has_no_score_has_a_row_with_the_reason(graded: tuple[ClassRun, Said]) -> None:
    rows = graded[0].rows()
    assert {who: row["status"] for who, row in rows.items()} == {
        "1001": "graded",
        "1002": "graded",
        "1005": "unreadable",
        "1007": "missing",
        "": "graded",
    }
    assert "a text was typed into Canvas" in rows["1005"]["remark"]
    assert rows["1002"]["late"] == "yes"


def test_the_feedback_has_the_names_that_canvas_knows(graded: tuple[ClassRun, Said]) -> None:
    with zipfile.ZipFile(graded[0].out / "feedback.zip") as archive:
        assert archive.namelist() == [
            "exampleada_1001_55001_forward.py",
            "samplebob_LATE_1002_55002_hw.zip",
            "1005.html",
            "anon_x7Yz2_55009_forward_py-abc95177.html",
        ]
        assert b"<!doctype html" in archive.read("exampleada_1001_55001_forward.py").lower()
        inner = archive.read("samplebob_LATE_1002_55002_hw.zip")
    with zipfile.ZipFile(BytesIO(inner)) as archive:
        assert archive.namelist() == ["report.html"]


def test_a_submission_of_no_known_student_has_a_page_that_is_linked(
    graded: tuple[ClassRun, Said],
) -> None:
    run, _ = graded
    [page] = (run.out / "feedback").glob("anon_*.html")
    assert "softmax" in page.read_text()
    assert f'href="feedback/{page.name}"' in (run.out / "students-1.html").read_text()


def test_an_export_is_unpacked_for_other_tools(graded: tuple[ClassRun, Said]) -> None:
    place = graded[0].out.parent
    run = ClassRun(place / "unpacked", place / "cache")
    said = run.act("unpack", place / "submissions.zip")
    found = {f.relative_to(run.out).as_posix() for f in run.out.rglob("*") if f.is_file()}
    anonymous = "anon_x7Yz2_55009_forward.py/forward.py"
    assert found == {"1001/forward.py", "1002/hw/forward.py", anonymous}
    assert "3 submissions are in" in said.stdout
    assert "a text was typed into Canvas" in said.stderr
    assert "name a new folder" in run.act("unpack", place / "submissions.zip", status=2).stderr
