"""What grading one submission's content gave, as the bytes that travel, are stored and are read.

An entry is JSON, made by the process that judges and never by a student's: it has the report as
``grade --json`` writes it, and the page for students. What was not graded has a sentence.
"""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.classroom.records import Graded, ResultStatus
from autograder.errors import IntakeError, UsageError
from autograder.grading.audience import for_students
from autograder.grading.progress import NO_ROOM
from autograder.grading.warm import WarmJudge
from autograder.homework.settings import Feedback
from autograder.outputs.html.page import PageRenderer
from autograder.outputs.report_json import to_json

__all__ = ["UNFINISHED", "Entry", "EntryMaker", "read_entry", "write_entry"]

UNFINISHED = "grading did not finish"


@dataclass(frozen=True)
class Entry:
    """What became of a submission's content.

    Attributes
    ----------
    status : ResultStatus
        ``GRADED``, ``UNREADABLE`` or ``UNFINISHED``.
    graded : Graded or None
        None for what is not graded.
    page : str
        HTML for students; empty for what is not graded.
    sentence : str
        Why it is not graded; empty for what is.
    """

    status: ResultStatus
    graded: Graded | None = None
    page: str = ""
    sentence: str = ""


class EntryMaker:
    """Makes the entry of one submission after the other."""

    def __init__(self, judge: WarmJudge, feedback: Feedback) -> None:
        self._judge = judge
        self._feedback = feedback
        self._renderer = PageRenderer()

    def make(self, files: Mapping[str, bytes]) -> bytes:
        """Return the entry of a submission; what can't be graded has one, too."""
        try:
            return self._grade(files)
        except IntakeError as error:
            return write_entry(Entry(ResultStatus.UNREADABLE, sentence=str(error)))
        except OSError as error:
            if error.errno not in NO_ROOM:
                return _write_fault(error)
            raise UsageError(
                f"there is no room in the folder for temporary files, {tempfile.gettempdir()}: make"
                " room there, or set TMPDIR to another folder; the same command goes on"
            ) from error
        except Exception as error:  # a fault of the grader costs one submission, not the class
            return _write_fault(error)

    def _grade(self, files: Mapping[str, bytes]) -> bytes:
        judged = self._judge.grade(files)
        shown = for_students(judged.report, self._feedback)
        page = self._renderer(shown).decode()
        report = json.loads(to_json(judged.report))
        graded = Graded(report, judged.wrong, judged.code)
        return write_entry(Entry(ResultStatus.GRADED, graded, page))


def _write_fault(error: Exception) -> bytes:
    why = " ".join(f"{type(error).__name__}: {error}".split())
    return write_entry(Entry(ResultStatus.UNFINISHED, sentence=f"{UNFINISHED}: {why}"))


def write_entry(entry: Entry) -> bytes:
    """Return an entry as bytes."""
    content: dict[str, Any] = {"status": entry.status.value, "sentence": entry.sentence}
    if entry.graded is not None:
        content |= {
            "report": entry.graded.report,
            "wrong": dict(entry.graded.wrong),
            "code": dict(entry.graded.code),
            "page": entry.page,
        }
    return json.dumps(content).encode()


def read_entry(content: bytes) -> Entry:
    """Return the entry in some bytes; a ValueError says that there is none."""
    try:
        given = json.loads(content)
        status = ResultStatus(given["status"])
        if status != ResultStatus.GRADED:
            return Entry(status, sentence=str(given["sentence"]))
        graded = Graded(given["report"], given["wrong"], given["code"])
        return Entry(status, graded, given["page"])
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("these bytes are no entry") from error
