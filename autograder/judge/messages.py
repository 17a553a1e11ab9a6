"""Put a finding into the message that a student reads, in one fixed order of rows.

The message of a hidden check is for staff and shows its inputs; of that,
`autograder.grading.audience` lets nothing through to students.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from autograder.core.compare import Difference
from autograder.core.limits import MIB, Limits
from autograder.core.message import Label, Message, Place, Row
from autograder.core.records import Raised, Status
from autograder.core.text import clean, one_line, show_numbers, show_value
from autograder.homework.key import CheckKey, FunctionKey, MistakeKey
from autograder.judge.advice import advise, locate_exception
from autograder.judge.evidence import Evidence, Finding, Obstacle, ObstacleKind
from autograder.judge.examples import make_snippet

__all__ = ["compose", "find_limit", "mark_carried"]

MAX_TEXT = 600
MAX_EXCEPTION = 60

_NO_ENTRY = (
    "a submission reads Python's own files and what you submit, and starts no other process;"
    " it writes to its working directory alone, and not even there where that can't be bounded"
)


def compose(
    check: CheckKey,
    evidence: Evidence,
    finding: Finding,
    mistake: MistakeKey | None,
    *,
    functions: Mapping[str, FunctionKey],
) -> Message:
    """Return the message of a check that did not pass; `functions` are all of the homework's."""
    obstacle = finding.obstacle
    if obstacle is not None and obstacle.kind == ObstacleKind.NOT_STARTED:
        return Message((_say_obstacle(obstacle, evidence.key),))
    raised = obstacle.raised if obstacle is not None else None
    rows = [*_say_content(raised, evidence.key)] if raised is not None else []
    if rows:
        return Message((*rows, _look_at(evidence.key)))
    if obstacle is not None and obstacle.waits_for not in ("", evidence.key.file):
        return Message(tuple(_wait_for_file(evidence, obstacle)))
    if obstacle is None or obstacle.status != Status.NOT_STARTED:
        rows += _show_call(evidence, finding)
    rows += _state_facts(evidence.key, finding)
    if finding.difference is not None and evidence.right(finding.call, check.select).count > 1:
        rows = [_say_nearest(row) if row.label == Label.EXPECTED else row for row in rows]
    likely = mistake.sentence if mistake is not None else finding.sentence
    if likely:
        rows.append(Row(Label.LIKELY, likely))
    advice = advise(evidence, finding, functions=functions) if mistake is None else []
    rows += advice
    if finding.compared and not likely and not advice:
        rows.append(Row(Label.COMPARED, finding.compared))
    rows.append(_look_at(evidence.key))
    return Message(tuple(rows), make_snippet(check, evidence, finding))


def _say_content(raised: Raised, key: FunctionKey) -> Iterator[Row]:
    """Say what a file or a cell holds instead of Python: what Python says of it helps no one."""
    content = raised.instead
    if content is None:
        return
    cell = raised.lines[-1].place if raised.lines else None
    place = cell or Place(f"{raised.not_imported or key.file}.py")
    if cell is None and raised.not_imported not in ("", key.file):
        sentence = f"{key.function} waits for {place.file}: fix that file first"
        yield Row(Label.FIRST, clean(sentence, limit=MAX_TEXT))
    yield Row(Label.PROBLEM, "", replace(place, line=0), f" {content.what}")
    if content.text:
        after = f": {clean(content.text, limit=MAX_TEXT)}"
        yield Row(Label.AT, place=replace(place, line=content.line), after=after)
    yield Row(Label.TO_DO, content.to_do)


def mark_carried(message: Message, sentence: str) -> Message:
    """Return the message of a check that keeps its points: no cause of its own, nothing to run."""
    return Message(message.without({Label.LIKELY, Label.COMPARED, Label.UNSEEN}).rows).with_row(
        Row(Label.CARRIED, sentence)
    )


def _look_at(key: FunctionKey) -> Row:
    sections = "sections" if " " in key.notes else "section"
    notes = f"; notes {sections} {key.notes}" if key.notes else ""
    return Row(Label.LOOK_AT, "", _place(key), f", {key.function}{notes}")


def _place(key: FunctionKey) -> Place:
    return Place(f"{key.file}.py", key.function)


def _show_call(evidence: Evidence, finding: Finding) -> Iterator[Row]:
    if finding.call < 0:
        return
    key = evidence.key
    named = key.named_arguments(evidence.phase, finding.call)
    yield Row(Label.CALLED, f"{key.function}({', '.join(named)})")
    shown = [f"{name} = {show_value(value)}" for name, value in named.items()]
    if shown:
        yield Row(Label.INPUT, "\n".join(shown))


def _state_facts(key: FunctionKey, finding: Finding) -> Iterator[Row]:
    obstacle = finding.obstacle
    if obstacle is not None:
        yield _say_obstacle(obstacle, key)
        if obstacle.raised is not None:
            yield from locate_exception(obstacle.raised)
            limit = find_limit(obstacle.raised, key.limits)
            if limit:
                yield Row(Label.LIMIT, limit)
    elif finding.difference is not None:
        yield from _state_difference(finding.difference)
    else:
        if finding.expected:
            yield Row(Label.EXPECTED, finding.expected)
        yield Row(Label.GOT, clean(finding.got, limit=MAX_TEXT))


def _say_obstacle(obstacle: Obstacle, key: FunctionKey) -> Row:
    """Return the row that says why there is no result."""
    kind, raised, ending = obstacle.kind, obstacle.raised, obstacle.ending
    if ending is not None:
        label = Label.TIME_LIMIT if ending.status == Status.TIMEOUT else Label.CRASHED
        return Row(label, clean(ending.sentence, limit=MAX_TEXT))
    if raised is not None:
        head = f"{key.file}.py can't be imported: " if kind == ObstacleKind.NOT_IMPORTED else ""
        said = clean(raised.said, limit=MAX_TEXT - len(head))
        name = one_line(raised.kind, limit=MAX_EXCEPTION)  # a student's class may have any name
        return Row(Label.RAISED, head, after=said, exception=name)
    if kind == ObstacleKind.NOT_STARTED:
        return Row(Label.TO_DO, f"{key.function} in ", _place(key), " is not started yet")
    if kind == ObstacleKind.NO_FUNCTION:
        whole = Place(f"{key.file}.py")
        return Row(Label.TO_DO, "", whole, f" has no function {key.function}")
    if kind == ObstacleKind.NOT_CALLABLE:
        return Row(Label.PROBLEM, f"{key.function} in {key.file}.py is not a function")
    if kind == ObstacleKind.NO_FILE:
        return Row(Label.TO_DO, f"{key.file}.py is not in the submission")
    return Row(
        Label.TO_DO, clean(f"it needs {obstacle.needs}, which is not started yet", limit=MAX_TEXT)
    )


def find_limit(raised: Raised, limits: Limits) -> str:
    """Return the limit of the grader's that an exception tells of, empty for none."""
    sentences = _list_limits(limits)
    if raised.kind.endswith("MemoryError"):
        return sentences["Cannot allocate memory"]
    found = [said for text, said in sentences.items() if text in raised.message]
    return found[0] if found else ""


def _list_limits(limits: Limits) -> dict[str, str]:
    """Return what the system says at each limit, in C's and Python's words, and what that means."""
    memory = f"{limits.memory_bytes // MIB} MiB of memory"
    return {
        "Cannot allocate memory": f"a submission has {memory}",
        "No usable temporary directory": _NO_ENTRY,
        "Operation not permitted": _NO_ENTRY,
        "Permission denied": _NO_ENTRY,
        "Too many open files": f"a submission may have {limits.open_files} files open",
        "File too large": f"a file may have {limits.file_bytes // MIB} MiB",
        "can't start new thread": (
            f"a submission may have {limits.processes} threads, in {memory}"
        ),
    }


def _wait_for_file(evidence: Evidence, obstacle: Obstacle) -> Iterator[Row]:
    """Say which file to fix: the call and its input have no share in it."""
    file, raised = f"{obstacle.waits_for}.py", obstacle.raised
    module, _, name = raised.wanted.partition(".") if raised is not None else ("", "", "")
    # 'averages.py' alone, where no function of it is named.
    is_named = module == obstacle.waits_for and name.isidentifier()
    needed = f"{module}.{name}, and {file}" if is_named else f"{file}, which"
    sentence = f"{evidence.key.function} waits for {needed} can't be imported: fix that file first"
    yield Row(Label.FIRST, clean(sentence, limit=MAX_TEXT))
    if raised is not None:
        yield from locate_exception(raised)[-1:]
    yield Row(Label.LOOK_AT, file)


def _state_difference(difference: Difference) -> Iterator[Row]:
    if difference.problem:
        name = f"{difference.label}: " if difference.label else ""
        yield Row(Label.GOT, clean(f"{name}{difference.problem}", limit=MAX_TEXT))
        return
    got, expected = difference.got, difference.expected
    assert got is not None
    assert expected is not None
    where, right, came = _pick_row(got.reshape(expected.shape), expected, difference.index)
    label = f"{difference.label} " if difference.label else ""
    named = (label + where).removeprefix("= ")  # a single result in one line has no name
    yield Row(Label.EXPECTED, f"{named}{right}")
    yield Row(Label.GOT, f"{named}{came}")


def _say_nearest(row: Row) -> Row:
    """Say that others are right as well, and that this one is the nearest."""
    return replace(row, text=f"{row.text}, the nearest of the right results")


def _pick_row(got: np.ndarray, expected: np.ndarray, index: int) -> tuple[str, str, str]:
    """Return the name and both sides of the row that holds the wrong number."""
    if expected.ndim == 0:
        return "= ", show_numbers(expected).strip("[]"), show_numbers(got).strip("[]")
    if expected.ndim == 1:
        return "= ", *_show_both(expected, got)
    place = tuple([int(i) for i in np.unravel_index(index, expected.shape)[:-1]])
    name = "row " + ", ".join([str(i) for i in place])
    return f"{name} = ", *_show_both(expected[place], got[place])


#: What rounding leaves where 0 belongs: of the largest number beside it, and in any case. Both are
#: far below the tolerances, so no wrong number is hidden.
RELATIVE_NOISE, NOISE = 1e-13, 1e-11


def _show_both(right: np.ndarray, came: np.ndarray) -> tuple[str, str]:
    """Return two rows of numbers as text, what is only rounding noise beside the others as 0."""
    numbers = np.abs(np.concatenate([row.astype(np.float64) for row in (right, came)]))
    largest = np.max(numbers[np.isfinite(numbers)], initial=0.0)
    bound = min(RELATIVE_NOISE * largest, NOISE)
    shown = [show_numbers(_clear(row, bound)) for row in (right, came)]
    return shown[0], shown[1]


def _clear(row: np.ndarray, bound: float) -> np.ndarray:
    """Return a row with 0 for what is smaller than a bound; booleans and integers as they are."""
    return np.where(np.abs(row) < bound, 0.0, row) if row.dtype.kind == "f" else row
