"""The report as one page of HTML that needs nothing beside itself: no network, no other file.

The template, the style and the script lie beside this module and are put into the page. What a
student wrote reaches it as text: the template escapes, `autograder.outputs.html.fragments` escapes,
and should either ever fail, the page's security policy runs no script and takes no style but those
whose digests it names, and loads nothing from anywhere. A `View` has what the template shows, in
the order in which it shows it.

Source of the policy: the W3C's Content Security Policy Level 3, sections 2.3.1 (digests) and 6.7.3
(what of an element is digested: its text, byte by byte).
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder import __version__
from autograder.core.message import Label
from autograder.core.records import CheckResult, Report, Status
from autograder.outputs.groups import (
    BONUS,
    Block,
    bonus_text,
    gather_blocks,
    is_lost,
    later_text,
    leaves_aside,
    points_text,
    state_of,
    whole_text,
    worth_text,
)
from autograder.outputs.html.fragments import message_html

__all__ = [
    "PageRenderer",
    "View",
    "open_templates",
    "page_of_drawings",
    "security_policy",
    "view_of",
]

FOLDER = Path(__file__).parent


def open_templates(folder: Path) -> Environment:
    """Return what fills in the templates of a folder; all text in them is escaped."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


class PageRenderer:
    """Makes the page of each report of a run; the template is read once."""

    def __init__(self) -> None:
        #: HTML to show beside the checks, from the grader's own modules, with ``style`` and
        #: ``script`` elements of its own if need be; empty for none. The policy refuses ``style``
        #: attributes and handlers in attributes. It is taken as it is: whoever makes it escapes
        #: what a student wrote.
        self.pictures = ""
        #: When the page was written, in words, if it is written again and again; else empty.
        self.watched = ""
        self._template = open_templates(FOLDER).get_template("page.html.j2")
        self._style = (FOLDER / "page.css").read_text(encoding="utf-8")
        self._script = (FOLDER / "page.js").read_text(encoding="utf-8")

    def __call__(self, report: Report) -> bytes:
        """Return the page of `report`, finished or not, in UTF-8."""
        own = f"<style>{self._style}</style><script>{self._script}</script>"
        page = self._template.render(
            view=view_of(report),
            pictures=Markup(self.pictures),
            watched=self.watched,
            style=Markup(self._style),
            script=Markup(self._script),
            policy=security_policy(own + self.pictures),
        )
        return page.encode("utf-8", "replace")


#: So many functions are named as the first to fix, and shown open.
FIRST = 3

#: Rows of a message that say most where no cause is known.
TELLING = (Label.LIKELY, Label.RAISED, Label.TIME_LIMIT, Label.CRASHED, Label.PROBLEM, Label.FIRST)


@dataclass(frozen=True)
class Group:
    """A block as the page shows it.

    The function's name is short in its own part; `waits` says how many functions wait for a file.
    """

    block: Block
    anchor: str
    function: str
    lost: str
    cause: str
    waits: str
    message: Markup


@dataclass(frozen=True)
class Waiting:
    """The functions of a part that wait for a file, and where that is told of."""

    file: str
    anchor: str
    functions: tuple[str, ...]


@dataclass(frozen=True)
class Passed:
    """The checks of one function that passed."""

    function: str
    titles: tuple[str, ...]
    points: str


@dataclass(frozen=True)
class Part:
    """One file of the homework."""

    name: str
    title: str
    reached: str
    worth: str
    percent: float
    is_bonus: bool
    state: str
    kind: str
    groups: tuple[Group, ...]
    carried: tuple[Group, ...]
    kept_back: tuple[Waiting, ...]
    waiting: tuple[str, ...]
    passed: tuple[Passed, ...]
    printed: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class View:
    """The whole page."""

    score: str
    max_score: str
    bonus: str
    only: str
    whole: str
    later: str
    is_finished: bool
    standing: str
    first: tuple[Group, ...]
    more: int
    begin_with: str
    notes: tuple[str, ...]
    parts: tuple[Part, ...]
    facts: tuple[tuple[str, str], ...]


def view_of(report: Report) -> View:
    """Return what the page shows of `report`."""
    groups = [_make_group(f"check-{i}", b) for i, b in enumerate(gather_blocks(report.checks), 1)]
    parts = [_make_part(name, report, groups) for name in report.parts]
    lost = [group for group in groups if not group.block.is_carried]
    waiting = [name for part in parts for name in part.waiting if not part.is_bonus]
    return View(
        score=points_text(report.score),
        max_score=points_text(report.max_score),
        bonus=bonus_text(report),
        only=report.only,
        whole=whole_text(report),
        later=later_text(report),
        is_finished=report.is_finished,
        standing=_say_standing(report, lost, len(waiting)),
        first=tuple(lost[:FIRST]),
        more=len(lost[FIRST:]),
        begin_with=waiting[0] if waiting and report.is_finished and not report.only else "",
        notes=report.notes,
        parts=tuple([part for part in parts if part.state]),
        facts=_list_facts(report),
    )


def _list_facts(report: Report) -> tuple[tuple[str, str], ...]:
    """Return what a report was made with; what protects a machine is told to staff."""
    is_for_staff = report.audience == "staff"
    kept = [fact for fact in report.environment.items() if is_for_staff or "layers" not in fact[0]]
    return (*kept, ("grader", __version__), ("made for", report.audience))


def _say_standing(report: Report, lost: Sequence[Group], waiting: int) -> str:
    if not report.checks:
        return ""
    words = []
    files = len([group for group in lost if group.block.file])
    wrong = len(lost) - files
    if files:
        words.append(f"{files} file{'s' * (files > 1)} that can't be imported")
    if wrong:
        words.append(f"{wrong} function{'s' * (wrong > 1)} to fix")
    if waiting:
        words.append(f"{waiting} not started")
    if words:
        return ", ".join(words)
    if not report.is_finished:
        return "every check so far passed"
    bonus = [check for check in report.checks if check.is_bonus]
    return f"every check passed{f', {BONUS} aside' if bonus and leaves_aside(bonus) else ''}"


def _make_group(anchor: str, block: Block) -> Group:
    told = block.told()
    message, first = told.message, block.checks[0]
    causes = [row for label in TELLING for row in message.find(label)]
    if not message.find(Label.EXPECTED):  # else what came back says little by itself
        causes += message.find(Label.GOT)
    file, _, function = block.name.partition(".")
    count = len({check.function for check in block.checks})
    waits = f"{count} function{'s wait' if count > 1 else ' waits'} for this file"
    return Group(
        block=block,
        anchor=anchor,
        function="" if block.file else function if file == first.part else block.name,
        lost=block.worth,
        cause=block.what if block.file or not causes else causes[0].said.split("\n")[0],
        waits=waits if block.file else "",
        message=Markup(message_html(told)),
    )


def _make_part(name: str, report: Report, groups: Sequence[Group]) -> Part:
    checks = [check for check in report.checks if check.part == name]
    reached, worth = sum([c.score for c in checks]), sum([c.max_score for c in checks])
    own = [group for group in groups if group.block.checks[0].part == name]
    waiting = [c.function for c in checks if c.status == Status.NOT_STARTED and is_lost(c)]
    functions = {check.function for check in checks}
    return Part(
        name=name,
        title=report.parts[name],
        reached=points_text(reached),
        worth=points_text(worth),
        percent=round(100 * reached / worth, 2) if worth else 0.0,
        is_bonus=name in report.bonus_parts,
        state=state_of(checks) if checks else "",
        kind="full" if reached == worth else "some" if reached else "none",
        groups=tuple([group for group in own if not group.block.is_carried]),
        carried=tuple([group for group in own if group.block.is_carried]),
        kept_back=tuple([w for w in [_find_waiting(g, name) for g in groups] if w.functions]),
        waiting=tuple(dict.fromkeys(waiting)),
        passed=tuple(_list_passed([c for c in checks if c.status == Status.PASSED])),
        printed=tuple([item for item in report.printed.items() if item[0] in functions]),
    )


def _find_waiting(group: Group, part: str) -> Waiting:
    """Return which functions of a part wait for a group's file, none where that is told there."""
    block = group.block
    is_elsewhere = block.file and block.checks[0].part != part
    own = [c.function for c in block.checks if c.part == part] if is_elsewhere else []
    return Waiting(f"{block.file}.py", group.anchor, tuple(dict.fromkeys(own)))


def _list_passed(checks: Sequence[CheckResult]) -> list[Passed]:
    functions: dict[str, list[CheckResult]] = {}
    for check in checks:
        functions.setdefault(check.function, []).append(check)
    return [
        Passed(name, tuple([c.title for c in own]), worth_text(sum([c.score for c in own])))
        for name, own in functions.items()
    ]


class _Inline(HTMLParser):
    """Collects the texts of the elements that a policy is about."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.texts:
            self._inside = tag
            self.texts[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[self._inside][-1] += data


def page_of_drawings(title: str, drawn: str) -> bytes:
    """Return drawings, HTML that is safe as it is, as a page of their own, in UTF-8."""
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    page = open_templates(FOLDER).get_template("drawings.html.j2")
    written = page.render(
        title=title,
        drawn=Markup(drawn),
        style=Markup(style),
        policy=security_policy(f"<style>{style}</style>{drawn}"),
    )
    return written.encode("utf-8", "replace")


def security_policy(html: str) -> str:
    """Return the policy under which exactly the scripts and styles in `html` count.

    It has all ``script`` and ``style`` elements of a page, and nothing that a student wrote.
    """
    inline = _Inline()
    inline.feed(html)
    inline.close()
    allowed = {
        tag: " ".join(dict.fromkeys([_digest(text) for text in texts])) or "'none'"
        for tag, texts in inline.texts.items()
    }
    return (
        f"default-src 'none'; script-src {allowed['script']}; style-src {allowed['style']};"
        " base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
