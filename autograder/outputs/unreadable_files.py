"""One block for a file that can't be imported: what is wrong with it, and how much waits for it."""

from collections.abc import Sequence
from dataclasses import replace

from autograder.core.message import Label, Place, Row
from autograder.core.records import SYNTAX_ERRORS, CheckResult
from autograder.outputs.groups import is_lost, worth_text

__all__ = ["headline", "line_of", "missing_file", "told"]

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
