"""What the pages say the same way everywhere: shares, points, names, kinds of cause."""

from autograder.classroom.records import Result
from autograder.classroom.statistics import FEW, UNNAMED

__all__ = [
    "KINDS",
    "NONE",
    "count_text",
    "name_submission",
    "points_text",
    "share_text",
    "signed_text",
]

#: Stands where there is no figure.
NONE = "\N{EN DASH}"

#: What an option is called on a page.
KINDS = {
    "right": "right",
    "mistake": "mistake of the rubric",
    "change": "small change of the solution",
    "relation": "relation",
    "advice": "advice",
    UNNAMED: "wrong values that nothing explains",
    "failed": "fails in another way",
    "error": "raises an error that nothing explains",
    "timeout": "takes too long",
    "crashed": "crashes",
    "not started": "not started",
}


def points_text(points: float) -> str:
    """Return points as they are written elsewhere: ``4.5``."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def share_text(count: float, of: int) -> str:
    """Return a share in percent; "" of a few, where a count says more."""
    if of < FEW:
        return ""
    share = 100 * count / of
    return "under 1%" if 0 < share < 1 else f"{int(share) if share > 99 else round(share)}%"


def count_text(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 submission``, ``1,200 submissions``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def signed_text(value: float | None) -> str:
    """Return a coefficient with two digits; a dash where there is none."""
    return NONE if value is None else f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def name_submission(result: Result) -> str:
    """Return whose submission it is."""
    names = [student.name or student.id for student in result.students]
    return " and ".join([name for name in names if name]) or result.name or result.key
