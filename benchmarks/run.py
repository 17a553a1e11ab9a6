"""Measure the grader as ratios, both sides in one run, in turn, since machines are noisy.

Prints a table with the median of each ratio and its range:

- the whole command on the solution, against ``python -c "import numpy"``;
- grading one submission in a warm process, workers and all, against the same calls made bare.

Run it with ``make bench``.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "solution")]

from autograder.authoring.compiler.reference import Reference  # noqa: E402
from autograder.grading.grade import grade  # noqa: E402
from autograder.homework.folder import Homework  # noqa: E402
from autograder.homework.key import Key, read_key  # noqa: E402
from autograder.intake.take_in import take_in  # noqa: E402
from autograder.supervisor.spawn import Spawner  # noqa: E402

ROUNDS = 15

Action = Callable[[], Any]


def seconds(action: Action) -> float:
    """Return how long `action` takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def compared(name: str, action: Action, baseline: Action) -> str:
    """Return a line of the table: both medians and the ratio, measured in turn."""
    action(), baseline()  # warm up: files in the cache, bytecode written
    pairs = [(seconds(action), seconds(baseline)) for _ in range(ROUNDS)]
    ratios = sorted([a / b for a, b in pairs])
    medians = [statistics.median(side) * 1000 for side in zip(*pairs, strict=True)]
    return (
        f"{name:<44}{medians[0]:>8.0f} ms{medians[1]:>8.0f} ms"
        f"{statistics.median(ratios):>8.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    )


def command(*words: str) -> Action:
    """Return an action that runs Python with these words."""
    return lambda: subprocess.run(
        [sys.executable, *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )


def grade_once(key: Key) -> None:
    """Grade the solution in this process, workers and all."""
    with tempfile.TemporaryDirectory(prefix="grade-") as folder:
        spawner = Spawner(Path(folder).resolve())
        try:
            target = spawner.workspace / "submission"
            submission = take_in(ROOT / "solution", target, wanted=key.files)
            report = grade(submission, key, spawner)
        finally:
            spawner.close()
    if report.score != report.max_score:
        raise SystemExit("the solution did not get every point: the figures would mean nothing")


def bare_calls(key: Key) -> Action:
    """Return an action that makes every call of the key on the solution, and nothing else."""
    functions = Reference(ROOT / "solution").functions
    calls = [
        (functions[name], function.arguments(phase, call))
        for name, function in key.functions.items()
        for phase in ("public", "hidden")
        for call in range(function.counts[phase])
    ]
    return lambda: [function(*arguments) for function, arguments in calls]


def main() -> None:
    key = read_key(Homework.here().key_path("full"))
    print(f"{'':<44}{'grader':>11}{'baseline':>11}{'ratio':>8}  (range of {ROUNDS})")
    numpy_alone = command("-c", "import numpy")
    print(
        compared(
            'the whole command / python -c "import numpy"',
            command("-m", "autograder", "grade", "solution"),
            numpy_alone,
        )
    )
    print(
        compared(
            "one submission / its calls, bare and warm", lambda: grade_once(key), bare_calls(key)
        )
    )


if __name__ == "__main__":
    main()
