"""Strangers' code is not run where a layer of protection that it takes is missing."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autograder.errors import GraderError
from autograder.isolation.layers import layer_names
from autograder.supervisor.spawn import spawning
from autograder.supervisor.worker import started_worker

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these layers are Linux's")

Command = Callable[..., CompletedProcess[str]]


def test_a_run_for_strangers_is_refused_where_a_layer_is_missing() -> None:
    with (
        spawning(without=["syscalls"]) as spawner,
        pytest.raises(GraderError, match=r"syscalls: switched off .*allow_missing = syscalls"),
    ):
        started_worker(spawner, allowed_missing=())


def test_a_layer_that_the_settings_name_may_be_missing() -> None:
    with spawning(without=["syscalls"]) as spawner:
        worker = started_worker(spawner, allowed_missing=("syscalls",))
    assert worker.layers["syscalls"] == "switched off"


def test_ones_own_code_is_run_without_any_layer_and_the_report_says_so(
    command: Command, root: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    words = [word for name in layer_names() for word in ("--without", name)]
    done = command("grade", root / "solution", "--json", report, *words)
    assert done.returncode == 0, done.stderr
    found = json.loads(report.read_text())
    assert found["score"] == 100
    assert found["environment"]["layers"] == ""
    assert "syscalls (switched off)" in found["environment"]["layers off"]


def test_doctor_lists_every_layer_and_what_to_do_about_one_that_is_off(command: Command) -> None:
    done = command("doctor", "--without", "files", "--without", "user")
    assert done.returncode == 0, done.stderr
    marks = dict(line.split()[1::-1] for line in done.stdout.splitlines() if line[:5].strip())
    assert {name for name in marks if name in layer_names()} == set(layer_names())
    assert marks["files"] == marks["user"] == "off"
    assert "to get it: Linux 5.13 or newer with Landlock" in done.stdout
    assert done.stdout.endswith("this is missing: user files.\n")


def test_doctor_writes_the_same_as_json(command: Command, tmp_path: Path) -> None:
    report = tmp_path / "doctor.json"
    done = command("doctor", "--without", "limits", "--json", report)
    assert done.returncode == 0, done.stderr
    found = json.loads(report.read_text())
    assert [layer["name"] for layer in found["layers"]] == [*layer_names()]
    (limits,) = [layer for layer in found["layers"] if layer["name"] == "limits"]
    assert (limits["on"], limits["reason"]) == (False, "switched off")
    assert "limits" in found["missing"]
    assert found["limits"]["open_files"] == 32


def test_a_strangers_submission_is_refused_by_the_command_where_a_layer_is_missing(
    command: Command, root: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    words = ["--json", report, "--without", "syscalls"]
    refused = command("grade", root / "solution", "--strangers", *words)
    assert refused.returncode == 3
    assert "syscalls: switched off" in refused.stderr
    assert json.loads(report.read_text())["checks"] == []
    warned = command("grade", root / "solution", *words)
    assert warned.returncode == 0
    assert "This ran without protection by syscalls: fine for your own code." in warned.stderr


def test_nobody_is_told_of_protection_where_nothing_is_missing(
    command: Command, root: Path
) -> None:
    done = command("grade", root / "solution")
    if not command("doctor").stdout.endswith("can be graded here.\n"):
        pytest.skip("something is missing here")
    assert done.stderr == ""


@pytest.mark.parametrize("text", ["", "def affine(x, W, b):\n    raise NotImplementedError\n"])
def test_nobody_is_told_of_protection_where_nothing_ran(
    command: Command, tmp_path: Path, text: str
) -> None:
    (tmp_path / "separability.py").write_text(text)
    done = command("grade", tmp_path, "--without", "syscalls")
    assert "without protection" not in done.stderr
