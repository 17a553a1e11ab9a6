"""The report as JSON: public, stable (``docs/grading.md``), the same bytes for a submission."""

import json
from typing import Any

from autograder.core.message import Label, Message
from autograder.core.records import CheckResult, Report
from autograder.outputs.groups import part_text

__all__ = ["LABEL_WIDTH", "SEE_IT", "layout_row", "points", "to_json", "write_message"]

#: Width of the first column of a message.
LABEL_WIDTH = 11

#: The label of the Python that shows the difference.
SEE_IT = f"{'see it':<{LABEL_WIDTH}}"


def points(hundredths: int) -> float:
    """Return a number of hundredths as points."""
    return hundredths / 100


def to_json(report: Report) -> bytes:
    """Return the report as UTF-8 JSON, one object."""
    # Whoever takes unfinished reports for no grade does not take a part for one either.
    only = {"only": list(dict.fromkeys([c.function for c in report.checks]))} if report.only else {}
    content = {
        "score": points(report.score),
        "max_score": points(report.max_score),
        "bonus": points(report.bonus),
        "max_bonus": points(report.max_bonus),
        "finished": report.is_finished and not report.only,
        **only,
        "audience": report.audience,
        "notes": [*([f"{part_text(report)}."] if report.only else []), *report.notes],
        "checks": [_list_fields(check) for check in report.checks],
        "environment": report.environment,
        "printed": report.printed,
    }
    return (json.dumps(content, indent=1, ensure_ascii=True) + "\n").encode()


def write_message(message: Message) -> str:
    """Return a message as plain text: a column of labels and one of texts, then the Python."""
    lines = [layout_row(row.label, row.said) for row in message.rows]
    if message.snippet is not None:
        lines += [f"{SEE_IT}{message.snippet.where}:", message.snippet.code]
    return "\n".join(lines)


def layout_row(label: Label, said: str) -> str:
    """Return a row's lines, all but the first one indented under its text."""
    indent = "\n" + " " * LABEL_WIDTH
    return f"{label:<{LABEL_WIDTH}}{said.replace(chr(10), indent)}"


def _list_fields(check: CheckResult) -> dict[str, Any]:
    return {
        "id": check.id,
        "part": check.part,
        "function": check.function,
        "title": check.title,
        "status": check.status,
        "score": points(check.score),
        "max_score": points(check.max_score),
        "visibility": check.visibility,
        "message": write_message(check.message),
        "misconception": check.mistake,
        "explained_by": check.explained_by,
        **({"bonus": True} if check.is_bonus else {}),
    }
