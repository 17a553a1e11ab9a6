"""Make whole submissions from the folders of ``tests/submissions``: each holds what is special.

A folder holds patches and ``expected.json``. A patch named after a module of the solution is
appended to it: a later definition wins, and the module's other functions call it. A patch whose
first line is ``# whole file`` takes the module's place; a file of any other name is a helper
module, copied as it is.

``expected.json`` says what is right, not what some grader did:

========== =======================================================================================
key        content
========== =======================================================================================
about      one sentence
loses      for each function with a defect: the ``status`` of a check that it loses, and a
           ``misconception`` that some lost check names, or null
carried    functions that call one of these, and may lose points with it
score      of 100
says       texts that the messages of the lost checks hold between them
notes      texts that the notes of the report hold between them
never      texts that the report holds nowhere
rename     modules of the solution that the submission has under another name; null for not at all
seconds    the longest time that grading may take, where that is the point
slow       whether it takes long
========== =======================================================================================
"""

import json
import shutil
from pathlib import Path
from typing import Any

__all__ = ["CORPUS", "DEFAULTS", "build", "expected", "names"]

ROOT = Path(__file__).parent.parent
CORPUS = Path(__file__).parent / "submissions"

WHOLE = b"# whole file"

#: The keys of ``expected.json`` that may be left out.
DEFAULTS: dict[str, Any] = {
    "carried": [],
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


def build(name: str, target: Path) -> Path:
    """Write the whole submission `name` into the folder `target`, and return it."""
    target.mkdir(parents=True, exist_ok=True)
    renamed = expected(name)["rename"]
    for module in sorted((ROOT / "solution").glob("*.py")):
        place = renamed.get(module.name, module.name)
        if place is not None:
            shutil.copyfile(module, target / place)
    for patch in sorted((CORPUS / name).glob("*.py")):
        _apply(patch, target / patch.name)
    return target


def _apply(patch: Path, module: Path) -> None:
    content = patch.read_bytes()
    first_line = content.partition(b"\n")[0].removeprefix(b"\xef\xbb\xbf").rstrip()
    if module.exists() and first_line != WHOLE:
        content = module.read_bytes() + b"\n\n" + content
    module.write_bytes(content)
