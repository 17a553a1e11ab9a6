"""The verb ``submission``: look a homework over, and pack it for upload.

Nothing that a student may want to hand in is refused, late at night: each remark is a warning, and
the zip is written all the same, before the public checks are run on it. In it are the files that
the grader takes (or the notebook), ``discussion.md``, and a record of it all, ``submission.json``.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from autograder.commands.submission.contents import pack
from autograder.commands.submission.inspect import Wanted
from autograder.commands.submission.record import RECORD, PublicScore, public_score, record
from autograder.core.writing import is_work, pack_zip, write_atomically
from autograder.errors import UsageError
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework
from autograder.homework.key import Key
from autograder.isolation.workspace import workspace
from autograder.outputs.report_json import points

__all__ = ["run_submission"]

#: Functions that a sentence names.
MOST_NAMED = 6


def run_submission(homework: Homework, path: Path, *, output: Path | None) -> int:
    """Look over what is at `path` and zip it.

    Parameters
    ----------
    path : pathlib.Path
        The student's folder or notebook; not changed.
    output : pathlib.Path or None
        The zip to write, ``dist/submission.zip`` of the homework by default.

    Returns
    -------
    int
        0: the zip is written, whatever there is to mend.

    Raises
    ------
    UsageError
        If there is nothing to hand in at `path`, or `output` can't be written.
    """
    key = current_key(homework, "public")
    target = output or homework.root / "dist" / "submission.zip"
    if is_work(target):
        raise UsageError(f"{target} would be overwritten by the zip: give it a name with .zip")
    with workspace() as place:
        packing = pack(path, place / "submission", wanted=_wanted(key))
        unknown = PublicScore(None, "The public checks did not come to an end.")
        _write(target, packing.content, record(packing.content, unknown, key))
        _tell(packing.remarks)
        score = public_score(packing.submission, key)
        _write(target, packing.content, record(packing.content, score, key))
    _tell(_about(score))
    sys.stdout.write(
        f"{packing.written} of {len(key.functions)} functions written; {_shown(target)} is ready to"
        " upload.\n"
    )
    _tell(packing.warnings)
    return 0


def _wanted(key: Key) -> dict[str, Wanted]:
    wanted: dict[str, dict[str, tuple[str, ...]]] = {}
    for function in key.functions.values():
        wanted.setdefault(function.file, {})[function.function] = function.parameters
    return dict(wanted)


def _tell(remarks: tuple[str, ...]) -> None:
    sys.stdout.write("".join([f"{remark}\n" for remark in remarks]))
    sys.stdout.flush()


def _about(score: PublicScore) -> tuple[str, ...]:
    """Return what the public checks say, in as few lines as can be."""
    if score.report is None:
        return (score.reason,)
    reached, most = points(score.report.score), points(score.report.max_score)
    sentence = f"Public checks: {reached:g} of {most:g} points."
    failing = score.failing
    if not failing:
        return (sentence,)
    names = ", ".join(failing[:MOST_NAMED])
    more = f" and {len(failing) - MOST_NAMED} more" if len(failing) > MOST_NAMED else ""
    return (f"{sentence} Points are lost in {names}{more}: 'python grade.py' says why.",)


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _write(path: Path, content: Mapping[str, bytes], about: bytes) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a folder, not a zip to write")
    # Not compressed: two versions of zlib may differ.
    whole = pack_zip(dict(content) | {RECORD: about}, is_compressed=False)
    try:
        write_atomically(path, whole)
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from error
