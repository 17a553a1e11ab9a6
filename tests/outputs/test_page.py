"""The page of `grade --html`: in a real browser, for everyone, and harmless."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import Watched, opened
from page_reports import evil_report
from page_submissions import EVIL, bad, half_done, hostile
from quick import slow_after
from runs import wait_until

from autograder.core.records import FULL_POINTS, Report
from autograder.outputs.html.page import PageRenderer, security_policy, view_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]

NAMES = ("solution", "half_done", "bad", "hostile", "by_hand")

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 700}, "is_mobile": True}
LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1200, "height": 800}},
    "dark": {"viewport": {"width": 1200, "height": 800}, "color_scheme": "dark"},
    "phone": PHONE,
    "forced": {"viewport": {"width": 1200, "height": 800}, "forced_colors": "active"},
}

#: Seen by every run of the tests; the other pairs are for the long one.
QUICK = (("half_done", "dark"), ("by_hand", "phone"))

OPEN_ALL = "document.querySelectorAll('details').forEach((d) => { d.open = true; })"

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def pages(
    answer_keys: dict[str, Path], root: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Pages by name, of submissions graded by the real command, all at once, and one by hand."""
    folder = tmp_path_factory.mktemp("pages")
    submissions = {
        "solution": root / "solution",
        "half_done": half_done(folder / "half_done"),
        "bad": bad(folder / "bad"),
        "hostile": hostile(folder / "hostile"),
    }
    calls = [
        [submission, "--json", folder / f"{name}.json", "--html", folder / f"{name}.html"]
        for name, submission in submissions.items()
    ]
    calls.append([submissions["half_done"], "--json", folder / "alone.json"])
    calls.append([submissions["bad"], "--for", "students", "--html", folder / "students.html"])
    running = [_started(call, root) for call in calls]
    assert [process.wait(timeout=300) for process in running] == [0] * len(calls)
    (folder / "by_hand.html").write_bytes(PageRenderer()(evil_report()))
    return {path.stem: path for path in folder.glob("*.html")}


def _started(words: Sequence[object], root: Path) -> "subprocess.Popen[bytes]":
    call = [sys.executable, "-m", "autograder", "grade", *map(str, words)]
    return subprocess.Popen(call, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def show(browser: "Browser", pages: dict[str, Path]) -> Callable[..., Any]:
    """Open one of the pages."""
    return lambda name, **options: opened(browser, pages[name], **options)


def written(report: Report, folder: Path) -> Path:
    file = folder / "page.html"
    file.write_bytes(PageRenderer()(report))
    return file


# ---- for everyone


@pytest.mark.parametrize(
    ("name", "look"),
    [
        pytest.param(name, look, marks=() if (name, look) in QUICK else pytest.mark.slow)
        for name in NAMES
        for look in LOOKS
    ],
)
def test_the_page_is_accessible_and_quiet_in_every_look(
    show: Callable[..., Any], name: str, look: str
) -> None:
    with show(name, **LOOKS[look]) as watched:
        watched.keep_picture(f"{name}-{look}")
        watched.page.evaluate(OPEN_ALL)
        assert watched.violations() == []
        assert not watched.is_scrolled_sideways()
        assert watched.said == []
        assert watched.elsewhere == []
        watched.keep_picture(f"{name}-{look}-open")


def test_the_keyboard_reaches_and_opens_everything(show: Callable[..., Any]) -> None:
    with show("bad") as watched:
        page = watched.page
        folded = page.locator("details:not([open]) > summary").count()
        assert folded > 10
        total = page.locator("summary").count()
        reached = set()
        for _ in range(300):
            page.keyboard.press("Tab")
            place = page.evaluate(
                "[...document.querySelectorAll('summary')].indexOf(document.activeElement)"
            )
            if place >= 0 and place not in reached:
                reached.add(place)
                if not page.evaluate("document.activeElement.parentElement.open"):
                    page.keyboard.press("Enter")
            if len(reached) == total:
                break
        assert len(reached) == total
        assert page.locator("details:not([open])").count() == 0


def test_one_press_opens_and_closes_everything(show: Callable[..., Any]) -> None:
    with show("bad") as watched:
        button = watched.page.get_by_role("button", name="Open everything")
        button.press("Enter")
        assert watched.page.locator("details:not([open])").count() == 0
        watched.page.get_by_role("button", name="Close everything").press("Enter")
        assert watched.page.locator("details[open]").count() == 0


def test_a_link_to_what_is_folded_opens_it(show: Callable[..., Any]) -> None:
    with show("bad") as watched:
        link = watched.page.locator("ol.first a").first
        place = link.get_attribute("href")
        target = watched.page.locator(place)
        target.evaluate("(details) => { details.open = false; }")
        link.press("Enter")
        watched.page.wait_for_selector(f"{place}[open]")
        assert target.locator("summary").evaluate("(e) => e === document.activeElement")


def test_all_but_what_passed_is_open_on_paper_and_folded_again_after(
    show: Callable[..., Any], tmp_path: Path
) -> None:
    folded = "details:not([open]):not(.passed)"
    with show("bad") as watched:
        page = watched.page
        page.evaluate(
            "addEventListener('beforeprint', () => {"
            f" window.folded = document.querySelectorAll('{folded}').length; }})"
        )
        before = page.locator(folded).count()
        folder = Path(os.environ.get("PAGE_PICTURES", tmp_path))
        page.pdf(path=folder / "bad-print.pdf", format="A4")
        assert page.evaluate("window.folded") == 0
        assert page.locator(folded).count() == before > 0


def test_the_page_reads_without_its_script(browser: "Browser", pages: dict[str, Path]) -> None:
    with opened(browser, pages["bad"], java_script_enabled=False) as watched:
        assert watched.page.locator("button:visible").count() == 0
        folded = watched.page.locator("details:not([open]) > summary")
        count = folded.count()
        folded.first.press("Enter")
        assert folded.count() == count - 1


# ---- what it says


def test_the_page_says_what_to_mend_first(show: Callable[..., Any]) -> None:
    with show("half_done") as watched:
        first = watched.page.locator("ol.first li").all_inner_texts()
        assert len(first) == 2
        assert "activations.tanh_grad" in first[0]
        assert "forward.cross_entropy" in first[1]  # the parts' order: neither calls the other
        assert "return the loss of each item" in first[1]
        assert watched.page.locator("article").count() == 10
        assert (
            watched.page.locator(".standing").inner_text() == "2 functions to fix, 12 not started"
        )
        assert "Not started: hidden_grad, relu_backward" in watched.page.inner_text("main")


def test_wrong_entries_are_marked_by_more_than_a_colour(show: Callable[..., Any]) -> None:
    with show("half_done") as watched:
        wrong = watched.page.locator("td.ag-wrong")
        texts = wrong.all_inner_texts()
        assert texts
        assert all([text.startswith("\N{BALLOT X} ") for text in texts])
        assert wrong.first.locator("strong").count() == 1
        style = "(e) => getComputedStyle(e.querySelector('strong')).textDecorationLine"
        assert wrong.first.evaluate(style) == "underline"


def test_a_page_of_the_solution_has_nothing_to_mend(show: Callable[..., Any]) -> None:
    with show("solution") as watched:
        text = watched.page.inner_text("body")
        assert "100 of 100 points" in text
        assert "Every check passed" in text
        assert "fix" not in text
        assert watched.page.locator("details[open]").count() == 0


# ---- harmless


def harm(watched: Watched) -> Any:
    """Return what a page that took a text for HTML has done."""
    page = watched.page
    page.evaluate(OPEN_ALL)
    odd = page.evaluate(
        "[...document.querySelectorAll('img, iframe, object, form, a[href^=javascript], [onload],"
        " [onerror], :is(svg:not(.bar), style:not(head > style), body script:not(:last-child))"
        ":not(#pictures *)')].length"
    )
    return page.evaluate("window.harmed"), odd, watched.said, watched.elsewhere


@pytest.mark.parametrize("name", slow_after(1, ["hostile", "by_hand"]))
def test_markup_in_a_students_text_does_nothing(show: Callable[..., Any], name: str) -> None:
    with show(name) as watched:
        assert harm(watched) == (None, 0, [], [])
        assert "<img src=x onerror=window.harmed=1>" in watched.page.inner_text("main")
        assert "{{ 7*7 }}" in watched.page.inner_text("main")


def test_a_script_that_gets_into_the_page_is_not_run(browser: "Browser", tmp_path: Path) -> None:
    file = written(evil_report(), tmp_path)
    file.write_text(file.read_text().replace("<main>", f"<main>{EVIL}", 1))
    with opened(browser, file) as watched:
        assert watched.page.evaluate("window.harmed") is None
        assert any(["Content Security Policy" in said for said in watched.said])


def test_pictures_keep_their_own_style_and_script(browser: "Browser", tmp_path: Path) -> None:
    renderer = PageRenderer()
    renderer.pictures = (
        "<style>#sketch { color: rgb(1, 2, 3); }</style><p id='sketch'>drawn</p>"
        "<script>window.drawn = true;</script>"
    )
    file = tmp_path / "page.html"
    file.write_bytes(renderer(evil_report()))
    with opened(browser, file) as watched:
        assert watched.page.evaluate("window.drawn") is True
        color = watched.page.locator("#sketch").evaluate("(e) => getComputedStyle(e).color")
        assert color == "rgb(1, 2, 3)"
        assert watched.said == []


def test_a_policy_without_scripts_allows_none() -> None:
    assert "script-src 'none'; style-src 'none';" in security_policy("<p>text</p>")


# ---- as long as it is not finished


def test_an_unfinished_page_is_read_again_until_it_is_finished(
    browser: "Browser", tmp_path: Path
) -> None:
    unfinished = Report((), FULL_POINTS, {}, is_finished=False, notes=("Grading did not finish.",))
    file = written(unfinished, tmp_path)
    with opened(browser, file) as watched:
        page = watched.page
        assert page.locator("#reloading").is_visible()
        assert "This report is not finished." in page.inner_text("main")
        assert "0 of 100" not in page.inner_text("body")  # no one has earned that
        assert watched.violations() == []
        written(replace(evil_report(), notes=()), tmp_path)
        page.wait_for_selector("html[data-finished=yes]")
        assert page.locator(".unfinished").count() == 0


def test_an_old_unfinished_page_is_left_alone(browser: "Browser", tmp_path: Path) -> None:
    file = written(evil_report(is_finished=False), tmp_path)
    os.utime(file, (1e9, 1e9))
    with opened(browser, file) as watched:
        assert not watched.page.locator("#reloading").is_visible()


def rewrite(report: Report, file: Path, at: str) -> None:
    """Write a page as watch mode does."""
    renderer = PageRenderer()
    renderer.watched = at
    file.write_bytes(renderer(report))


@pytest.mark.slow
def test_a_watched_page_reads_itself_again_while_somebody_types_elsewhere(
    browser: "Browser", tmp_path: Path
) -> None:
    file = tmp_path / "page.html"
    rewrite(evil_report(), file, "21:00:00")
    with opened(browser, file, viewport={"width": 500, "height": 300}) as watched:
        page = watched.page
        assert watched.violations() == []
        page.add_init_script("document.hasFocus = () => false")
        folded = page.locator("details:not([open])").first
        title = folded.locator("summary").text_content()
        page.evaluate("document.querySelector('details:not([open])').open = true")
        page.evaluate("scrollTo(0, 200)")
        rewrite(evil_report(), file, "21:00:09")
        page.evaluate("document.hasFocus = () => false")
        page.get_by_text("21:00:09").wait_for()
        assert page.evaluate("scrollY") == 200
        same = page.locator("details", has_text=title or "").first
        assert same.evaluate("(details) => details.open")
        file.write_bytes(PageRenderer()(evil_report()))  # watch mode has ended
        page.wait_for_selector("html:not([data-watched])")
        assert watched.said == []


def test_a_watched_page_is_left_alone_while_it_is_read(browser: "Browser", tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    rewrite(evil_report(), file, "21:00:00")
    with opened(browser, file) as watched:
        page = watched.page
        page.evaluate("window.isSame = true")
        rewrite(evil_report(), file, "21:00:09")
        page.wait_for_timeout(2500)
        assert page.evaluate("window.isSame") is True
        assert "21:00:00" in page.inner_text("header")


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_a_whole_page(
    answer_keys: dict[str, Path], root: Path, tmp_path: Path
) -> None:
    submission = tmp_path / "hw"
    submission.mkdir()
    (submission / "separability.py").write_text("while True:\n    pass\n")
    file = tmp_path / "page.html"
    words = [sys.executable, "-m", "autograder", "grade", str(submission), "--html", str(file)]
    process = subprocess.Popen(words, cwd=root, stdout=subprocess.PIPE, text=True)
    wait_until(file.exists, process)
    process.kill()
    process.communicate()
    page = file.read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert page.endswith("</html>\n")
    assert 'data-finished="no"' in page
    assert "Grading did not finish." in page


# ---- the command


def test_a_wrong_path_has_its_page(command: Command, tmp_path: Path) -> None:
    done = command("grade", tmp_path / "nowhere", "--html", tmp_path / "page.html")
    assert done.returncode == 2
    page = (tmp_path / "page.html").read_text()
    assert "there is no folder, zip or notebook at" in page
    assert 'data-finished="no"' in page


def test_the_json_is_the_same_beside_a_page(pages: dict[str, Path]) -> None:
    beside = pages["half_done"].with_suffix(".json").read_bytes()
    assert pages["half_done"].with_name("alone.json").read_bytes() == beside
    assert "example" not in json.loads(beside)["checks"][0]


def test_one_file_is_not_both_report_and_page(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "report"
    done = command("grade", "assignment", "--json", file, "--html", tmp_path / "." / "report")
    assert (done.returncode, file.exists()) == (2, False)
    assert "can't be both the JSON report and the page" in done.stderr


def test_without_jinja2_a_sentence_comes_before_grading(root: Path, tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['jinja2'] = None\n"
        "from autograder.cli import main\n"
        f"sys.exit(main(['grade', 'assignment', '--html', {str(tmp_path / 'page.html')!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "jinja2 is not installed" in done.stderr
    assert "-m pip install jinja2" in done.stderr
    assert not (tmp_path / "page.html").exists()


def test_a_page_for_students_shows_no_hidden_input(
    show: Callable[..., Any], pages: dict[str, Path]
) -> None:
    assert "<dd>students</dd>" in pages["students"].read_text()
    with show("students") as watched:
        watched.page.evaluate(OPEN_ALL)
        groups = watched.page.locator("details.group")
        lines = [
            line
            for text in groups.locator("dd").all_inner_texts()
            for line in text.splitlines()
            if "hidden" in line
        ]
        assert lines
        said = re.compile(r"with the hidden inputs: 0 of [\d.]+ points?|hidden, not shown")
        assert all(map(said.fullmatch, lines))
        alone = groups.filter(has_text="hidden, not shown")  # only hidden checks fail
        assert alone.locator("table, pre").count() == 0


# ---- on paths and machines


def test_the_command_says_where_the_page_is(command: Command, tmp_path: Path) -> None:
    place = tmp_path / "my page.html"
    done = command("grade", ROOT / "assignment", "--html", place)
    assert f"(The page is {place.as_uri()}: open it in a browser.)" in done.stderr


def test_no_text_of_the_table_of_parts_leaves_its_cell_on_a_phone(show: Callable[..., Any]) -> None:
    with show("half_done", **PHONE) as watched:
        wider = watched.page.evaluate(
            "[...document.querySelectorAll('.points td')].filter("
            "cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.textContent)"
        )
        assert watched.page.locator(".points td").count() > 10
    assert wider == []


def test_a_page_for_students_says_nothing_of_what_protects_a_machine() -> None:
    report = evil_report()
    facts = {"python": "3.12", "layers": "user", "layers off": "files (why)"}
    told = {
        audience: dict(view_of(replace(report, environment=facts, audience=audience)).facts)
        for audience in ("staff", "students")
    }
    assert "layers off" in told["staff"]
    assert told["students"].keys() == {"python", "grader", "made for"}


def test_no_hidden_input_is_in_use_when_the_pictures_are_drawn(
    command: Command, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(ROOT / "solution", tmp_path / "noting"))
    note = tmp_path / "note"
    with (folder / "activations.py").open("a", encoding="utf-8") as file:
        file.write(
            "\n\n_tanh, _swish = tanh, swish\n\n\ndef tanh(x):\n"
            f"    open({str(note)!r}, 'a').write('.')\n    return _tanh(x)\n\n\n"
            "def swish(x, beta=1.0):\n    if x.size > 20:\n"
            f"        raise ValueError('seen %d.' % len(open({str(note)!r}).read()))\n"
            "    return _swish(x, beta)\n"
        )
    seen = []
    for words in (["--public"], []):
        note.unlink(missing_ok=True)
        page = tmp_path / "page.html"
        without = ["--without", "files", "--without", "syscalls", "--without", "user"]
        assert command("grade", folder, "--html", page, *words, *without).returncode == 0
        seen.append(re.findall(r"seen (\d+)\.", page.read_text(encoding="utf-8"))[0])
    assert seen[0] == seen[1] != "0"
