"""Make whole submissions from the folders of ``tests/submissions``: each holds what is special.

A folder holds patches and ``expected.json``; how patches are put into the solution is said in
`autograder.authoring.verification.variants`.

``expected.json`` says what is right, not what some grader did:

============= ====================================================================================
key           content
============= ====================================================================================
about         one sentence
loses         for each function with a defect: the ``status`` of a check that it loses, and a
              ``misconception`` that some lost check names, or null
carried       all functions that call one of these and fail checks by it, but lose no points
charged_along all functions that call one of these and lose points by it: what can't be read, or
              is a stub, has nothing put in its place
score         of 100
bonus         of the extra credit; left out for all of it
says          texts that the messages of the lost checks hold between them
notes         texts that the notes of the report hold between them
never         texts that the report holds nowhere
rename        modules of the solution that the submission has under another name; null for none
seconds       the longest time that grading may take, where that is the point
slow          whether it takes long
============= ====================================================================================
"""

import json
from pathlib import Path
from typing import Any

from autograder.authoring.verification.variants import patched_submission, read_modules

__all__ = ["CORPUS", "DEFAULTS", "MAX_BONUS", "build", "expected", "names", "total"]

ROOT = Path(__file__).parents[2]
CORPUS = Path(__file__).parents[1] / "submissions"

#: What the extra credit is worth.
MAX_BONUS = 5

#: The keys of ``expected.json`` that may be left out.
DEFAULTS: dict[str, Any] = {
    "bonus": None,
    "carried": [],
    "charged_along": [],
    "says": [],
    "notes": [],
    "never": [],
    "rename": {},
    "seconds": None,
    "slow": False,
}


def names() -> list[str]:
    """Return the names of all test submissions, sorted."""
    return sorted([path.parent.name for path in CORPUS.glob("*/expected.json")])


def expected(name: str) -> dict[str, Any]:
    """Return what is right for submission `name`."""
    description = CORPUS / name / "expected.json"
    content: dict[str, Any] = json.loads(description.read_text(encoding="utf-8"))
    return DEFAULTS | content


def total(name: str) -> float:
    """Return what is right for the submission with its extra credit, as Gradescope has it."""
    right = expected(name)
    bonus: float = MAX_BONUS if right["bonus"] is None else right["bonus"]
    return float(right["score"] + bonus)


def build(name: str, target: Path) -> Path:
    """Write the whole submission `name` into the folder `target`, and return it."""
    target.mkdir(parents=True, exist_ok=True)
    solution = read_modules(ROOT / "solution")
    patches = read_modules(CORPUS / name)
    files = patched_submission(solution, patches, renamed=expected(name)["rename"])
    for file, content in files.items():
        target.joinpath(file).write_bytes(content)
    return target
