"""Pack a homework for upload, after a look at what may be wrong.

Nothing that a student may want to submit is refused, late at night: each remark is a warning, and
the zip is written anyway, before the public checks are run on it. But it is called ready only
if it is graded as its author has to think. In it are the files that
the grader takes (or the notebook), ``discussion.md``, and a record of it all, ``submission.json``:
for people, not a proof, since whoever can change the files can change it. It answers what was in
the zip, with which versions, and how far the public checks went on the student's machine.
"""

import hashlib
import json
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder import __version__
from autograder.commands.submission_contents import Contents, gather
from autograder.commands.submission_file import Wanted
from autograder.core.records import Report, Status
from autograder.core.writing import is_work, pack_zip, write_atomically
from autograder.errors import AutograderError, UsageError
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework
from autograder.homework.key import Key
from autograder.intake.take_in import Submission
from autograder.isolation.workspace import workspace
from autograder.outputs.groups import gather_blocks, later_text, score_points_text
from autograder.outputs.report_json import points

__all__ = ["run_submission"]

#: The record's name in the zip, and its form, which changes when a field does.
RECORD, FORMAT = "submission.json", 1

#: Functions that a sentence names.
MOST_NAMED = 6

#: No one waits longer for the public checks before an upload; what had no turn by then is not
#: known.
RUN_SECONDS = 60.0


@dataclass(frozen=True)
class _PublicScore:
    """How far the public checks went; without a report `reason` says, as a sentence, why."""

    report: Report | None
    reason: str = ""


def run_submission(homework: Homework, path: Path, *, output: Path | None) -> int:
    """Look over what is at `path` and zip it to `output`, ``dist/submission.zip`` by default.

    Returns 0: the zip is written, whatever there is to fix. It is a `UsageError` if there is
    nothing to submit at `path`, or `output` can't be written.
    """
    key = current_key(homework, "public")
    target = output or homework.root / "dist" / "submission.zip"
    if is_work(target):
        raise UsageError(f"{target} would be overwritten by the zip: give it a name with .zip")
    with workspace() as place:
        contents = gather(
            path,
            place / "submission",
            wanted=_list_wanted(key),
            optional=key.bonus,
            homework=homework,
        )
        unknown = _PublicScore(None, "The public checks did not come to an end.")
        _write(target, contents.files, _record(contents.files, unknown, key))
        _tell(contents.remarks)
        score = _run_public_checks(contents.submission, key)
        _write(target, contents.files, _record(contents.files, score, key))
    here = Path.cwd()
    zipped = target.relative_to(here) if target.is_relative_to(here) else target
    _tell(
        (
            *_say_of_left(contents.submission, score),
            _describe(score),
            f"{contents.written} of {_count_asked(key)} functions written;"
            f" {_say_whether_ready(contents, score, zipped)}",
            *contents.warnings,
        )
    )
    return 0


def _say_whether_ready(contents: Contents, score: _PublicScore, zipped: Path) -> str:
    if contents.is_doubtful:
        return f"{zipped} is written, but NOT READY to upload:"
    report = score.report
    is_written = contents.written or (report is not None and report.bonus)
    if not is_written or (report is not None and not report.score + report.bonus):
        return f"{zipped} is written, but nothing in it earns points yet."
    return f"{zipped} is ready to upload."


def _count_asked(key: Key) -> int:
    """Return how many functions there are to write, extra credit aside."""
    return sum([len(names) for part, names in key.files.items() if part not in key.bonus])


def _list_wanted(key: Key) -> dict[str, Wanted]:
    wanted: dict[str, dict[str, tuple[str, ...]]] = {}
    for function in key.functions.values():
        wanted.setdefault(function.file, {})[function.function] = function.parameters
    return dict(wanted)


def _tell(remarks: tuple[str, ...]) -> None:
    sys.stdout.write("".join([f"{remark}\n" for remark in remarks]))
    sys.stdout.flush()


def _write(path: Path, files: Mapping[str, bytes], record: bytes) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a folder, not a zip to write")
    # Not compressed: two versions of zlib may differ.
    whole = pack_zip(dict(files) | {RECORD: record}, is_compressed=False)
    try:
        write_atomically(path, whole)
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from error


# ---- the public checks


def _run_public_checks(submission: Submission | None, key: Key) -> _PublicScore:
    """Run the public checks, within a minute; whatever fails on the way is only told."""
    if submission is None:
        return _PublicScore(None, "The grader does not take these files as they are.")
    from autograder.grading.grade import grade
    from autograder.supervisor.spawn import spawning

    try:
        with spawning() as spawner:
            limits = replace(key.limits, run_seconds=RUN_SECONDS)
            report = grade(submission, key, spawner, limits=limits, public_only=True)
    except (AutograderError, OSError) as error:
        return _PublicScore(None, f"The public checks could not be run: {error}.")
    except KeyboardInterrupt:
        return _PublicScore(None, "The public checks were stopped.")
    return _PublicScore(report)


def _say_of_left(submission: Submission | None, score: _PublicScore) -> list[str]:
    """Return what is left of stubs and stops some calls: only the checks know whether it did."""
    if submission is None or score.report is None:
        return []
    waiting = {c.function for c in score.report.checks if c.status == Status.NOT_STARTED}
    left = [one for one in submission.left if not one.is_certain]
    return [str(one) for one in left if one.function in waiting]


def _describe(score: _PublicScore) -> str:
    """Return what the public checks say, in as few words as can be."""
    report = score.report
    if report is None:
        return score.reason
    later = later_text(report)
    sentence = f"Public checks: {score_points_text(report)}{f'; {later}' if later else ''}."
    failing = [block.name for block in gather_blocks(report.checks) if not block.is_carried]
    if not failing:
        return sentence
    names = ", ".join(failing[:MOST_NAMED])
    more = f" and {len(failing) - MOST_NAMED} more" if len(failing) > MOST_NAMED else ""
    return f"{sentence} Points are lost in {names}{more}: 'python grade.py' says why."


# ---- the record


def _record(files: Mapping[str, bytes], score: _PublicScore, key: Key) -> bytes:
    """Return the record as JSON. No time is in it: the same files give the same zip."""
    import numpy as np

    about = {
        "format": FORMAT,
        "files": [
            {
                "name": name,
                "bytes": len(files[name]),
                "sha256": hashlib.sha256(files[name]).hexdigest(),
            }
            for name in sorted(files)
        ],
        "public_score": _count_points(score.report),
        "note": score.reason,
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "grader": __version__,
            "system": platform.system(),
        },
        "answer_key": key.digest,
    }
    return (json.dumps(about, indent=1, ensure_ascii=True) + "\n").encode()


def _count_points(report: Report | None) -> dict[str, Any] | None:
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
        "bonus": points(report.bonus),
        "max_bonus": points(report.max_bonus),
        "parts": parts,
    }
