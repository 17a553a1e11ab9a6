"""Write down what was packed: ``submission.json``, the same bytes for the same files and machine.

It is a record for people, not a proof: whoever can change the files can change it. It answers what
was in the zip, with which versions, and how far the public checks went on the student's machine.
"""

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder import __version__
from autograder.core.limits import Limits
from autograder.core.records import Report, Status
from autograder.errors import AutograderError
from autograder.homework.key import Key
from autograder.intake.take_in import Submission
from autograder.outputs.report_json import points

__all__ = ["RECORD", "PublicScore", "public_score", "record"]

#: The record's name in the zip.
RECORD = "submission.json"

#: The form of the record; it changes when a field does.
FORMAT = 1

#: Nobody waits longer for the public checks before an upload; what had no turn by then is not
#: known.
RUN_SECONDS = 60.0


@dataclass(frozen=True)
class PublicScore:
    """How far the public checks went.

    Attributes
    ----------
    report : Report or None
        None where it did not come to that.
    reason : str
        Why not, as a sentence; empty with a report.
    """

    report: Report | None
    reason: str = ""

    @property
    def failing(self) -> tuple[str, ...]:
        """The functions that were started and lose points, in order."""
        checks = self.report.checks if self.report else ()
        lost = [c for c in checks if c.score < c.max_score and c.status != Status.NOT_STARTED]
        return tuple(dict.fromkeys([check.function for check in lost]))


def public_score(submission: Submission | None, key: Key) -> PublicScore:
    """Run the public checks, within a minute; whatever fails on the way is only told.

    Parameters
    ----------
    submission : Submission or None
        What the grader takes; None where it takes nothing.
    key : Key
        The public half is enough.
    """
    if submission is None:
        return PublicScore(None, "The grader does not take these files as they are.")
    from autograder.grading.grade import grade
    from autograder.supervisor.spawn import spawning

    try:
        with spawning() as spawner:
            limits = Limits(run_seconds=RUN_SECONDS)
            report = grade(submission, key, spawner, limits=limits, public_only=True)
    except (AutograderError, OSError) as error:
        return PublicScore(None, f"The public checks could not be run: {error}.")
    except KeyboardInterrupt:
        return PublicScore(None, "The public checks were stopped.")
    return PublicScore(report)


def record(content: Mapping[str, bytes], score: PublicScore, key: Key) -> bytes:
    """Return the record.

    Parameters
    ----------
    content : mapping of str to bytes
        The files of the zip but this one.
    score : PublicScore
        What is known of it.
    key : Key
        The answer key by which it was graded.

    Returns
    -------
    bytes
        UTF-8 JSON: ``files`` (``name``, ``bytes``, ``sha256``), ``public_score`` (null or
        ``score``, ``max_score`` and the same by part), ``note`` (why there is none), ``versions``
        and ``answer_key``, the digest of what the key was compiled from. No time: the same files
        give the same zip.
    """
    about = {
        "format": FORMAT,
        "files": [_file(name, content[name]) for name in sorted(content)],
        "public_score": _score(score.report),
        "note": score.reason,
        "versions": _versions(),
        "answer_key": key.digest,
    }
    return (json.dumps(about, indent=1, ensure_ascii=True) + "\n").encode()


def _file(name: str, content: bytes) -> dict[str, Any]:
    return {
        "name": name,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _score(report: Report | None) -> dict[str, Any] | None:
    if report is None:
        return None
    parts = {
        part: {
            "score": points(sum([c.score for c in report.checks if c.part == part])),
            "max_score": points(sum([c.max_score for c in report.checks if c.part == part])),
        }
        for part in report.parts
    }
    return {
        "score": points(report.score),
        "max_score": points(report.max_score),
        "parts": parts,
    }


def _versions() -> dict[str, str]:
    import numpy as np

    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "grader": __version__,
        "system": platform.system(),
    }
