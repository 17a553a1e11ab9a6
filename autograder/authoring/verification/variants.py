"""Put whole submissions together: the solution, the stubs, and folders of patches.

A folder of ``tests/submissions`` holds patches and ``expected.json``. A patch named after a module
of the solution is appended to it: a later definition wins, and the module's other functions call
it. A patch whose first line is ``# whole file`` takes the module's place; a file of any other name
is a helper module, copied as it is.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from autograder.authoring.verification.rows import Outcome, Row
from autograder.core.records import FULL_POINTS, Status
from autograder.homework.folder import Homework

__all__ = ["appended", "patched_submission", "read_modules", "variant_rows", "whole_rows"]

WHOLE = b"# whole file"

#: Of all points, in hundredths.


def read_modules(folder: Path) -> dict[str, bytes]:
    """Return the Python files of a folder by name, sorted."""
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.py"))}


def appended(module: bytes | None, patch: bytes) -> bytes:
    """Return a module with a patch.

    Parameters
    ----------
    module : bytes or None
        None where the patch has no module of its name.
    patch : bytes
        A Python file.
    """
    first_line = patch.partition(b"\n")[0].removeprefix(b"\xef\xbb\xbf").rstrip()
    if module is None or first_line == WHOLE:
        return patch
    return module + b"\n\n" + patch


def patched_submission(
    solution: Mapping[str, bytes],
    patches: Mapping[str, bytes],
    *,
    renamed: Mapping[str, str | None] | None = None,
) -> dict[str, bytes]:
    """Return the files of a submission: the solution under some patches.

    Parameters
    ----------
    solution, patches : mapping of str to bytes
        Files by name.
    renamed : mapping of str to str or None, optional
        Modules of the solution that the submission has under another name; None for not at all.
    """
    places = {name: (renamed or {}).get(name, name) for name in solution}
    files = {place: solution[name] for name, place in places.items() if place is not None}
    for name, patch in patches.items():
        files[name] = appended(files.get(name), patch)
    return files


def whole_rows(homework: Homework) -> Iterator[Row]:
    """Yield the solution, which gets every point, and the stubs, which get none."""
    yield Row("whole", "solution", (), read_modules(homework.solution), _keeps_all, is_wrong=False)
    stubs = read_modules(homework.assignment)
    yield Row("whole", "assignment", (), stubs, _not_started, is_wrong=False)


def variant_rows(folder: Path, solution: Mapping[str, bytes]) -> Iterator[Row]:
    """Yield the right submissions among those of a folder of patches."""
    for description in sorted(folder.glob("*/expected.json")):
        expected: dict[str, Any] = json.loads(description.read_text(encoding="utf-8"))
        if expected["score"] * 100 == FULL_POINTS:
            patches = read_modules(description.parent)
            files = patched_submission(solution, patches, renamed=expected.get("rename"))
            name, about = description.parent.name, expected["about"]
            yield Row("variant", name, (), files, _keeps_all, is_wrong=False, note=about)


def _keeps_all(outcome: Outcome) -> tuple[str, ...]:
    lost = [f"loses {lost.points / 100:g} points in {lost.check}" for lost in outcome.lost]
    if not lost and outcome.score != FULL_POINTS:
        lost = [f"gets {outcome.score / 100:g} points, not {FULL_POINTS / 100:g}"]
    return tuple(lost)


def _not_started(outcome: Outcome) -> tuple[str, ...]:
    started = [lost for lost in outcome.lost if lost.status != Status.NOT_STARTED]
    faults = [f"is '{lost.status}' in {lost.check}, not 'not started'" for lost in started]
    if outcome.score:
        faults.append(f"gets {outcome.score / 100:g} points, not 0")
    return tuple(faults)
