"""The record of what is wrong with one check, before it is put into words."""

from dataclasses import dataclass

from autograder.core.compare import Difference
from autograder.judge.evidence import Evidence, Obstacle

__all__ = ["Finding", "obstacle_finding"]


@dataclass(frozen=True)
class Finding:
    """The first wrong fact.

    Attributes
    ----------
    status : str
        The check's.
    call : int
        The call that shows it, -1 where no call was made.
    obstacle : Obstacle or None
        Where there is no result to look at.
    difference : Difference or None
        Where the values differ.
    expected, got : str
        The two sides in words, where there is no `difference`.
    misconception, likely : str
        The mistake's name and sentence, where the fact itself says it.
    mistakes : bool
        Whether one of the rubric's known mistakes may explain it.
    """

    status: str
    call: int
    obstacle: Obstacle | None = None
    difference: Difference | None = None
    expected: str = ""
    got: str = ""
    misconception: str = ""
    likely: str = ""
    mistakes: bool = False


def obstacle_finding(evidence: Evidence, call: int) -> Finding | None:
    """Return a finding where a call has no result."""
    obstacle = evidence.obstacle_at(call)
    if obstacle is None:
        return None
    made = call if evidence.obstacle is None else -1
    return Finding(obstacle.status, made, obstacle=obstacle, mistakes=obstacle.raised is not None)
