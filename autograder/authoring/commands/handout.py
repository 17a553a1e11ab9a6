"""The verb ``handout``: what students read, as a page of HTML and as a PDF."""

import sys
from pathlib import Path

from autograder.authoring.handout.page import to_html
from autograder.authoring.handout.printing import find_browser, print_to_pdf
from autograder.authoring.handout.source import read_handout
from autograder.core.writing import write_atomically
from autograder.errors import GraderError, UsageError
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework

__all__ = ["run_handout"]


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
