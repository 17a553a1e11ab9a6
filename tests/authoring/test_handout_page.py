"""The handout as a page and as a PDF: readable by everyone, complete in one file."""

import re
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import opened
from quick import slow_after

from autograder.authoring.commands import handout
from autograder.authoring.commands import handout as handout_command
from autograder.authoring.commands.handout import find_browser, print_to_pdf
from autograder.authoring.handout.page import to_html
from autograder.authoring.handout.source import Handout
from autograder.errors import GraderError, UsageError
from autograder.homework.folder import Homework

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]

#: How a page is looked at: the window's width and height, and what its owner prefers.
WAYS = {
    "phone": {"viewport": {"width": 360, "height": 740}},
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the committed handout."""
    readme = (ROOT / "assignment" / "README.md").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("handout") / "handout.html"
    path.write_text(to_html(readme.partition("-->\n\n")[2]), encoding="utf-8")
    return path


# ---- the page


@pytest.mark.parametrize("way", slow_after(1, WAYS))
def test_the_page_is_accessible_quiet_and_no_wider_than_its_window(
    browser: "Browser", page: Path, way: str
) -> None:
    with opened(browser, page, **WAYS[way]) as watched:
        watched.keep_picture(f"handout_{way}")
        assert watched.violations() == []
        assert watched.said == []
        assert watched.elsewhere == []
        assert not watched.is_scrolled_sideways()


def test_the_page_prints_without_what_only_screens_need(browser: "Browser", page: Path) -> None:
    with opened(browser, page, color_scheme="dark") as watched:
        watched.page.emulate_media(media="print")
        watched.keep_picture("handout_print")
        ground = watched.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == "rgb(255, 255, 255)"
        assert not watched.page.locator(".skip").is_visible()
        hidden = watched.page.evaluate(
            "[...document.querySelectorAll('pre, .wide')].filter(e => e.scrollWidth >"
            " e.clientWidth && getComputedStyle(e).overflowX !== 'visible').length"
        )
        assert hidden == 0


def test_formulas_are_drawn_as_formulas(browser: "Browser", page: Path) -> None:
    with opened(browser, page) as watched:
        sizes = watched.page.evaluate(
            "[...document.querySelectorAll('math')].map(m => m.getBoundingClientRect().height)"
        )
        assert len(sizes) > 80
        assert min(sizes) > 5
        # A sum with its limits is higher than a line of text.
        assert max(sizes) > 40


def test_every_entry_of_the_contents_leads_to_its_heading(browser: "Browser", page: Path) -> None:
    with opened(browser, page) as watched:
        links = watched.page.locator("nav a").evaluate_all("all => all.map(a => a.hash)")
        assert len(links) == len(set(links)) > 50
        headings = watched.page.locator("main h2, main h3")
        assert [f"#{h.get_attribute('id')}" for h in headings.all()] == links


def test_the_page_needs_no_script_and_nothing_from_elsewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert not re.findall(r"""\bsrc=|<link|@import|url\(|href="(?!#)""", text)
    assert "$" not in re.sub(r"<pre.*?</pre>", "", text, flags=re.S)


def test_html_in_the_text_is_shown_and_not_obeyed() -> None:
    text = to_html("# A title\n\n## One\n\n<script>alert(1)</script>\n\n```text\n<b>x</b>\n```\n")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "&lt;b&gt;x&lt;/b&gt;" in text


def test_a_price_is_no_formula() -> None:
    text = to_html("# A title\n\nIt costs 5$ or $ 6, and $a_b$ is one, `$x$` is none.\n")
    assert text.count("<math") == 1
    assert "It costs 5$ or $ 6" in text


# ---- the files


def test_the_verb_writes_page_and_pdf(command: Callable[..., Any], tmp_path: Path) -> None:
    done = command("handout", "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "<h1>A neural network in numpy</h1>" in (tmp_path / "handout.html").read_text("utf-8")
    if find_browser() is None:
        pytest.skip("there is no browser that prints")
    assert done.stdout.split() == [
        str(tmp_path / "handout.html"),
        str(tmp_path / "handout.pdf"),
    ]
    content = (tmp_path / "handout.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type ?/Page\b", content)) > 10


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str | None], Path]:
    """Write the handout with another browser, or with none."""
    monkeypatch.setattr(handout_command, "current_key", lambda *_: None)
    handout = Handout("# A title\n\nText.\n", (), "", "", {})
    monkeypatch.setattr(handout_command, "read_handout", lambda *_, **__: handout)

    def write(browser: str | None) -> Path:
        monkeypatch.setattr(handout_command, "find_browser", lambda: browser)
        assert handout_command.run_handout(Homework(ROOT), output=tmp_path) == 0
        return tmp_path

    return write


def test_without_a_browser_the_page_is_there_and_how_to_print_it_is_said(
    written: Callable[[str | None], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "handout.pdf").write_bytes(b"of yesterday")
    folder = written(None)
    assert sorted(path.name for path in folder.iterdir()) == ["handout.html"]
    said = capsys.readouterr().err
    assert said.startswith("No PDF: there is no Chromium, Chrome or Edge here that prints it.")
    assert f"Open {folder / 'handout.html'} in a browser and choose Print" in said


def test_a_browser_that_does_not_print_is_named(
    written: Callable[[str | None], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(sys.executable)  # which does not know the flags
    assert not (folder / "handout.pdf").exists()
    assert f"No PDF: {sys.executable} did not print" in capsys.readouterr().err


def test_a_folder_that_can_not_be_is_said(
    written: Callable[[str | None], Path], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="can't be written to"):
        handout_command.run_handout(Homework(ROOT), output=tmp_path / "file")


def test_a_browser_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>Text.")
    with pytest.raises(GraderError, match="does not print"):
        print_to_pdf(str(tmp_path / "no-browser"), page, tmp_path / "page.pdf")


@pytest.mark.skipif(sys.platform == "win32", reason="programs are found by their ending there")
def test_a_browser_is_found_by_its_name_and_else_where_it_is_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    installed = tmp_path / "Google" / "chrome.exe"
    monkeypatch.setattr(
        handout, "_PLACES", ("${NoSuchFolder}/x", "${MyPrograms}/Google/chrome.exe")
    )
    monkeypatch.setenv("MyPrograms", str(tmp_path))
    assert find_browser() is None
    installed.parent.mkdir()
    installed.write_text("")
    assert find_browser() == str(installed)
    named = tmp_path / "chromium"
    named.write_text("#!/bin/sh\n")
    named.chmod(named.stat().st_mode | stat.S_IXUSR)
    assert find_browser() == str(named)
