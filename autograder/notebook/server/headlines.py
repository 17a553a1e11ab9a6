"""Say first and in one line how a function stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from autograder.core.records import CheckResult, Report, Status
from autograder.outputs.groups import is_lost, points_text

__all__ = ["BAD", "GOOD", "OPEN", "Headline", "headline", "line_html"]

GOOD, BAD, OPEN = "\N{CHECK MARK}", "\N{BALLOT X}", "\N{WHITE CIRCLE}"


@dataclass(frozen=True)
class Headline:
    """What is said of one function first; as text, a line.

    Attributes
    ----------
    mark : str
        One character.
    function : str
        Its name in the notebook.
    state : str
        Right, wrong, not started, or what to do first.
    points : str
        Such as ``2 of 3``; empty where nothing is said of them.
    """

    mark: str
    function: str
    state: str
    points: str = ""

    def __str__(self) -> str:
        points = f", {self.points} points" if self.points else ""
        return f"{self.mark} {self.function}: {self.state}{points}"


def headline(name: str, report: Report, *, is_held: bool, source: str = "") -> Headline:
    """Return what is said of a function first.

    Parameters
    ----------
    name : str
        ``file.function``.
    report : Report
        With its checks.
    is_held : bool
        Whether the kernel has it.
    source : str
        The file that the kernel has it from although a cell defines it too, with the cell that
        brought it (`autograder.notebook.server.current`); empty for none.
    """
    function = name.partition(".")[2]
    checks = [check for check in report.checks if check.function == name]
    if not is_held:
        return Headline(OPEN, function, f"run the cell with 'def {function}' first, then this one")
    reached, worth = sum([c.score for c in checks]), sum([c.max_score for c in checks])
    points = f"{points_text(reached)} of {points_text(worth)}"
    if reached == worth:
        return Headline(GOOD, function, "all right", points)
    if all([check.status == Status.NOT_STARTED for check in checks]):
        if source:
            again = f"now comes from {source}; run the cell with your 'def {function}' again"
            return Headline(OPEN, function, again)
        todo = "not started. Write your code in its cell, in place of the line that begins with"
        return Headline(OPEN, function, f"{todo} 'raise NotImplementedError', and run the cell")
    return Headline(BAD, function, _say_state(checks), points)


def _say_state(checks: Sequence[CheckResult]) -> str:
    lost = [check for check in checks if is_lost(check)]
    words = {
        Status.ERROR: "it raised an exception",
        Status.TIMEOUT: "it took too long",
        Status.CRASHED: "it ended Python",
    }
    kinds = {check.status for check in lost}
    return words[lost[0].status] if len(kinds) == 1 and kinds <= words.keys() else "not right yet"


def line_html(line: Headline) -> str:
    """Return a headline as HTML."""
    points = f", {escape(line.points)} points" if line.points else ""
    name = f"<strong><code>{escape(line.function)}</code></strong>"
    return f'<p class="ag-line">{line.mark} {name}: {escape(line.state)}{points}</p>'
