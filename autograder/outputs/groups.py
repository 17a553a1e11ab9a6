"""Which checks an output shows, which of them together, and a part's state in a few words.

A file that can't be imported is one block: what is wrong with it, and how much waits for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from autograder.core.message import Label, Place, Row
from autograder.core.records import SYNTAX_ERRORS, CheckKind, CheckResult, Report, Status

__all__ = [
    "CANT_BE_IMPORTED",
    "grouped",
    "headline",
    "is_lost",
    "line_of",
    "missing_file",
    "numbered",
    "part_text",
    "points_text",
    "reached_text",
    "score_text",
    "shown",
    "state_of",
    "told",
    "whole_text",
    "worth_text",
]

#: The state of a part whose file Python can't import.
CANT_BE_IMPORTED = "can't be imported"


def points_text(hundredths: int) -> str:
    """Return a number of hundredths as points: ``4.5``."""
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


def worth_text(hundredths: int) -> str:
    """Return a number of hundredths as points, with the word: ``1 point``."""
    return f"{points_text(hundredths)} point{'' if hundredths == 100 else 's'}"


def reached_text(checks: Sequence[CheckResult]) -> str:
    """Return the points reached in some checks and those to be had: ``2 of 3``."""
    reached, worth = sum([c.score for c in checks]), sum([c.max_score for c in checks])
    return f"{points_text(reached)} of {points_text(worth)}"


def score_text(report: Report) -> str:
    """Return the whole score: ``80 of 100``."""
    return f"{points_text(report.score)} of {points_text(report.max_score)}"


def part_text(report: Report) -> str:
    """Return the score of a part, and how the whole homework is graded."""
    reached = f"{points_text(report.score)} of {worth_text(report.max_score)}"
    return f"{report.only}: {reached}; {whole_text(report).lower()}"


def whole_text(report: Report) -> str:
    """Say how the whole homework is graded where this report is of a part."""
    how = "python grade.py" if report.audience == "students" else "the same without --only"
    return f"The whole homework: {how}"


def is_lost(check: CheckResult) -> bool:
    """Tell whether a check costs points."""
    return check.score < check.max_score


def shown(report: Report) -> list[CheckResult]:
    """Return the checks that get a line of their own: not those that are only not started."""
    hushed = (Status.PASSED, Status.NOT_STARTED)
    return [check for check in report.checks if check.status not in hushed]


def grouped(checks: Iterable[CheckResult]) -> list[list[CheckResult]]:
    """Put the checks of a function together that fail for one cause.

    Checks of all functions that wait for a file that can't be imported are one group, its own
    functions' first; such groups come before all others.
    """
    checks = list(checks)
    groups: dict[tuple[str, ...], list[CheckResult]] = {}
    for check in sorted(checks, key=lambda check: check.waits_for != check.part):
        if check.waits_for and is_lost(check):
            groups.setdefault((check.waits_for, "file"), []).append(check)
    nothing: dict[str, tuple[str, ...]] = {}  # what came back instead of values: hidden ones too
    for check in checks:
        if not (check.waits_for and is_lost(check)):
            cause = _find_cause(check) if is_lost(check) else ("carried",)
            if _is_about_values(check) and cause[0] == Label.GOT:
                nothing.setdefault(check.function, cause)
            elif cause[0] == CheckKind.VALUES:
                cause = nothing.get(check.function, cause)
            groups.setdefault((check.function, *cause), []).append(check)
    return list(groups.values())


def numbered(report: Report) -> list[list[CheckResult]]:
    """Return the checks of each message that tells of lost points, in the order of the report.

    A message's number, by which ``show`` knows it, is its place here, from 1.
    """
    return [checks for checks in grouped(shown(report)) if is_lost(checks[0])]


def _find_cause(check: CheckResult) -> tuple[str, ...]:
    """Return what is the same for checks that fail for one reason."""
    if check.status != Status.FAILED:
        return ("status", check.status)
    if check.mistake is not None:
        return ("mistake", check.mistake)
    got = check.message.find(Label.GOT)
    if got and not check.message.find(Label.EXPECTED):
        return (Label.GOT, got[0].said)  # nothing to compare: what came back is all that is wrong
    return (CheckKind.VALUES,) if _is_about_values(check) else ("check", check.id)


def _is_about_values(check: CheckResult) -> bool:
    """Tell whether it is the function's main check of values, or its twin on hidden inputs."""
    return check.kind == CheckKind.VALUES and check.is_first


def state_of(checks: Sequence[CheckResult]) -> str:
    """Say in a few words how a part stands, by its functions."""
    functions = {check.function: Status.PASSED for check in checks}
    for check in checks:
        if check.status != Status.PASSED and is_lost(check):
            functions[check.function] = check.status
    files = dict.fromkeys([c.waits_for for c in checks if c.waits_for and is_lost(c)])
    if any([check.part in files for check in checks]):
        return CANT_BE_IMPORTED
    if set(functions.values()) == {Status.PASSED}:
        return "all right"
    if set(functions.values()) == {Status.NOT_STARTED}:
        return "not started"
    states = list(functions.values())
    kept_back = {c.function for c in checks if c.waits_for and is_lost(c)}
    wrong = sum([state not in (Status.PASSED, Status.NOT_STARTED) for state in states])
    waiting = states.count(Status.NOT_STARTED)
    words = [f"{wrong - len(kept_back)} to fix"] if wrong > len(kept_back) else []
    if files:
        words.append(f"{len(kept_back)} waiting for {', '.join([f'{file}.py' for file in files])}")
    return ", ".join(words + ([f"{waiting} not started"] if waiting else []))


#: So many functions of other files are named.
MAX_NAMED = 6


def missing_file(checks: Sequence[CheckResult]) -> str:
    """Return the file, without ``.py``, that all checks of a group wait for, empty for none."""
    return checks[0].waits_for if is_lost(checks[0]) else ""


def headline(checks: Sequence[CheckResult]) -> str:
    """Say which file can't be imported, in which line, and why."""
    return _make_headline(checks[0])


def line_of(check: CheckResult) -> str:
    """Say in one line what one check waits for."""
    if check.waits_for == check.part:
        return _make_headline(check)
    return f"waits for {check.waits_for}.py, which can't be imported"


def _make_headline(check: CheckResult) -> str:
    file = f"{check.waits_for}.py"
    raised = check.message.find(Label.RAISED)
    if not raised:
        return f"{file} can't be imported"
    verb = "read" if raised[0].exception in SYNTAX_ERRORS else "imported"
    places = [row.place for row in check.message.find(Label.AT) if row.place is not None]
    where = f", {_name_place(places[-1], file)}" if places else ""
    return f"{file} can't be {verb}{where}: {raised[0].after.partition(chr(10))[0]}"


def _name_place(place: Place, file: str) -> str:
    is_here = place.file == file and not place.is_in_notebook
    return f"line {place.line}" if is_here else str(place)


def told(checks: Sequence[CheckResult], *, counts: bool = True) -> CheckResult:
    """Return the first check of a group with the message for all of them, and what waits."""
    message, file = checks[0].message, missing_file(checks)
    said = {Label.LOOK_AT, Label.RAISED}  # by the headline
    if any(["\n" in row.said for row in message.find(Label.RAISED)]):
        said.remove(Label.RAISED)  # which holds one line of it
    message = replace(message.without(said), snippet=None)
    if counts:
        own = [check for check in checks if check.part == file]
        message = message.with_row(Row(Label.WAITING, _count_waiting(file, own, checks)))
    return replace(checks[0], message=message)


def _count_waiting(file: str, own: Sequence[CheckResult], checks: Sequence[CheckResult]) -> str:
    """Count what waits: the functions of the file itself, and those of others, by name."""
    others = [check for check in checks if check.part != file]
    names = list(dict.fromkeys([check.function.partition(".")[2] for check in others]))
    listed = ", ".join(names[:MAX_NAMED]) + (", ..." if len(names) > MAX_NAMED else "")
    counts = [f"{_count_functions(own)} of {file}.py"] if own else []
    if others:
        counts.append(f"{_count_functions(others)} of files that use it: {listed}")
    return "; ".join(counts)


def _count_functions(checks: Sequence[CheckResult]) -> str:
    count = len({check.function for check in checks})
    worth = worth_text(sum([check.max_score - check.score for check in checks]))
    return f"{count} function{'s' * (count != 1)} ({worth})"
