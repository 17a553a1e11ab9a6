"""A class graded by a cluster that was started by others, with the docs' own script for Slurm."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from class_runs import FEW, ROOT, ClassRun, class_run, write_class

DASK = Path(sys.executable).with_name("dask")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (
            importlib.util.find_spec("cryptography") and DASK.exists() and shutil.which("openssl")
        ),
        reason="needs the extra 'class', and openssl",
    ),
]

#: Slurm's, as far as the script knows it: the same command in each of two tasks.
SRUN = """#!/bin/bash
trap 'kill $(jobs -p)' EXIT
"$@" &
"$@" &
wait
"""

#: Another version of the grader, in the workers alone.
OTHER = """
import sys
if "class" not in sys.orig_argv:
    import autograder
    autograder.__version__ = "0.0.1"
"""


@pytest.fixture
def submissions(tmp_path: Path, answer_keys: dict[str, Path]) -> Path:
    return write_class(tmp_path / "export", FEW)


def submit(place: Path, run: ClassRun, submissions: Path, **more: str) -> str:
    """Run what the docs have for Slurm where there is none; return what it said."""
    text = (ROOT / "docs" / "gradebook.md").read_text()
    [script] = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    [keys] = re.findall(r"(?:^    .*(?:mkdir|openssl|cp) .*\n)+", text, re.MULTILINE)
    names = {"srun": SRUN, "class.sh": script, "keys.sh": "set -eu\n" + keys}
    for name, content in names.items():
        (place / name).write_text(content)
        (place / name).chmod(0o755)
    paths = f"{place}:{DASK.parent}:{os.environ['PATH']}"
    environment = run.environment | {"PATH": paths, "PYTHONPATH": str(ROOT)} | more
    subprocess.run(["bash", "keys.sh"], cwd=place, check=True, capture_output=True)
    for name in (
        "homework.ini",
        "assignment",
        "build",
        "datasets",
        "handout",
        "rubric",
        "solution",
    ):
        (place / name).symlink_to(ROOT / name)
    call = ["bash", "class.sh", str(submissions), str(run.out)]
    done = subprocess.run(
        call, cwd=place, env=environment, capture_output=True, text=True, timeout=300
    )
    return f"{done.returncode}\n{done.stdout}{done.stderr}"


def test_a_cluster_grades_as_one_process_does(tmp_path: Path, submissions: Path) -> None:
    alone = class_run(tmp_path / "alone")
    alone.grade(submissions, "--jobs", 1)
    there = class_run(tmp_path / "there")
    said = submit(tmp_path, there, submissions)
    assert said.startswith("0\n"), said
    assert there.files() == alone.files()


def test_a_worker_with_another_grader_is_refused_by_name(tmp_path: Path, submissions: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(OTHER)
    paths = f"{tmp_path / 'site'}:{ROOT}"
    said = submit(tmp_path, class_run(tmp_path), submissions, PYTHONPATH=paths)
    assert re.search(r"the worker tls://\S+ would grade otherwise: grader 0\.0\.1", said), said


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("tcp://127.0.0.1:8786", "is open to everyone who can reach it"),
        ("tls://127.0.0.1:1", "no scheduler answers at"),
    ],
)
def test_a_cluster_that_is_open_or_gone_is_refused(
    tmp_path: Path, submissions: Path, address: str, sentence: str
) -> None:
    said = class_run(tmp_path).grade(submissions, "--scheduler", address, status=2)
    assert sentence in said.stderr
