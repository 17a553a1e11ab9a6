"""The pages of a class: for everyone, harmless, and never larger than a page should be."""

import dataclasses
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import opened
from page_submissions import EVIL
from quick import slow_after
from synthetic_class import SyntheticClass

from autograder.classroom.clusters import find_clusters
from autograder.classroom.columns import read_columns
from autograder.classroom.page.messages import check_html, find_sentence, read_message
from autograder.classroom.page.words import name_submission
from autograder.classroom.page.write import HERE, write_pages
from autograder.classroom.records import (
    Change,
    FunctionResult,
    Graded,
    Moved,
    Result,
    ResultStatus,
    Student,
)
from autograder.classroom.similarity import find_similar, sources_of
from autograder.core.message import Label, Message, Place, Row, Snippet
from autograder.outputs.html.page import open_templates
from autograder.outputs.report_json import write_message

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DESKTOP: dict[str, Any] = {"viewport": {"width": 1200, "height": 800}}
LOOKS: dict[str, dict[str, Any]] = {
    "desktop": DESKTOP,
    "dark": {**DESKTOP, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 700}, "is_mobile": True},
    "forced": {**DESKTOP, "forced_colors": "active"},
}
MINUS = "\N{MINUS SIGN}"
OPEN_SOME = (
    "[...document.querySelectorAll('details')].slice(0, 5).forEach((d) => { d.open = true; })"
)


def move(student: Student, before: float | None, after: float | None, **more: Any) -> Moved:
    """Make a row of who moves; from graded to graded, by the key alone, where nothing is said."""
    told = {"status_before": "graded", "status_after": "graded", "why": "", "changes": ()}
    return Moved(student, before, after, **{**told, **more})


MOVES = (
    move(Student("1", "Up"), 70.5, 72.0, changes=(Change("a.f.values", 1.5, "sign", ""),)),
    move(Student("2", "Down"), 70.0, 69.75, changes=(Change("a.f.shape", -0.25, "", "row"),)),
    move(Student("3", "New"), None, 20.0, status_before="missing", why="another submission"),
)


def write(folder: Path, size: int, **options: Any) -> Path:
    """Write the pages of a class, with a copy of its first member's work among the last."""
    many = SyntheticClass(size, seed=7, missing=2, copies={size - 1: 0})
    similarity = find_similar(sources_of(many.results(), many.graded_of)) if size < 100 else None
    write_pages(
        folder,
        many.results(),
        many.graded_of,
        title="Neural network",
        similarity=similarity,
        **options,
    )
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of five submissions, too few for coefficients."""
    return write(tmp_path_factory.mktemp("five"), 5, moved=MOVES)


@pytest.fixture(scope="module")
def middle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of sixty."""
    return write(tmp_path_factory.mktemp("sixty"), 60, feedback={"0000000": "feedback/a.html"})


# ---- for everyone


@pytest.mark.parametrize("look", [pytest.param(x, marks=pytest.mark.slow) for x in LOOKS])
@pytest.mark.parametrize("size", [5, 300, 5000])
def test_every_page_is_accessible_and_quiet_in_every_look(
    browser: "Browser", tmp_path: Path, size: int, look: str
) -> None:
    folder = write(tmp_path, size)
    for file in [*sorted(folder.glob("*-1.html")), folder / "index.html"]:
        assert_accessible_and_quiet(browser, file, look, f"class-{size}-{file.stem}-{look}")


@pytest.mark.parametrize(
    ("name", "look"),
    slow_after(
        2,
        [
            ("index", "phone"),
            ("clusters-1", "dark"),
            ("similar", "phone"),
            ("students-1", "desktop"),
        ],
    ),
)
def test_a_page_is_accessible_and_quiet(
    browser: "Browser", middle: Path, name: str, look: str
) -> None:
    assert_accessible_and_quiet(browser, middle / f"{name}.html", look, f"class-60-{name}-{look}")


def assert_accessible_and_quiet(browser: "Browser", file: Path, look: str, name: str) -> None:
    with opened(browser, file, **LOOKS[look]) as watched:
        watched.page.evaluate(OPEN_SOME)
        watched.keep_picture(name)
        assert watched.violations() == []
        assert not watched.is_scrolled_sideways()
        assert watched.said == []
        assert watched.elsewhere == []


def test_the_keyboard_leads_from_what_is_wrong_to_its_cluster(
    browser: "Browser", middle: Path
) -> None:
    with opened(browser, middle / "index.html", **DESKTOP) as watched:
        page = watched.page
        link = page.locator("table.wrong a").first
        function = link.inner_text()
        link.press("Enter")
        page.wait_for_url("**/clusters-1.html#cluster-1")
        assert page.locator("#cluster-1[open] summary code").first.inner_text() == function


def test_links_between_the_pages_lead_somewhere(middle: Path) -> None:
    texts = {file.name: file.read_text() for file in middle.glob("*.html")}
    for name, text in texts.items():
        for link in set(re.findall(r'<a [^>]*href="([^"]+)"', text)):
            file, _, anchor = link.partition("#")
            assert file in ("", "feedback/a.html") or file in texts
            if anchor:
                assert f' id="{anchor}"' in texts[file or name]


def test_a_page_reads_without_its_script_and_on_paper(browser: "Browser", middle: Path) -> None:
    with opened(browser, middle / "index.html", java_script_enabled=False) as watched:
        assert watched.page.locator("button:visible").count() == 0
        watched.page.emulate_media(media="print")
        assert "What the class got wrong" in watched.page.inner_text("main")
        assert watched.page.locator("header nav:visible").count() == 0


# ---- harmless


def evil_class() -> tuple[list[Result], Callable[[str], Graded]]:
    answer = FunctionResult(0, 1, 0, 1, "failed", EVIL, "mistake")
    student = Student(EVIL, EVIL, EVIL)
    other = FunctionResult(0, 1, 0, 1, "failed", wrong=EVIL)
    results = [
        Result(f"{EVIL}{i}", (student,), ResultStatus.GRADED, EVIL, content=EVIL, score=1.0,
               max_score=2.0, remark=EVIL, functions={"a.f": answer, f"b.{EVIL}": other})
        for i in range(2)
    ]  # fmt: skip
    message = write_message(Message((Row(Label.LIKELY, EVIL), Row(Label.GOT, EVIL))))
    checks = [
        {"id": EVIL, "part": EVIL, "function": name, "title": EVIL, "status": "failed",
         "score": 0.0, "max_score": 1.0, "visibility": "public", "message": message,
         "misconception": EVIL, "explained_by": "mistake"}
        for name in ("a.f", f"b.{EVIL}")
    ]  # fmt: skip
    code = {"a.f": f"def f(x):\n    # {EVIL}\n    return 1\n", f"b.{EVIL}": EVIL}
    return results, lambda content: Graded({"checks": checks}, {}, code)


def test_no_page_runs_what_a_student_wrote(browser: "Browser", tmp_path: Path) -> None:
    results, graded_of = evil_class()
    twins = [
        dataclasses.replace(one, students=(Student(f"{EVIL}{i}", EVIL),))
        for i, one in enumerate(results)
    ]
    similarity = find_similar(sources_of(twins, graded_of))
    assert similarity.groups
    moved = [move(Student(EVIL, EVIL), 1.0, 2.0, why=EVIL, changes=(Change(EVIL, 1, EVIL, ""),))]
    written = write_pages(
        tmp_path,
        twins,
        graded_of,
        title=EVIL,
        comments={f"a.f:{EVIL}": (EVIL,)},
        moved=moved,
        similarity=similarity,
        facts={EVIL: EVIL},
    )
    assert len(written) == 4
    for file in written:
        with opened(browser, file) as watched:
            watched.page.evaluate(OPEN_SOME)
            assert watched.page.evaluate("window.harmed") is None
            assert watched.page.locator("img, main svg:not(.bar), style ~ style").count() == 0
            assert "onerror=window.harmed" in watched.page.inner_text("body")
            assert watched.said == []


# ---- what they say


def test_a_teacher_sees_at_once_what_most_got_wrong(browser: "Browser", middle: Path) -> None:
    columns = read_columns(SyntheticClass(60, seed=7, missing=2, copies={59: 0}).results())
    first = find_clusters(columns)[0]
    with opened(browser, middle / "index.html", **DESKTOP) as watched:
        row = watched.page.locator("table.wrong tbody tr").first
        assert first.function in row.inner_text()
        assert str(len(first.rows)) in row.inner_text()
        box = row.bounding_box()
        assert box is not None
        assert box["y"] < 400
        assert "60 submissions graded, 2 missing" in watched.page.inner_text("header")


def test_few_submissions_have_counts_and_no_coefficients(browser: "Browser", small: Path) -> None:
    with opened(browser, small / "index.html", **DESKTOP) as watched:
        text = watched.page.inner_text("body")
        assert "fewer than 30 submissions" in text
        assert "Cronbach" not in text
        heads = watched.page.locator("table.functions thead th").all_inner_texts()
        assert heads == ["Function", "Right", "Started", "Points", "Public only"]
        assert "%" not in watched.page.inner_text("table.wrong")


def test_who_moves_comes_first_and_those_who_lose_first(browser: "Browser", small: Path) -> None:
    with opened(browser, small / "index.html", **DESKTOP) as watched:
        assert watched.page.locator("h2").first.inner_text() == "Who moves"
        text = watched.page.inner_text("section.notes")
        assert "3 students would move, 2 up and 1 down" in text
        rows = watched.page.locator("section.notes tbody tr").all_inner_texts()
        assert [row.split("\t") for row in rows] == [
            ["Down", "70", "69.75", f"{MINUS}0.25", f"{MINUS}0.25 a.f.shape (row)"],
            ["Up", "70.5", "72", "+1.5", "+1.5 a.f.values (sign)"],
            ["New", "missing", "20", "+20", "another submission"],
        ]


def test_a_cluster_has_an_input_code_a_comment_and_a_mistake_to_paste(tmp_path: Path) -> None:
    many = SyntheticClass(20, seed=1)
    columns = read_columns(many.results())
    nameless = next(one for one in find_clusters(columns) if not one.cause)
    write_pages(tmp_path, many.results(), many.graded_of, comments={nameless.key: ("Read 1.3.",)})
    text = "".join([file.read_text() for file in tmp_path.glob("clusters-*.html")])
    own = next(part for part in text.split("<details") if f"<code>{nameless.key}</code>" in part)
    name = nameless.function.partition(".")[2]
    assert "z = np.array([[0.0, 0.0], [0.0, 0.5]])" in own
    assert f'<pre class="listing">def {name}(z):' in own
    assert f'<pre class="ag-code">@{name}.mistake(' in own
    assert "<blockquote><p>Read 1.3.</p></blockquote>" in own
    assert f"class comment {nameless.key} " in own
    overview = (tmp_path / "index.html").read_text().split('<table class="points wrong">')[1]
    shown = overview.split("</table>")[0].split("<tr>")[2:]
    assert ["no name" in row for row in shown] == [
        not one.cause for one in find_clusters(columns)[: len(shown)]
    ]


def test_names_with_commas_are_told_apart(tmp_path: Path) -> None:
    group = Student("1", "Example, Ada"), Student("2", "Sample, Bob")
    assert (
        name_submission(Result("1", group, ResultStatus.GRADED)) == "Example, Ada and Sample, Bob"
    )
    macros = open_templates(HERE).get_template("macros.html.j2").module
    assert macros.listed(["Example, Ada", "Sample, Bob"], 3).strip() == (  # type: ignore[attr-defined]
        "Example, Ada; Sample, Bob and 3 more"
    )


def test_a_class_of_none_has_its_pages(tmp_path: Path) -> None:
    results = [Result("s0", (Student("1", "Ada"),), ResultStatus.MISSING)]
    for rows in ([], results):
        write_pages(tmp_path, rows, lambda content: None)
        assert "0 submissions graded" in (tmp_path / "index.html").read_text()


def test_what_is_no_longer_kept_costs_the_exhibit_and_not_the_page(tmp_path: Path) -> None:
    write_pages(tmp_path, SyntheticClass(40).results(), lambda content: None)
    assert "t-times-too-large" in (tmp_path / "clusters-1.html").read_text()


def test_pages_of_a_larger_class_are_removed_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, 60)
    others = {"grades.csv", "students-1.csv", "my-clusters-1.html"}
    for name in others:
        (tmp_path / name).write_text("")
    assert (tmp_path / "clusters-2.html").is_file()
    many = SyntheticClass(2, seed=1)
    written = write_pages(tmp_path, many.results(), many.graded_of)
    assert {file.name for file in tmp_path.iterdir()} == {file.name for file in written} | others


def test_the_same_class_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = write(tmp_path / "one", 30), write(tmp_path / "two", 30)
    for file in one.iterdir():
        assert file.read_bytes() == (two / file.name).read_bytes()


@pytest.mark.slow
def test_no_page_of_a_large_class_is_large(tmp_path: Path) -> None:
    folder = write(tmp_path, 20_000)
    sizes = {file.name: file.stat().st_size for file in folder.iterdir()}
    assert max(sizes.values()) < 1_000_000
    assert len([name for name in sizes if name.startswith("students")]) == 41


# ---- messages


ROWS = tuple([Row(label, f"{label} says\n  two lines\n\nand more") for label in Label])
PLACES = (Row(Label.AT, "", Place("a.py", line=3), ": x ^ 2", caret="^"),)


def test_a_message_is_read_back_as_it_was_written() -> None:
    message = Message((*ROWS, *PLACES), Snippet("a.py", "f", ("print(1)", "likely     not")))
    read = read_message(write_message(message))
    assert [(row.label, row.said) for row in read.rows] == [
        (row.label, row.said) for row in message.rows
    ]
    assert read_message("") == Message()


def test_a_real_report_is_shown_as_reports_are(graded: Any, root: Path) -> None:
    report = graded(root / "tests" / "submissions" / "missing_batch_mean")
    lost = [check for check in report["checks"] if check["score"] < check["max_score"]]
    assert lost
    for check in lost:
        html = check_html(check)
        assert "ag-facts" in html
        assert find_sentence(check)
        assert "likely" not in html


def pieces() -> Iterator[Path]:
    yield from (Path(__file__).parents[2] / "autograder" / "classroom" / "page").iterdir()


def test_pages_need_no_network_and_have_no_style_in_attributes() -> None:
    texts = {path.name: path.read_text() for path in pieces() if path.suffix in (".j2", ".css")}
    assert len(texts) == 7
    assert not [name for name, text in texts.items() if "http" in text.replace("http-equiv", "")]
    assert not [name for name, text in texts.items() if " style=" in text or "@import" in text]
