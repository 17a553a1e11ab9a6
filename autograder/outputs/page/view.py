"""What the page's template shows, in the order in which it shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from autograder import __version__
from autograder.message import Message
from autograder.outputs.fragments import message_html
from autograder.outputs.groups import grouped, is_lost, points_text, shown, state_of, worth_text
from autograder.records import CheckResult, Report, Status

__all__ = ["View", "view_of"]

#: So many functions are named as the first to mend, and shown open.
FIRST = 3

#: Rows of a message that say most where no cause is known.
TELLING = ("likely", "raised", "time limit", "crashed", "problem", "first")


@dataclass(frozen=True)
class Group:
    """Checks of one function that fail for one cause."""

    anchor: str
    function: str
    checks: tuple[CheckResult, ...]
    lost: str
    is_carried: bool
    cause: str
    message: Markup
    waits_for_another: bool


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
    state: str
    kind: str
    groups: tuple[Group, ...]
    carried: tuple[Group, ...]
    waiting: tuple[str, ...]
    passed: tuple[Passed, ...]
    printed: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class View:
    """The whole page."""

    score: str
    max_score: str
    is_finished: bool
    standing: str
    first: tuple[Group, ...]
    more: int
    begin_with: str
    notes: tuple[str, ...]
    parts: tuple[Part, ...]
    facts: tuple[tuple[str, str], ...]


def view_of(report: Report) -> View:
    """Return what the page shows of `report`.

    Parameters
    ----------
    report : Report
        Finished or not.
    """
    groups = [_group(number, checks) for number, checks in enumerate(grouped(shown(report)), 1)]
    parts = [_part(name, report, groups) for name in report.parts]
    lost = [group for group in groups if not group.is_carried]
    first = _one_of_each_function(sorted(lost, key=_urgency))
    waiting = [name for part in parts for name in part.waiting]
    return View(
        score=points_text(report.score),
        max_score=points_text(report.max_score),
        is_finished=report.is_finished,
        standing=_standing(report, len({group.function for group in lost}), len(waiting)),
        first=tuple(first[:FIRST]),
        more=len(first[FIRST:]),
        begin_with=waiting[0] if waiting and report.is_finished else "",
        notes=report.notes,
        parts=tuple([part for part in parts if part.state]),
        facts=_facts(report),
    )


def _facts(report: Report) -> tuple[tuple[str, str], ...]:
    """Return what a report was made with; what protects a machine is told to staff."""
    is_for_staff = report.audience == "staff"
    kept = [fact for fact in report.environment.items() if is_for_staff or "layers" not in fact[0]]
    return (*kept, ("grader", __version__), ("made for", report.audience))


def _urgency(group: Group) -> tuple[bool, float]:
    """Sort what waits for no other function before what does, and then by points."""
    return group.waits_for_another, -sum([c.max_score - c.score for c in group.checks])


def _one_of_each_function(groups: Sequence[Group]) -> list[Group]:
    return list({group.function: group for group in reversed(groups)}.values())[::-1]


def _standing(report: Report, wrong: int, waiting: int) -> str:
    if not report.checks:
        return ""
    words = []
    if wrong:
        words.append(f"{wrong} function{'s' * (wrong > 1)} to mend")
    if waiting:
        words.append(f"{waiting} not started")
    if words:
        return ", ".join(words)
    return "every check passed" if report.is_finished else "every check so far passed"


def _group(number: int, checks: Sequence[CheckResult]) -> Group:
    message = Message.parse(checks[0].message)
    told = [text for label in TELLING for text in message.texts(label)]
    if not message.texts("expected"):  # else what came back says little by itself
        told += message.texts("got")
    return Group(
        anchor=f"check-{number}",
        function=checks[0].function,
        checks=tuple(checks),
        lost=worth_text(sum([check.max_score - check.score for check in checks])),
        is_carried=not any([is_lost(check) for check in checks]),
        cause=told[0].split("\n")[0] if told else checks[0].title,
        message=Markup(message_html(checks[0])),
        waits_for_another=bool(message.texts("first")),
    )


def _part(name: str, report: Report, groups: Sequence[Group]) -> Part:
    checks = [check for check in report.checks if check.part == name]
    reached, worth = sum([c.score for c in checks]), sum([c.max_score for c in checks])
    own = [group for group in groups if group.checks[0].part == name]
    waiting = [c.function for c in checks if c.status == Status.NOT_STARTED and is_lost(c)]
    functions = {check.function for check in checks}
    return Part(
        name=name,
        title=report.parts[name],
        reached=points_text(reached),
        worth=points_text(worth),
        percent=round(100 * reached / worth, 2) if worth else 0.0,
        state=state_of(checks) if checks else "",
        kind="full" if reached == worth else "some" if reached else "none",
        groups=tuple([group for group in own if not group.is_carried]),
        carried=tuple([group for group in own if group.is_carried]),
        waiting=tuple(dict.fromkeys(waiting)),
        passed=tuple(_passed([c for c in checks if c.status == Status.PASSED])),
        printed=tuple([item for item in report.printed.items() if item[0] in functions]),
    )


def _passed(checks: Sequence[CheckResult]) -> list[Passed]:
    functions: dict[str, list[CheckResult]] = {}
    for check in checks:
        functions.setdefault(check.function, []).append(check)
    return [
        Passed(name, tuple([c.title for c in own]), worth_text(sum([c.score for c in own])))
        for name, own in functions.items()
    ]
