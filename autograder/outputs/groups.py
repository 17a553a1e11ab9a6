"""Which checks an output shows, which of them together, and a part's state in a few words."""

from collections.abc import Iterable, Sequence

from autograder.records import CheckResult, Report, Status

__all__ = ["grouped", "is_lost", "points_text", "shown", "state_of", "worth_text"]


def points_text(hundredths: int) -> str:
    """Return a number of hundredths as points: ``4.5``."""
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


def worth_text(hundredths: int) -> str:
    """Return a number of hundredths as points, with the word: ``1 point``."""
    return f"{points_text(hundredths)} point{'' if hundredths == 100 else 's'}"


def is_lost(check: CheckResult) -> bool:
    """Tell whether a check costs points."""
    return check.score < check.max_score


def shown(report: Report) -> list[CheckResult]:
    """Return the checks that get a line of their own: not those that are only not started."""
    hushed = (Status.PASSED, Status.NOT_STARTED)
    return [check for check in report.checks if check.status not in hushed]


def grouped(checks: Iterable[CheckResult]) -> list[list[CheckResult]]:
    """Put the checks of a function together that fail for one cause."""
    groups: dict[tuple[str, str], list[CheckResult]] = {}
    for check in checks:
        cause = _cause(check) if is_lost(check) else "carried"
        groups.setdefault((check.function, cause), []).append(check)
    return list(groups.values())


def _cause(check: CheckResult) -> str:
    """Return what is the same for checks that fail for one reason."""
    if check.status != Status.FAILED:
        return check.status
    if check.misconception is not None:
        return check.misconception
    is_value = check.id.endswith((".values", ".hidden"))
    return "values" if is_value else check.id


def state_of(checks: Sequence[CheckResult]) -> str:
    """Say in a few words how a part stands, by its functions."""
    functions = {check.function: Status.PASSED for check in checks}
    for check in checks:
        if check.status != Status.PASSED and is_lost(check):
            functions[check.function] = check.status
    if set(functions.values()) == {Status.PASSED}:
        return "all right"
    if set(functions.values()) == {Status.NOT_STARTED}:
        return "not started"
    states = list(functions.values())
    wrong = sum([state not in (Status.PASSED, Status.NOT_STARTED) for state in states])
    waiting = states.count(Status.NOT_STARTED)
    words = [f"{wrong} to mend"] if wrong else []
    return ", ".join(words + ([f"{waiting} not started"] if waiting else []))
