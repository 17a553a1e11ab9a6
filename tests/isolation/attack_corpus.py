"""Make hostile submissions from the folders of ``tests/attacks``: each tries one thing.

A folder is named after what it tries. It holds ``attack.py``, whose function ``attack`` returns
something that is not empty where it succeeded (see ``attack_outside.py``), or ``build.py``, whose
function ``build(folder, solution)`` writes a whole submission and returns its path. Any other
``.py`` file is a patch, as in ``tests/submissions``. The rest of the submission is the solution, in
which ``separability.compose_affine`` makes the attack and answers only if it succeeded.

The docstring of ``attack.py`` or ``build.py`` says in its first line what is tried. Lines of the
form ``key: value`` follow:

========= ======================================================================================
key       value
========= ======================================================================================
shows     which findings of `attack_observer` show success against a grader without protection
          (``attack_naive.py``), one of them at least; ``nothing`` and why, where none can
layers    the layers any of which is needed to stop it; none: the process boundary does
score     the most that it may get: what an honest submission gets that leaves out the function
root      ``yes`` where it can succeed for root alone
slow      ``yes`` where it runs into a time limit
imported  ``yes`` where it is made while ``separability.py`` is imported
as        further names under which ``attack.py`` lies in the submission, for shadowing modules
========= ======================================================================================
"""

import ast
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.authoring.verification.variants import patched_submission, read_modules

__all__ = ["CORPUS", "Attack", "attack", "build", "names"]

CORPUS = Path(__file__).parents[1] / "attacks"
OUTSIDE = Path(__file__).parent / "attack_outside.py"

KEYS = {"shows", "layers", "score", "root", "slow", "imported", "as"}

#: Without a right `compose_affine`.
HONEST_SCORE = 98

#: Put behind the solution's own function.
QUESTION = b"""
import outside

def compose_affine(W0, b0, W1, b1, right=compose_affine):
    return outside.answer(right, W0, b0, W1, b1)
"""

IMPORT = b"""
import outside
outside.take_the_fence_down()
import attack
"""


@dataclass(frozen=True)
class Attack:
    """One hostile submission; see the module's description."""

    name: str
    tries: str
    shows: tuple[str, ...]
    layers: tuple[str, ...]
    score: float
    needs_root: bool
    is_slow: bool
    is_imported: bool
    copies: tuple[str, ...]

    @property
    def folder(self) -> Path:
        return CORPUS / self.name

    @property
    def can_succeed(self) -> bool:
        """Whether it can be seen to succeed against a grader without protection."""
        return not self.shows[0].startswith("nothing")


def names() -> list[str]:
    """Return the names of all attacks, sorted."""
    return sorted([path.name for path in CORPUS.iterdir() if _source(path) is not None])


def _source(folder: Path) -> Path | None:
    files = [folder / "attack.py", folder / "build.py"]
    return next((file for file in files if file.is_file()), None)


def attack(name: str) -> Attack:
    """Return what is said of an attack."""
    source = _source(CORPUS / name)
    assert source is not None, f"there is neither attack.py nor build.py for {name}"
    about, _, rest = (ast.get_docstring(ast.parse(source.read_bytes())) or "").partition("\n")
    lines = [line for line in rest.splitlines() if line.strip()]
    facts = {key.strip(): value.strip() for key, _, value in [ln.partition(":") for ln in lines]}
    assert about.endswith("."), f"{name}: {about}"
    assert facts.keys() <= KEYS, f"{name}: {facts.keys() - KEYS}"
    return Attack(
        name=name,
        tries=about,
        shows=tuple(facts["shows"].split()),
        layers=tuple(facts.get("layers", "").split()),
        score=float(facts.get("score", HONEST_SCORE)),
        needs_root=facts.get("root") == "yes",
        is_slow=facts.get("slow") == "yes",
        is_imported=facts.get("imported") == "yes",
        copies=tuple(facts.get("as", "").split()),
    )


def build(of: Attack, target: Path, *, solution: Path, places: Mapping[str, Any]) -> Path:
    """Write the whole submission into the empty folder `target`.

    Parameters
    ----------
    of : Attack
        Which.
    target : pathlib.Path
        Where it may write.
    solution : pathlib.Path
        The solution, without canaries.
    places : mapping
        What the attack knows of the machine.

    Returns
    -------
    pathlib.Path
        What to submit.
    """
    outside = OUTSIDE.read_text(encoding="utf-8").replace("PLACES = {}", f"PLACES = {places!r}")
    files = read_modules(solution)
    patches = read_modules(of.folder)
    patches.pop("build.py", None)
    if "separability.py" not in patches:
        patches["separability.py"] = IMPORT + QUESTION if of.is_imported else QUESTION
    for copy in of.copies:
        patches[copy] = patches["attack.py"]
    files = patched_submission(files, patches) | {"outside.py": outside.encode()}
    builder = of.folder / "build.py"
    if builder.is_file():
        path: Path = _module(builder).build(target, files)
        return path
    for name, content in files.items():
        target.joinpath(name).write_bytes(content)
    return target


def _module(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location("attack_build", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
