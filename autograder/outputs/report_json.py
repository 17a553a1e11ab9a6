"""The report as the contract's JSON: public, stable, the same bytes for the same submission."""

import json
from typing import Any

from autograder.core.records import CheckResult, Report

__all__ = ["points", "to_json"]


def points(hundredths: int) -> float:
    """Return a number of hundredths as points."""
    return hundredths / 100


def to_json(report: Report) -> bytes:
    """Return the report as UTF-8 JSON.

    Returns
    -------
    bytes
        One object: ``score``, ``max_score`` and ``checks`` as the contract has them; beside them
        ``finished``, ``audience`` (``staff`` or ``students``), ``notes``, ``environment`` and
        ``printed``.
    """
    content = {
        "score": points(report.score),
        "max_score": points(report.max_score),
        "finished": report.is_finished,
        "audience": report.audience,
        "notes": list(report.notes),
        "checks": [_check(check) for check in report.checks],
        "environment": report.environment,
        "printed": report.printed,
    }
    return (json.dumps(content, indent=1, ensure_ascii=True) + "\n").encode()


def _check(check: CheckResult) -> dict[str, Any]:
    return {
        "id": check.id,
        "part": check.part,
        "function": check.function,
        "title": check.title,
        "status": check.status,
        "score": points(check.score),
        "max_score": points(check.max_score),
        "visibility": check.visibility,
        "message": check.message,
        "misconception": check.misconception,
    }
