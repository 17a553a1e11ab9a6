"""Put whole submissions together: the solution, the stubs, and folders of patches.

A folder of known submissions holds patches and ``expected.json``. A patch named after a module
of the solution is appended to it: a later definition wins, and the module's other functions call
it. A patch whose first line is ``# whole file`` takes the module's place; a file of any other name
is a helper module, copied as it is.
"""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from autograder.authoring.verification.rows import Outcome, Row
from autograder.core.records import Status
from autograder.homework.folder import Homework

__all__ = ["appended", "patched_submission", "read_modules", "variant_rows", "whole_rows"]

WHOLE = b"# whole file"


def read_modules(folder: Path) -> dict[str, bytes]:
    """Return the Python files of a folder by name, sorted."""
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.py"))}


def appended(module: bytes | None, patch: bytes) -> bytes:
    """Return a module with a patch; None for a module where there is none of the patch's name."""
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

    `renamed` gives modules of the solution another name, or None to leave them out.
    """
    places = {name: (renamed or {}).get(name, name) for name in solution}
    files = {place: solution[name] for name, place in places.items() if place is not None}
    for name, patch in patches.items():
        files[name] = appended(files.get(name), patch)
    return files


def whole_rows(homework: Homework, points: int) -> Iterator[Row]:
    """Yield the solution, which gets all `points` (in hundredths), and the stubs, with none.

    Extra credit is not in `points`: whoever loses some of it has a loss.
    """
    for folder, rule in (
        (homework.solution, partial(_find_losses, points)),
        (homework.assignment, _find_started),
    ):
        yield Row("whole", folder.name, (), rule, read_modules(folder), is_wrong=False)


def variant_rows(folder: Path, solution: Mapping[str, bytes], points: int) -> Iterator[Row]:
    """Yield the right submissions among those of a folder of patches; none where it is missing."""
    rule = partial(_find_losses, points)
    for description in sorted(folder.glob("*/expected.json")):
        expected: dict[str, Any] = json.loads(description.read_text(encoding="utf-8"))
        if round(expected["score"] * 100) == points and not expected.get("loses"):
            patches = read_modules(description.parent)
            files = patched_submission(solution, patches, renamed=expected.get("rename"))
            name, about = description.parent.name, expected["about"]
            yield Row("variant", name, (), rule, files, is_wrong=False, note=about)


def _find_losses(points: int, outcome: Outcome) -> tuple[str, ...]:
    lost = [f"loses {lost.points / 100:g} points in {lost.check}" for lost in outcome.lost]
    if not lost and outcome.score != points:
        lost = [f"gets {outcome.score / 100:g} points, not {points / 100:g}"]
    return tuple(lost)


def _find_started(outcome: Outcome) -> tuple[str, ...]:
    started = [lost for lost in outcome.lost if lost.status != Status.NOT_STARTED]
    faults = [f"is '{lost.status}' in {lost.check}, not 'not started'" for lost in started]
    if outcome.score:
        faults.append(f"gets {outcome.score / 100:g} points, not 0")
    return tuple(faults)
