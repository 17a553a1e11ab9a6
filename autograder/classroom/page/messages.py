"""Read a message of the JSON report back into rows, so that pages show it as all others do."""

from collections.abc import Mapping
from typing import Any

from autograder.core.message import Label, Message, Row
from autograder.core.records import CheckResult, ExplainedBy, Status
from autograder.outputs.html.fragments import message_html
from autograder.outputs.report_json import LABEL_WIDTH, SEE_IT

__all__ = ["check_html", "find_sentence", "read_message"]

_LABELS = {f"{label:<{LABEL_WIDTH}}": label for label in Label}
_INDENT = " " * LABEL_WIDTH

#: Rows that say most of what is wrong, the first that is there.
_TELLING = (Label.LIKELY, Label.TO_DO, Label.RAISED, Label.TIME_LIMIT, Label.CRASHED, Label.GOT)


def read_message(text: str) -> Message:
    """Return the rows of what `write_message` wrote; the Python that it ends with is left out."""
    rows: list[tuple[Label, list[str]]] = []
    for line in text.split("\n"):
        if line.startswith(SEE_IT):
            break
        label = _LABELS.get(line[:LABEL_WIDTH])
        if label is not None:
            rows.append((label, [line[LABEL_WIDTH:]]))
        elif rows:
            rows[-1][1].append(line.removeprefix(_INDENT))
    return Message(tuple([Row(label, "\n".join(lines)) for label, lines in rows]))


def find_sentence(check: Mapping[str, Any]) -> str:
    """Return the one line that says what is wrong; "" without a message."""
    message = read_message(check.get("message", ""))
    for label in _TELLING:
        for row in message.find(label):
            said = row.said.split("\n")[0]
            return f"returns {said}" if label == Label.GOT else said
    return ""


def check_html(check: Mapping[str, Any]) -> str:
    """Return a check of the JSON as our reports show it."""
    return message_html(
        CheckResult(
            id=check["id"],
            part=check["part"],
            function=check["function"],
            title=check["title"],
            status=Status(check["status"]),
            score=0,
            max_score=1,
            visibility=check["visibility"],
            message=read_message(check["message"]),
            mistake=check["misconception"],
            explained_by=ExplainedBy(check["explained_by"]) if check["explained_by"] else None,
        )
    )
