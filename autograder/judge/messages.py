"""Put a finding into the words that a student reads, in one fixed order of lines.

The message of a hidden check is for staff and shows its inputs; of that,
`autograder.grading.audience` lets
nothing through to students.
"""

from collections.abc import Collection

import numpy as np

from autograder.core.compare import Difference
from autograder.core.message import Message, Row
from autograder.core.records import Status
from autograder.core.text import clean, show_numbers, show_value
from autograder.homework.key import CheckKey, FunctionKey, MistakeKey
from autograder.judge.advice.advice import advice_on, place_rows
from autograder.judge.bounds import limit_met
from autograder.judge.evidence import Evidence, Obstacle
from autograder.judge.finding import Finding
from autograder.judge.snippets import snippet

__all__ = ["as_carried", "compose", "with_line"]

MAX_TEXT = 600


def compose(
    check: CheckKey,
    evidence: Evidence,
    finding: Finding,
    mistake: MistakeKey | None,
    *,
    functions: Collection[str] = (),
) -> str:
    """Return the message of a check that did not pass; `functions` are all of the homework's."""
    if finding.status == Status.NOT_STARTED and finding.obstacle is not None:
        lines = [("to do", clean(finding.obstacle.sentence, limit=MAX_TEXT))]
        if finding.obstacle.sentence == "not started yet":
            lines = [
                ("to do", f"{evidence.key.function} in {evidence.key.file}.py is not started yet")
            ]
            return str(Message(tuple(lines)))
    elif finding.obstacle is not None and finding.obstacle.waits_for not in ("", evidence.key.file):
        return str(Message(tuple(_waiting_lines(evidence, finding.obstacle))))
    else:
        lines = _call_lines(evidence, finding) + _fact_lines(finding)
    likely = mistake.sentence if mistake is not None else finding.likely
    if likely:
        lines.append(("likely", likely))
    if mistake is None:
        lines += advice_on(evidence, finding, functions=functions)
    lines.append(("look at", _place(evidence.key)))
    return str(Message(tuple(lines), snippet(check, evidence, finding)))


def with_line(message: str, label: str, sentence: str) -> str:
    """Return a message with one more line, above the Python that shows the difference."""
    return str(Message.parse(message).with_row(label, sentence))


def as_carried(message: str, sentence: str) -> str:
    """Return the message of a check that keeps its points: no cause of its own, nothing to run."""
    kept = Message.parse(message).without({"likely"})
    return str(Message(kept.rows).with_row("carried", sentence))


def _place(key: FunctionKey) -> str:
    if not key.notes:
        return f"{key.file}.py, {key.function}"
    sections = "sections" if " " in key.notes else "section"
    return f"{key.file}.py, {key.function}; notes {sections} {key.notes}"


def _call_lines(evidence: Evidence, finding: Finding) -> list[Row]:
    if finding.call < 0:
        return []
    key = evidence.key
    named = key.named_arguments(evidence.phase, finding.call)
    lines = [("called", f"{key.function}({', '.join(named)})")]
    shown = [f"{name} = {show_value(value)}" for name, value in named.items()]
    if shown:
        lines.append(("input", "\n".join(shown)))
    return lines


def _fact_lines(finding: Finding) -> list[Row]:
    if finding.obstacle is not None:
        return _obstacle_lines(finding)
    if finding.difference is not None:
        return _difference_lines(finding.difference)
    lines = [("expected", finding.expected)] if finding.expected else []
    return [*lines, ("got", clean(finding.got, limit=MAX_TEXT))]


def _obstacle_lines(finding: Finding) -> list[Row]:
    obstacle = finding.obstacle
    assert obstacle is not None
    word = {Status.TIMEOUT: "time limit", Status.CRASHED: "crashed"}.get(obstacle.status, "problem")
    if obstacle.raised is None:
        return [(word, clean(obstacle.sentence, limit=MAX_TEXT))]
    lines = [("raised", clean(obstacle.sentence, limit=MAX_TEXT))]
    lines += place_rows(obstacle.raised)
    limit = limit_met(obstacle.raised)
    return [*lines, ("limit", limit)] if limit else lines


def _waiting_lines(evidence: Evidence, obstacle: Obstacle) -> list[Row]:
    """Say which file to mend: the call and its input have no share in it."""
    file = f"{obstacle.waits_for}.py"
    raised = obstacle.raised
    wanted = raised.message.partition(": ")[0] if raised is not None else ""
    # 'activations.py' alone, where no function of it is named.
    is_named = (
        wanted.startswith(f"{obstacle.waits_for}.") and wanted[len(file) - 2 :].isidentifier()
    )
    needed = f"{wanted}, and {file}" if is_named else f"{file}, which"
    sentence = f"{evidence.key.function} waits for {needed} can't be imported: mend that file first"
    lines = [("first", clean(sentence, limit=MAX_TEXT))]
    if raised is not None:
        lines += place_rows(raised)[-1:]
    return [*lines, ("look at", file)]


def _difference_lines(difference: Difference) -> list[Row]:
    name = f"{difference.label}: " if difference.label else ""
    if difference.problem:
        return [("got", clean(f"{name}{difference.problem}", limit=MAX_TEXT))]
    got, expected = difference.got, difference.expected
    assert got is not None
    assert expected is not None
    where, right, came = _row(got.reshape(expected.shape), expected, difference.index)
    label = f"{difference.label} " if difference.label else ""
    return [("expected", f"{label}{where}{right}"), ("got", f"{label}{where}{came}")]


def _row(got: np.ndarray, expected: np.ndarray, index: int) -> tuple[str, str, str]:
    """Return the name and both sides of the row that holds the wrong number."""
    if expected.ndim < 2:
        return ("= " if expected.ndim else "", show_numbers(expected), show_numbers(got))
    place = tuple([int(i) for i in np.unravel_index(index, expected.shape)[:-1]])
    name = "row " + ", ".join([str(i) for i in place])
    return f"{name} = ", show_numbers(expected[place]), show_numbers(got[place])
