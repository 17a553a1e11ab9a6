"""A class from a folder of submissions to grades, feedback and decisions, by the real command."""

import html
import shutil
import sqlite3
import zipfile
from pathlib import Path
from unittest import mock

import pytest
from class_runs import FEW, ClassRun, class_run, write_class

CLUSTER = "updates.sgd_update:gradient-ascent"


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory, answer_keys: dict[str, Path]) -> Path:
    folder = write_class(tmp_path_factory.mktemp("class") / "export")
    (folder / "finn.py").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, submissions: Path) -> ClassRun:
    """A class that was graded once; no test changes it."""
    run = class_run(tmp_path_factory.mktemp("graded"))
    roster = run.out.parent / "roster.csv"
    roster.write_text("id,name,email\nada,Ada,ada@x.edu\ncleo,=Cleo(),cleo@x.edu\ngus,Gus,\n")
    said = run.grade(submissions, "--roster", roster, "--jobs", 1).stdout
    (run.out.parent / "said").write_text(said)
    return run


@pytest.fixture
def run(first: ClassRun, tmp_path: Path) -> ClassRun:
    """The same, to be changed."""
    shutil.copytree(first.out, tmp_path / "out")
    return ClassRun(tmp_path / "out", first.cache)


def test_each_student_has_a_row(first: ClassRun) -> None:
    rows = first.rows()
    assert list(rows) == sorted([*FEW, "finn", "gus"])
    assert {rows[one]["status"] for one in FEW} == {"graded"}
    assert rows["gus"]["status"] == "missing"
    assert rows["ada"]["score"] == rows["ada"]["max_score"] == "100"
    assert rows["bob"]["score"] == "0"
    assert rows["cleo"]["score"] == rows["dan"]["score"]


def test_the_table_has_the_promised_form(first: ClassRun) -> None:
    content = (first.out / "grades.csv").read_bytes().decode()
    head, *lines = content.removesuffix("\r\n").split("\r\n")
    assert head.startswith(
        "student,name,email,submission,attempt,submitted,late,status,score,max_score,bonus,remark,"
    )
    assert "separability.affine" in head.split(",")
    assert len(lines) == len(FEW) + 2
    assert first.rows()["cleo"]["name"] == "'=Cleo()"  # no formula


def test_a_second_run_grades_nothing_and_writes_the_same(
    run: ClassRun, submissions: Path, first: ClassRun
) -> None:
    roster = first.out.parent / "roster.csv"
    done = run.grade(submissions, "--roster", roster, "--jobs", 1)
    assert "graded " not in done.stderr  # no line of progress: nothing was to be graded
    assert "does not count yet" not in done.stdout
    assert run.files() == first.files()


def test_every_student_gets_a_page(first: ClassRun) -> None:
    pages = {file.stem: file.read_text() for file in (first.out / "feedback").iterdir()}
    assert set(pages) == {*FEW, "finn"}
    assert "100" in pages["ada"]
    with zipfile.ZipFile(first.out / "feedback.zip") as archive:
        assert sorted(archive.namelist()) == sorted([f"{name}.html" for name in pages])
        assert archive.read("ada.html").decode() == pages["ada"]


def test_the_terminal_says_what_matters(first: ClassRun) -> None:
    said = (first.out.parent / "said").read_text()
    assert "7 students: " in said
    assert "mean " in said
    assert "2 x updates.sgd_update: gradient-ascent" in said


def test_a_persons_decision_stays_whatever_is_graded_again(
    run: ClassRun, submissions: Path, first: ClassRun
) -> None:
    run.act("adjust", "ada", "--points", -2.5, "--reason", "copied figure")
    run.act("adjust", "bob", "--excuse", "--reason", "ill")
    roster = first.out.parent / "roster.csv"
    run.grade(submissions, "--roster", roster, "--jobs", 1, "--fresh")
    rows = run.rows()
    assert rows["ada"]["score"] == "97.5"
    assert rows["ada"]["remark"] == "2.5 points less: copied figure."
    assert (rows["bob"]["score"], rows["bob"]["remark"]) == ("", "Excused: ill.")
    assert "2.5 points less" in (run.out / "feedback" / "ada.html").read_text()


def test_a_comment_reaches_all_in_the_cluster_and_no_one_else(run: ClassRun) -> None:
    said = "Minus, <not> plus"
    run.act("comment", CLUSTER, said)
    holders = {
        file.stem
        for file in (run.out / "feedback").iterdir()
        if html.escape(said) in file.read_text()
    }
    assert holders == {"cleo", "dan"}
    run.act("comment", CLUSTER, "")
    assert html.escape(said) not in (run.out / "feedback" / "cleo.html").read_text()


def test_the_code_of_the_class_is_compared_once(run: ClassRun) -> None:
    before = run.files()["similar.html"]
    with mock.patch("autograder.classroom.pages.find_similar") as find_similar:
        run.act("comment", CLUSTER, "Minus")
    find_similar.assert_not_called()
    assert run.files()["similar.html"] == before


def test_what_was_compared_without_all_code_is_not_kept(run: ClassRun, tmp_path: Path) -> None:
    before = run.files()
    gone = ClassRun(run.out, tmp_path / "cache")
    assert "is no longer in the store" in gone.act("comment", CLUSTER, "Minus").stderr
    shutil.copytree(run.cache, gone.cache, dirs_exist_ok=True)
    gone.act("comment", CLUSTER, "")
    assert gone.files() == before


def test_who_holds_a_mistake_is_listed(run: ClassRun) -> None:
    assert run.act("who", "--mistake", "gradient-ascent").stdout.split()[0] == "cleo"
    assert run.act("who", "--mistake", CLUSTER, "--emails").stdout == "cleo@x.edu\n"


def test_a_student_is_shown_with_what_lost_points(run: ClassRun) -> None:
    said = run.act("show", "eve").stdout
    assert said.startswith("eve: 0.75 of 100.")
    assert "separability.affine: right-for-one-item-only" in said


def test_another_result_counts_only_once_it_is_accepted(
    run: ClassRun, submissions: Path, tmp_path: Path
) -> None:
    before = run.files()
    changed = Path(shutil.copytree(submissions, tmp_path / "export"))
    shutil.copy(changed / "ada" / "updates.py", changed / "dan" / "updates.py")
    said = run.grade(changed, "--roster", run.cache.parent / "roster.csv", "--jobs", 1).stdout
    assert "does not count yet" in said
    pages = {"index.html"}  # it shows who would move
    assert {n: c for n, c in run.files().items() if n not in pages} == {
        n: c for n, c in before.items() if n not in pages
    }
    assert run.files()["index.html"] != before["index.html"]
    difference = run.act("diff").stdout
    assert "1 student moves" in difference
    assert "dan  1 -> " in difference
    assert "another submission" in difference
    assert "gradient-ascent" in difference
    run.act("accept")
    assert float(run.rows()["dan"]["score"]) > 1
    run.act("undo")
    assert run.files()["grades.csv"] == before["grades.csv"]
    run.act("undo", status=2)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere"], "there is nothing at nowhere"),
        (["one", "two"], "name one export"),
        (["tests", "--count", "worst"], "--count worst"),
        (["tests", "--points", "2"], "grading a class has no use for --points"),
        (["tests", "--column", "HW 1"], "--column NAME belongs to --fill FILE"),
        (["accept"], "there is no gradebook"),
        (["accept", "now"], "class accept takes 0 words"),
        (["adjust", "ada", "--points", "1"], "--reason"),
        (["adjust", "ada", "--reason", "x"], "one of --points N"),
        (["who"], "class who takes --mistake"),
        (["show", "ada", "--fresh"], "class show has no use for --fresh"),
    ],
)
def test_a_wrong_call_is_told_what_to_do(tmp_path: Path, words: list[str], sentence: str) -> None:
    done = class_run(tmp_path).act(*words, status=2)
    assert sentence in done.stderr


def test_results_inside_the_submissions_are_refused(tmp_path: Path) -> None:
    done = ClassRun(tmp_path / "out", tmp_path / "cache").act(tmp_path, status=2)
    assert "inside the submissions" in done.stderr


def test_another_file_is_no_gradebook(tmp_path: Path) -> None:
    run = class_run(tmp_path)
    run.out.mkdir()
    (run.out / "gradebook.sqlite").write_text("grades")
    assert "can't be used as a gradebook" in run.act("diff", status=2).stderr
    (run.out / "gradebook.sqlite").unlink()
    with sqlite3.connect(run.out / "gradebook.sqlite") as database:
        database.execute("CREATE TABLE other (id)")
    assert "something else" in run.act("diff", status=2).stderr
