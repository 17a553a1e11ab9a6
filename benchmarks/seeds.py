"""Show that what is fair does not hang on the examples that happened to be drawn.

Compiles the answer key with other seeds of the drawing, and grades every right submission of
``tests/submissions`` by each of them. Prints a line for each seed and each submission that loses
points, and ends with exit status 1 if there is one.

Run it with ``.venv/bin/python benchmarks/seeds.py [SEEDS]`` (5 by default; about a minute each).
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "solution"), str(ROOT / "tests" / "support")]

import submission_corpus as corpus  # noqa: E402

from autograder.authoring.compiler.build import compile_exam  # noqa: E402
from autograder.authoring.compiler.reference import Reference, load_exam  # noqa: E402
from autograder.grading.grade import grade  # noqa: E402
from autograder.homework.folder import load_predicates  # noqa: E402
from autograder.homework.key import Key, read_key, write_key  # noqa: E402
from autograder.intake.take_in import take_in  # noqa: E402
from autograder.supervisor.spawn import Spawner  # noqa: E402


def compiled(seed: int, folder: Path) -> Key:
    """Return the full key of this homework, drawn with another seed."""
    solution = ROOT / "solution"
    content = compile_exam(load_exam(solution), Reference(solution, seed=seed))
    write_key(folder / "key", content | {"digest": "", "half": "full"})
    predicates = load_predicates(ROOT / "rubric" / "predicates.py")
    return read_key(folder / "key").with_predicates(predicates)


def lost_points(name: str, key: Key) -> list[str]:
    """Return the checks that a right submission does not pass."""
    with tempfile.TemporaryDirectory(prefix="grade-") as folder:
        spawner = Spawner(Path(folder).resolve())
        try:
            source = corpus.build(name, spawner.workspace / "source")
            target = spawner.workspace / "submission"
            report = grade(take_in(source, target, wanted=key.files), key, spawner)
        finally:
            spawner.close()
    return [check.id for check in report.checks if check.score < check.max_score]


def main() -> int:
    """Print the table."""
    seeds = range(1, 1 + (int(sys.argv[1]) if len(sys.argv) > 1 else 5))
    right = [name for name in corpus.names() if corpus.expected(name)["score"] == 100]
    rejections = 0
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            key = compiled(seed, Path(folder))
        for name in right:
            lost = lost_points(name, key)
            rejections += bool(lost)
            if lost:
                print(f"seed {seed}: {name} loses {', '.join(lost)}", flush=True)
        print(f"seed {seed}: {len(right)} right submissions graded", flush=True)
    print(f"{rejections} false rejections")
    return 1 if rejections else 0


if __name__ == "__main__":
    raise SystemExit(main())
