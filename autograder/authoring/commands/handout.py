"""The verb ``handout``: what students read, as a page of HTML and as a PDF."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from autograder.authoring.handout.page import to_html
from autograder.authoring.handout.source import read_handout
from autograder.core.writing import write_atomically
from autograder.errors import GraderError, UsageError
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework

__all__ = ["find_browser", "print_to_pdf", "run_handout"]


def run_handout(homework: Homework, *, output: Path | None = None) -> int:
    """Write ``handout.html`` and ``handout.pdf``, to ``dist/`` if not said otherwise.

    Where no browser prints the PDF the status is 0, too: the page is there, and any browser can
    print it. A PDF of an earlier run is removed, so that the two never say different things.

    Raises
    ------
    UsageError
        If the files can't be written.
    GraderError
        If the key can't be compiled, or the text is at fault.
    """
    key = current_key(homework, "full")
    page = to_html(read_handout(homework, key=key).to_markdown())
    folder = output or homework.root / "dist"
    try:
        write_atomically(folder / "handout.html", page.encode())
        (folder / "handout.pdf").unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} can't be written to: {error.strerror}") from error
    sys.stdout.write(f"{folder / 'handout.html'}\n")
    _print(folder / "handout.html", folder / "handout.pdf")
    return 0


def _print(page: Path, pdf: Path) -> None:
    """Print the page where a browser does that, else say how to."""
    browser = find_browser()
    why = "there is no Chromium, Chrome or Edge here that prints it"
    if browser is not None:
        try:
            print_to_pdf(browser, page, pdf)
            sys.stdout.write(f"{pdf}\n")
            return
        except GraderError as error:
            why = str(error)
    sys.stderr.write(f"No PDF: {why}. Open {page} in a browser and choose Print, Save as PDF.\n")


# ---- the PDF

#: A page takes two seconds; a machine may be busy.
TIMEOUT_SECONDS = 120

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)

#: Where macOS and Windows keep them, which is not on the PATH there.
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"${ProgramFiles}\Google\Chrome\Application\chrome.exe",
    r"${ProgramFiles(x86)}\Google\Chrome\Application\chrome.exe",
    r"${LocalAppData}\Google\Chrome\Application\chrome.exe",
    r"${ProgramFiles(x86)}\Microsoft\Edge\Application\msedge.exe",
    r"${ProgramFiles}\Microsoft\Edge\Application\msedge.exe",
)

#: A browser that prints a file needs neither a screen nor anyone on the network.
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pdf-header-footer",
)


def find_browser() -> str | None:
    """Return the path of a browser that can print, None where there is none."""
    places = [os.path.expandvars(place) for place in _PLACES]
    installed = [place for place in places if os.path.isfile(place)]
    return next(filter(None, map(shutil.which, _NAMES)), None) or next(iter(installed), None)


def print_to_pdf(browser: str, page: Path, output: Path) -> None:
    """Print `page`, a file of HTML of our own, to `output`, whole or not at all.

    The browser's sandbox is off where the user is root, whom it refuses. The bytes of the PDF hold
    the time at which it was made.

    Raises
    ------
    GraderError
        If the browser does not print it.
    """
    is_root = sys.platform != "win32" and os.geteuid() == 0
    with tempfile.TemporaryDirectory(prefix="print-", ignore_cleanup_errors=True) as folder:
        made = Path(folder) / "page.pdf"
        command = [
            browser,
            *_FLAGS,
            *(["--no-sandbox"] if is_root else []),
            f"--user-data-dir={Path(folder) / 'profile'}",  # not that of a browser that is open
            f"--print-to-pdf={made}",
            page.resolve().as_uri(),
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GraderError(f"{browser} does not print {page}: {error}") from error
        if done.returncode or not made.is_file() or not made.stat().st_size:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            raise GraderError(f"{browser} did not print {page}: {' '.join(said) or 'no PDF'}")
        write_atomically(output, made.read_bytes())
