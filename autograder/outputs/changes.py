"""What a student who has just saved a file wants to read: what changed, and what comes next.

Lines of text in the styles of `autograder.outputs.text`: first the points and checks that were won
or lost since the last time, then one thing to fix in full, then how the parts stand.
"""

from collections.abc import Collection, Iterator, Sequence

from autograder.core.message import Label
from autograder.core.records import CheckResult, Report, Status
from autograder.core.text import list_first
from autograder.outputs.groups import Block, gather_blocks, is_lost, points_text
from autograder.outputs.text import (
    WIDTH,
    Styled,
    block_lines,
    message_lines,
    part_lines,
    printed_lines,
    wrapped,
)

__all__ = ["changed_lines", "next_lines", "standing_lines", "summary_lines", "unreadable_lines"]

#: Further failures that get a line each.
MAX_OTHERS = 3


def changed_lines(before: Report, after: Report, *, width: int = WIDTH) -> Iterator[Styled]:
    """Yield what was won and lost between two reports, a line for each function."""
    turned = _find_turned(before, after)
    for (is_won, file, _), checks in turned.items():
        worth = points_text(sum([check.max_score for check in checks]))
        mark, sign = ("ok", "+") if is_won else ("x ", "-")
        said = _say_by_file(file, checks) if file else _say_by_function(checks)
        first, *rest = wrapped(f"{mark} {sign}{worth}  {said}", width)
        yield "good" if is_won else "bad", first
        yield from [("", f"   {line}") for line in rest]
    begun = _find_begun(before, after) - {c.function for checks in turned.values() for c in checks}
    for function in sorted(begun):
        yield "weak", f"-  {function} is started, and not right yet"
    if not turned and not begun:
        yield "", "No check changed."


def summary_lines(before: Report, after: Report, *, width: int = WIDTH) -> Iterator[Styled]:
    """Yield in a line what was won and lost, for whoever no longer sees the first lines."""
    turned = _find_turned(before, after)
    if not turned:
        return
    named = [
        f"{'+' if is_won else '-'}{points_text(sum([check.max_score for check in checks]))}"
        f" {function or f'{file}.py'}"
        for (is_won, file, function), checks in turned.items()
    ]
    yield from [("", line) for line in wrapped(f"changed: {list_first(named)}", width)]


def _find_turned(before: Report, after: Report) -> dict[tuple[bool, str, str], list[CheckResult]]:
    """Return the checks that were won or lost, lost ones last.

    They lie together by which of the two, and by the file that they waited for or wait for now, or
    else by function.
    """
    kept = {check.id for check in before.checks if not is_lost(check)}
    held = {check.id: check.waits_for for check in before.checks if is_lost(check)}
    turned: dict[tuple[bool, str, str], list[CheckResult]] = {}
    for check in after.checks:
        is_won = not is_lost(check)
        if (check.id in kept) != is_won:
            file = held.get(check.id, "") if is_won else check.waits_for
            place = (is_won, file, "" if file else check.function)
            turned.setdefault(place, []).append(check)
    return dict(sorted(turned.items(), key=lambda pair: not pair[0][0]))


def _say_by_function(checks: Sequence[CheckResult]) -> str:
    """Say which checks of a function were won, or lost."""
    titles = ", ".join([check.title for check in checks])
    return f"{checks[0].function} now {'fails' if is_lost(checks[0]) else 'passes'}: {titles}"


def _say_by_file(file: str, checks: Sequence[CheckResult]) -> str:
    """Say how many functions waited for a file, or do now."""
    count = len({check.function for check in checks})
    functions = f"{count} function{'s' * (count != 1)}"
    if not is_lost(checks[0]):
        return f"{functions} that waited for {file}.py: right again"
    return f"{functions} now wait{'s' * (count == 1)} for {file}.py"


def _find_begun(before: Report, after: Report) -> set[str]:
    """Return the functions of which a check has another status than 'not started' now."""
    waited = {check.id for check in before.checks if check.status == Status.NOT_STARTED}
    started = [check for check in after.checks if check.status != Status.NOT_STARTED]
    return {check.function for check in started if check.id in waited}


def next_lines(
    report: Report, saved: Collection[str] = (), *, width: int = WIDTH
) -> Iterator[Styled]:
    """Yield one thing to fix in full, a line for each other; or else what is to be written next.

    It is the first thing of the files `saved`, without ``.py``, that their author is busy with.
    """
    printed = {n: t for n, t in report.printed.items() if n.partition(".")[0] in saved}
    yield from printed_lines(printed, width=width)
    blocks = [block for block in gather_blocks(report.checks) if not block.is_carried]
    if blocks:
        first = min(blocks, key=lambda block: not {c.part for c in block.checks} & {*saved})
        yield from block_lines(first, width=width)
        yield from _list_others([block for block in blocks if block is not first], width)
        return
    waiting = [
        check
        for check in report.checks
        if check.status == Status.NOT_STARTED and (not check.is_bonus or check.part in saved)
    ]
    started = [check for check in report.checks if check.status != Status.NOT_STARTED]
    if waiting and started:
        here = min(waiting, key=lambda c: (c.part not in saved, not _find_left_line(c)))
        name = here.function.partition(".")[2]
        said = _find_left_line(here) or f"{name} in {here.part}.py is not started"
        head, *tail = wrapped(f"-  next: {said}", width)
        yield "", head
        yield from [("", f"   {line}") for line in tail]
        yield "", ""
    elif not waiting:
        yield "good", "ok Every check that you have passes."
        yield "", ""


def _find_left_line(check: CheckResult) -> str:
    """Return which line of a stub keeps a function's code from running, empty for none."""
    rows = check.message.find(Label.TO_DO)
    return next((row.said for row in rows if row.place is not None and row.place.line), "")


def _list_others(others: Sequence[Block], width: int) -> Iterator[Styled]:
    for block in others[:MAX_OTHERS]:
        yield "bad", wrapped(f"x  {block.number}. {block.head}", width)[0]
    if len(others) > MAX_OTHERS:
        yield "", f"   and {len(others) - MAX_OTHERS} more: 'python grade.py' shows all"
    if others:
        yield "", ""


def unreadable_lines(
    report: Report, files: Sequence[str], *, width: int = WIDTH
) -> Iterator[Styled]:
    """Yield why Python can't read a file, once."""
    for block in gather_blocks(report.checks):
        if block.file == files[0]:
            first, *rest = wrapped(f"x  {block.head}", width)
            yield "bad", first
            yield from [("", f"   {line}") for line in rest]
            yield from message_lines(block.told(counts=False), width=width)


def standing_lines(
    report: Report, before: Report | None = None, *, width: int = WIDTH
) -> Iterator[Styled]:
    """Yield how the parts stand, all of them or those that changed, and what there is to know."""
    known = set(part_lines(before, width=width)) if before is not None else set()
    rows = [row for row in part_lines(report, width=width) if row not in known]
    yield from rows
    if rows:
        yield "", ""
    for note in report.notes:
        if before is None or note not in before.notes:
            yield from [("strong", line) for line in wrapped(note, width)]
