"""Hostile submissions get no more than honest ones, learn nothing, and leave nothing behind.

`make test` grades a third of those that the page on security names, as the user that runs the
tests. The slow tests grade all, as a user without privileges, too, and show that each attack works
where nothing protects.
``python tests/isolation/attack_matrix.py`` switches each layer off in turn.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attack_corpus as corpus
import pytest
from attack_observer import Finding, graded, naively_graded
from attack_stage import UNPRIVILEGED, Template
from quick import slow_after

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the observer looks into /proc")

IS_ROOT = sys.platform == "linux" and os.geteuid() == 0

ROOT = Path(__file__).resolve().parents[2]

#: The attacks that the page on security names; `make test` grades every third of them.
ON_THE_PAGE = frozenset(
    re.findall(r"`attacks/(\w+)`", (ROOT / "docs" / "security.md").read_text("utf-8"))
)

HONEST = corpus.Attack(
    name="",
    tries="Nothing.",
    shows=("nothing",),
    layers=(),
    score=corpus.HONEST_SCORE,
    needs_root=False,
    is_slow=False,
    is_imported=False,
    copies=(),
)


@pytest.fixture(scope="session")
def template(answer_keys: object) -> Iterator[Template]:
    """Return the project with canaries, where other users can reach it."""
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        os.chmod(folder, 0o755)
        try:
            yield Template(Path(folder))
        except LookupError as error:
            pytest.skip(str(error))


@pytest.fixture(scope="session")
def layers(template: Template) -> dict[int | None, set[str]]:
    """Return by user the names of the layers that are on here."""
    return {uid: _layers_of(template, uid) for uid in ([None, UNPRIVILEGED] if IS_ROOT else [None])}


def _layers_of(template: Template, uid: int | None) -> set[str]:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        file = Path(folder, "doctor.json")
        subprocess.run(
            [template.python, "-m", "autograder", "doctor", "--json", file],
            cwd=template.project,
            env={"PATH": os.defpath, "TMPDIR": folder},
            check=True,
            stdout=subprocess.DEVNULL,
            user=uid,
            group=uid,
        )
        return {layer["name"] for layer in json.loads(file.read_text())["layers"] if layer["on"]}


def _attacks() -> list[Any]:
    found = [corpus.attack(name) for name in corpus.names()]
    quick = [a.name for a in found if a.name in ON_THE_PAGE and not a.is_slow][::3]
    marks = {a.name: [] if a.name in quick else [pytest.mark.slow] for a in found}
    return [pytest.param(attack, marks=marks[attack.name], id=attack.name) for attack in found]


def _skip_what_needs(attack: corpus.Attack, available: set[str]) -> None:
    if attack.layers and not available & set(attack.layers):
        pytest.skip(f"none of these layers is on here: {', '.join(attack.layers)}")


def _text(findings: list[Finding]) -> str:
    return "\n".join([f"{finding.kind}: {finding.text}" for finding in findings])


@pytest.mark.parametrize("attack", _attacks())
def test_it_does_not_get_through(
    attack: corpus.Attack, template: Template, layers: dict[int | None, set[str]]
) -> None:
    if attack.needs_root and not IS_ROOT:
        pytest.skip("only root could do it")
    _skip_what_needs(attack, layers[None])
    findings = graded(attack, template)
    assert not findings, _text(findings)


@pytest.mark.slow
@pytest.mark.skipif(not IS_ROOT, reason="it takes root to become another user")
@pytest.mark.parametrize("attack", [p for p in _attacks() if not p.values[0].needs_root])
def test_it_does_not_get_through_where_the_grader_has_no_privileges(
    attack: corpus.Attack, template: Template, layers: dict[int | None, set[str]]
) -> None:
    _skip_what_needs(attack, layers[UNPRIVILEGED])
    findings = graded(attack, template, uid=UNPRIVILEGED)
    assert not findings, _text(findings)


@pytest.mark.slow
@pytest.mark.parametrize("attack", [p for p in _attacks() if p.values[0].can_succeed])
def test_it_gets_through_where_nothing_protects(attack: corpus.Attack, template: Template) -> None:
    if attack.needs_root and not IS_ROOT:
        pytest.skip("only root could do it")
    kinds = {finding.kind for finding in naively_graded(attack, template)}
    assert kinds & set(attack.shows)


@pytest.mark.parametrize(
    "name", slow_after(1, ["brings_a_homework_of_its_own", "archive_brings_a_homework_of_its_own"])
)
def test_a_homework_in_a_submission_changes_nothing(
    request: pytest.FixtureRequest, tmp_path: Path, name: str
) -> None:
    report_of = request.getfixturevalue("graded")
    for folder in ("watched", "with", "without"):
        (tmp_path / folder).mkdir()
    places = {"watched": str(tmp_path / "watched"), "mark": "mark"}
    attacking, honest = [
        corpus.build(attack, tmp_path / folder, solution=ROOT / "solution", places=places)
        for attack, folder in ((corpus.attack(name), "with"), (HONEST, "without"))
    ]
    found, right = report_of(attacking), report_of(honest)
    assert right["score"] == corpus.HONEST_SCORE
    for part in ("score", "max_score", "checks"):
        assert found[part] == right[part]
    assert list((tmp_path / "watched").iterdir()) == []


def test_the_observer_finds_nothing_in_an_honest_submission(template: Template) -> None:
    assert not graded(HONEST, template)


def test_the_observer_finds_nothing_in_an_honest_submission_where_nothing_protects(
    template: Template,
) -> None:
    assert not naively_graded(HONEST, template)


def test_there_are_many_attacks_and_each_says_what_it_tries_and_how_success_shows() -> None:
    attacks = [corpus.attack(name) for name in corpus.names()]
    assert len(attacks) >= 80
    assert len({attack.tries for attack in attacks}) == len(attacks)
    known = {"status", "late", "json", "score", "canary", "hidden", "text", "marker"} | {
        "packet", "changed", "left", "process", "memory"
    }  # fmt: skip
    for attack in attacks:
        assert not attack.can_succeed or set(attack.shows) <= known, attack.name
