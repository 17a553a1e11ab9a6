"""Whatever dies while a class is graded, the final grades are those of an undisturbed run."""

import importlib.util
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from class_runs import KNOWN, ROOT, ClassRun, class_run, write_class

needs_dask = pytest.mark.skipif(
    not all([importlib.util.find_spec(name) for name in ("distributed", "cryptography")]),
    reason="needs the extra 'class'",
)
pytestmark = pytest.mark.slow

#: How often the coordinator is killed, and how long it lives each time, in seconds.
ATTEMPTS, LIVES = 20, (1.0, 6.0)

#: Put on the path of every process but the students': the judge dies at a submission's own wish.
KILLS_ITS_JUDGE = """
import os, sys
if "autograder" in " ".join(sys.orig_argv) or "spawn_main" in " ".join(sys.orig_argv):
    from autograder.grading.warm import WarmJudge
    grade = WarmJudge.grade
    def killed(judge, files):
        if any([b"kills its judge" in content for content in files.values()]):
            os.kill(os.getpid(), 9)
        return grade(judge, files)
    WarmJudge.grade = killed
"""

FILLS_MEMORY = "def step(x):\n    return [bytearray(1 << 24) for _ in range(1 << 20)]\n"


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory, answer_keys: dict[str, Path]) -> Path:
    """A class of 60: small submissions, and one that fills its memory."""
    folders = [file.parent for file in sorted(KNOWN.glob("*/expected.json"))]
    small = [f for f in folders if len(list(f.glob("*.py"))) == 1 and "loop" not in f.name][:59]
    members = {f"s{n:02}-{folder.name}": folder for n, folder in enumerate(small)}
    export = write_class(tmp_path_factory.mktemp("sixty") / "export", members)
    (export / "memory").mkdir()
    (export / "memory" / "separability.py").write_text(FILLS_MEMORY)
    return export


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory, submissions: Path) -> ClassRun:
    """The class graded without a disturbance, in one process."""
    run = class_run(tmp_path_factory.mktemp("calm"))
    run.grade(submissions, "--jobs", 1)
    return run


def start(run: ClassRun, submissions: Path, *words: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        run.command(submissions, *words),
        cwd=ROOT,
        env=run.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def list_workers(coordinator: int) -> Iterator[int]:
    """Yield the processes that grade for a coordinator."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            words = (place / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == coordinator and b"spawn_main" in words:
            yield int(place.name)


@needs_dask
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_workers_may_be_killed_at_any_moment(
    tmp_path: Path, submissions: Path, calm: ClassRun
) -> None:
    run, chance, killed = class_run(tmp_path), random.Random(0), 0
    process = start(run, submissions, "--jobs", 2)
    while process.poll() is None:
        workers = list(list_workers(process.pid))
        if workers and killed < 12:
            os.kill(chance.choice(workers), signal.SIGKILL)
            killed += 1
        time.sleep(chance.uniform(1, 5))
    said = process.communicate()[0]
    assert process.returncode == 0, said
    assert killed
    assert run.files() == calm.files()


def test_the_coordinator_may_be_killed_again_and_again(
    tmp_path: Path, submissions: Path, calm: ClassRun
) -> None:
    run, chance = class_run(tmp_path), random.Random(1)
    for attempt in range(ATTEMPTS):
        words = ("--jobs", 1 + (attempt % 5 == 4)) if _has_dask() else ("--jobs", 1)
        process = start(run, submissions, *words)
        try:
            process.wait(timeout=chance.uniform(*LIVES))
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
    run.grade(submissions, "--jobs", 1)
    assert run.files() == calm.files()


def _has_dask() -> bool:
    return importlib.util.find_spec("cryptography") is not None


@needs_dask
def test_a_submission_that_costs_its_process_costs_no_one_else(
    tmp_path: Path, submissions: Path, calm: ClassRun
) -> None:
    killer = Path(shutil.copytree(submissions, tmp_path / "export")) / "killer"
    killer.mkdir()
    (killer / "forward.py").write_text("# kills its judge\n")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(KILLS_ITS_JUDGE)
    run = class_run(tmp_path)
    done = subprocess.run(
        run.command(killer.parent, "--jobs", 2),
        cwd=ROOT,
        env=run.environment | {"PYTHONPATH": f"{tmp_path / 'site'}:{ROOT}:{_own_path()}"},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    rows = run.rows()
    guilty = rows.pop("killer")
    assert guilty["status"] == "unfinished"
    assert "grading did not finish" in guilty["remark"]
    assert rows == calm.rows()


def _own_path() -> str:
    return os.environ.get("PYTHONPATH", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_a_sentence_and_it_goes_on(
    tmp_path: Path, submissions: Path, calm: ClassRun, number: signal.Signals
) -> None:
    run = class_run(tmp_path)
    process = start(run, submissions, "--jobs", 1)
    while not any(run.cache.rglob("[0-9a-f][0-9a-f]/*")) and process.poll() is None:
        time.sleep(0.1)
    process.send_signal(number)
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 128 + number
    assert f"stopped by {number.name}" in said
    assert "run the same command again" in said
    run.grade(submissions, "--jobs", 1)
    assert run.files() == calm.files()


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounts a small disk")
@pytest.mark.parametrize("place", ["out", "cache"])
def test_a_full_disk_is_told_and_it_goes_on(
    tmp_path: Path, submissions: Path, calm: ClassRun, place: str
) -> None:
    run = class_run(tmp_path)
    disk = tmp_path / place
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "none", disk]).returncode:
        pytest.skip("may not mount")
    try:
        said = run.grade(submissions, "--jobs", 1, status=2).stderr
        assert "make room" in said
        subprocess.run(["mount", "-o", "remount,size=100m", disk], check=True)
        run.grade(submissions, "--jobs", 1)
        assert run.files() == calm.files()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_broken_entry_is_graded_again(tmp_path: Path, submissions: Path, calm: ClassRun) -> None:
    run = ClassRun(tmp_path / "out", Path(shutil.copytree(calm.cache, tmp_path / "cache")))
    entries = sorted(run.cache.rglob("[0-9a-f][0-9a-f]/*"))
    entries[0].write_bytes(entries[0].read_bytes()[:-7])
    entries[1].write_bytes(b"")
    said = run.grade(submissions, "--jobs", 1).stderr
    assert "graded 2 of 2" in said
    assert run.files() == calm.files()
