"""A browser for tests that look at pages, and a page under watch."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: What Chromium is called, by system.
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

#: No sandbox, since it may run as root in a container; nothing that calls home by itself.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

#: Where pictures of pages are kept for people to look at, if it is set.
PICTURES = "PAGE_PICTURES"

#: Of a longer page Chromium makes no picture.
MAX_PICTURE_HEIGHT = 12_000


# Of a module, not of the session: as long as it is there, its event loop runs in this process, and
# tests that start one of their own (nbclient's) could not.
@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Chromium without a window; skips where there is none, unless PAGE_TESTS says 'needed'."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        path = None
    if path is None:
        sentence = "there is no Chromium, or no playwright to drive it"
        if os.environ.get("PAGE_TESTS") == "needed":
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield chromium
        finally:
            chromium.close()


@dataclass
class Watched:
    """A page that is open, and all that it should not do."""

    page: "Page"
    said: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @property
    def elsewhere(self) -> list[str]:
        """What was asked for beside the page's own file."""
        return [url for url in self.requests if url != self.page.url.partition("#")[0]]

    def violations(self) -> list[str]:
        """Return what axe finds inaccessible, the place with it."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [
            f"{v['id']}: {node['target']} {node['html'][:90]}" for v in found for node in v["nodes"]
        ]

    def is_scrolled_sideways(self) -> bool:
        """Tell whether the page is wider than its window."""
        return bool(
            self.page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
        )

    def keep_picture(self, name: str) -> None:
        """Write a picture of the whole page where people asked for pictures."""
        folder = os.environ.get(PICTURES)
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            width, height = self.page.evaluate("[innerWidth, document.body.scrollHeight]")
            clip = {"x": 0, "y": 0, "width": width, "height": min(height, MAX_PICTURE_HEIGHT)}
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True, clip=clip)


@contextlib.contextmanager
def opened(browser: "Browser", file: Path, **options: Any) -> Iterator[Watched]:
    """Open a file; `options` are those of a context of Playwright's (``viewport``, ...)."""
    context = browser.new_context(**options)
    try:
        watched = Watched(context.new_page())
        page = watched.page
        page.on("console", lambda message: watched.said.append(message.text))
        page.on("pageerror", lambda error: watched.said.append(str(error)))
        page.on("dialog", lambda dialog: watched.said.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: watched.requests.append(request.url))
        page.goto(file.resolve().as_uri())
        yield watched
    finally:
        context.close()
