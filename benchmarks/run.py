"""Measure the grader as ratios, both sides in one run, in turn, since machines are noisy.

Prints a line for each figure: the medians of both sides, the median of the ratios and their range.

- The whole command on the solution, with ``--json``, ``--public`` and without, and on the stubs,
  against ``python -c "import numpy"``: processor time, of all processes.
- One submission in a warm process, workers and layers included, against its calls made bare:
  processor time.
- A submission that is wrong in every function against the solution, both warm: processor time.
- What a check cell and watch mode wait for: a save until the report of its function is there.
- The most memory that the judge and a worker take.

Run it with ``make bench`` (Linux).
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "solution")]
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the command does

from autograder.authoring.compiler.reference import Reference  # noqa: E402
from autograder.grading.grade import grade  # noqa: E402
from autograder.grading.session import Session  # noqa: E402
from autograder.homework.folder import Homework  # noqa: E402
from autograder.homework.key import Key  # noqa: E402
from autograder.intake.take_in import take_in  # noqa: E402
from autograder.supervisor.spawn import Spawner, spawning  # noqa: E402

ROUNDS = 15

#: Submissions of one measurement: a process's time is counted in hundredths of a second.
SEVERAL = 4

#: What makes every function of a file wrong.
SPOIL = """

def _other(result):
    if isinstance(result, dict):
        return {key: _other(item) for key, item in result.items()}
    if isinstance(result, tuple):
        return tuple([_other(item) for item in result])
    return result + 1


def _spoil(function):
    return lambda *arguments, **named: _other(function(*arguments, **named))


for _name in FUNCTIONS:
    globals()[_name] = _spoil(globals()[_name])
"""

#: Prints the most memory of a whole grading, of the judge and of the largest of its processes.
PEAKS = """
import contextlib, io, resource
from autograder.cli import main
with contextlib.redirect_stdout(io.StringIO()):
    main(["grade", "solution"])
print(*[resource.getrusage(who).ru_maxrss for who in (0, resource.RUSAGE_CHILDREN)])
"""

Measure = Callable[[], float]


def show(name: str, measure: Measure, baseline: Measure, *, rounds: int = ROUNDS) -> None:
    """Print a line of the table: both sides, measured in turn, and their ratio."""
    measure(), baseline()  # warm up: files in the cache, bytecode written
    pairs = [(measure(), baseline()) for _ in range(rounds)]
    ratios = sorted([one / other for one, other in pairs])
    medians = [statistics.median(side) * 1000 for side in zip(*pairs, strict=True)]
    print(
        f"{name:<58}{medians[0]:>7.0f} ms{medians[1]:>7.0f} ms"
        f"{statistics.median(ratios):>8.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f})",
        flush=True,
    )


# ---- processor time


def time_command(*words: str) -> Measure:
    """Return what measures the processor time of Python with these words, and of its children."""

    def measure() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        call = [sys.executable, *words]
        subprocess.run(
            call, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    return measure


def count_seconds() -> float:
    """Return the processor time of this process, its children, and theirs that have ended."""
    ticks = 0
    for task in Path("/proc/self/task").iterdir():
        for child in (task / "children").read_text().split():
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def time_submission(folder: Path, key: Key, spawner: Spawner, score: int | None = None) -> Measure:
    """Return what measures one submission in this process, workers and all."""
    numbers = count()

    def measure() -> float:
        before = count_seconds()
        for _ in range(SEVERAL):
            target = spawner.workspace / f"{folder.name}-{next(numbers)}"
            report = grade(take_in(folder, target, wanted=key.files), key, spawner)
            shutil.rmtree(target)
        if score is not None and report.score != score:
            raise SystemExit(f"{folder} gets {report.score}: the figures would mean nothing")
        return (count_seconds() - before) / SEVERAL

    return measure


def time_calls(key: Key) -> Measure:
    """Return what measures every call of the key on the solution, and nothing else."""
    functions = Reference(ROOT / "solution").functions
    calls = [
        (functions[name], function.arguments(phase, call))
        for name, function in key.functions.items()
        for phase in ("public", "hidden")
        for call in range(function.counts[phase])
    ]

    def measure() -> float:
        start = time.process_time()
        for function, arguments in calls:
            function(*arguments)
        return time.process_time() - start

    return measure


def write_wrong(key: Key, folder: Path) -> Path:
    """Write a submission of which every function is wrong."""
    folder.mkdir()
    for file, functions in key.files.items():
        text = (ROOT / "solution" / f"{file}.py").read_text(encoding="utf-8")
        spoil = SPOIL.replace("FUNCTIONS", repr(functions))
        (folder / f"{file}.py").write_text(text + spoil, encoding="utf-8")
    return folder


# ---- what someone waits for


@contextmanager
def saving(key: Key, folder: Path) -> Iterator[Callable[[str], Measure]]:
    """Yield what measures a save of a file, with something at its end, until it is graded."""
    shutil.copytree(ROOT / "solution", folder, ignore=shutil.ignore_patterns("__pycache__"))
    file, functions = next(iter(key.files.items()))
    path, name, numbers = folder / f"{file}.py", f"{file}.{functions[0]}", count()
    text = path.read_text(encoding="utf-8")
    with Session(key) as session:
        session.grade(folder)

        def save(end: str) -> Measure:
            def measure() -> float:
                path.write_text(f"{text}{end}\n# {next(numbers)}\n", encoding="utf-8")
                start = time.perf_counter()
                session.grade(folder, functions=[name])
                return time.perf_counter() - start

            return measure

        yield save


def main() -> None:
    homework = Homework.here()
    key, public = homework.read_key("full"), homework.read_key("public")
    if key is None or public is None:
        raise SystemExit("the answer key is stale: run 'make grade' first")
    print(f"{'':<58}{'grader':>10}{'baseline':>10}{'ratio':>8}  (range of {ROUNDS})")
    numpy_alone = time_command("-c", "import numpy")
    with tempfile.TemporaryDirectory(prefix="bench-") as name, spawning() as spawner:
        folder = Path(name).resolve()
        of_command: dict[str, list[Any]] = {
            "with --json": ["solution", "--json", folder / "report.json"],
            "without": ["solution"],
            "with --public": ["solution", "--public"],
            "on the stubs": ["assignment"],
        }
        for about, words in of_command.items():
            command = time_command("-m", "autograder", "grade", *map(str, words))
            show(f"whole command {about} / import numpy", command, numpy_alone)
        right = time_submission(ROOT / "solution", key, spawner, score=10_000)
        show("one submission, warm / its calls, bare", right, time_calls(key))
        wrong = time_submission(write_wrong(key, folder / "wrong"), key, spawner)
        show("wrong in every function, warm / the solution, warm", wrong, right, rounds=5)
        with saving(public, folder / "saved") as save:
            first = next(iter(key.files.values()))[:1]
            spoiled = SPOIL.replace("FUNCTIONS", repr(first))
            show("a save, failing / passing (wall)", save(spoiled), save(""))
    call = [sys.executable, "-c", PEAKS]
    done = subprocess.run(call, cwd=ROOT, check=True, capture_output=True, text=True)
    judge, worker = [int(kib) / 1024 for kib in done.stdout.split()[-2:]]
    print(f"most memory: {judge:.0f} MiB of the judge, {worker:.0f} MiB of a worker")


if __name__ == "__main__":
    main()
