"""One block for a file that can't be imported: what is wrong with it, and how much waits for it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from autograder.core.message import Message
from autograder.core.records import CheckResult
from autograder.outputs.groups import is_lost, worth_text

__all__ = ["headline", "line_of", "missing_file", "told"]

_UNREADABLE = re.compile(r"(Syntax|Indentation|Tab)Error\b")

#: So many functions of other files are named.
MAX_NAMED = 6


def missing_file(checks: Sequence[CheckResult]) -> str:
    """Return the file, without ``.py``, that all checks of a group wait for, empty for none."""
    return checks[0].waits_for if is_lost(checks[0]) else ""


def headline(checks: Sequence[CheckResult]) -> str:
    """Say which file can't be imported, in which line, and why.

    Parameters
    ----------
    checks : sequence of CheckResult
        A group (`autograder.outputs.groups.grouped`) that waits for a file.
    """
    return _headline(checks[0])


def line_of(check: CheckResult) -> str:
    """Say in one line what one check waits for.

    Parameters
    ----------
    check : CheckResult
        One that waits for a file.
    """
    if check.waits_for == check.part:
        return _headline(check)
    return f"waits for {check.waits_for}.py, which can't be imported"


def _headline(check: CheckResult) -> str:
    message, file = Message.parse(check.message), f"{check.waits_for}.py"
    prefix = f"{file} can't be imported: "
    raised = [text for text in message.texts("raised") if text.startswith(prefix)]
    if not raised:
        return f"{file} can't be imported"
    reason = raised[0].removeprefix(prefix).split("\n")[0]
    verb = "read" if _UNREADABLE.match(reason) else "imported"
    places = [text.partition(": ")[0] for text in message.texts("at")]
    place = f", {places[-1].removeprefix(f'{file} ')}" if places else ""
    return f"{file} can't be {verb}{place}: {reason}"


def told(checks: Sequence[CheckResult], *, counts: bool = True) -> CheckResult:
    """Return the first check of a group with the message that stands for all of them.

    Parameters
    ----------
    checks : sequence of CheckResult
        A group (`autograder.outputs.groups.grouped`) that waits for a file.
    counts : bool
        Whether to say how many functions wait, and their points.
    """
    message, file = Message.parse(checks[0].message), missing_file(checks)
    own = [check for check in checks if check.part == file]
    said = {"look at", "raised"}  # by the headline
    if any(["\n" in text for text in message.texts("raised")]):
        said.remove("raised")  # which holds one line of it
    rows = message.without(said).rows
    if counts:
        rows = (*rows, ("waiting", _waiting(file, own, checks)))
    return replace(checks[0], message=str(Message(rows)))


def _waiting(file: str, own: Sequence[CheckResult], checks: Sequence[CheckResult]) -> str:
    """Count what waits: the functions of the file itself, and those of others, by name."""
    others = [check for check in checks if check.part != file]
    names = list(dict.fromkeys([check.function.partition(".")[2] for check in others]))
    listed = ", ".join(names[:MAX_NAMED]) + (", ..." if len(names) > MAX_NAMED else "")
    counted = _counted(own)
    if own and others:
        return f"{counted} of {file}.py; {_counted(others)} of files that use it: {listed}"
    return (
        f"{counted} of {file}.py" if own else f"{_counted(others)} of files that use it: {listed}"
    )


def _counted(checks: Sequence[CheckResult]) -> str:
    count = len({check.function for check in checks})
    worth = worth_text(sum([check.max_score - check.score for check in checks]))
    return f"{count} function{'s' * (count != 1)} ({worth})"
