"""Measure grading a class: of simulated submissions, by the real command.

A simulated class of ``--size N`` has, in an order of chance that is always the same, right
submissions (30%), half-done ones (25%: some files are still stubs), known mistakes put into the
solution (40%), submissions that crash (3%) and that hang in one function (2%). Each has a content
of its own, so each is graded.

Printed are processor time for each submission, and that of its calls made bare, wall time with one
process and with two, the memory of the coordinating process at N and at N / 10, the second run, and
with ``--rows M`` the size of a gradebook of M submissions made up from those graded, the time to
write and to read it, and the time of the pages about them, what is alike left out and with it.
"""

import argparse
import contextlib
import hashlib
import importlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from autograder.classroom.engine.entry import Entry  # noqa: E402
from autograder.classroom.gradebook import Given, open_gradebook  # noqa: E402
from autograder.classroom.page.write import write_pages  # noqa: E402
from autograder.classroom.records import Graded, ResultStatus, Student, Submitted  # noqa: E402
from autograder.classroom.similarity import find_similar, sources_of  # noqa: E402
from autograder.core.codec import decode  # noqa: E402
from autograder.homework.folder import Homework  # noqa: E402
from autograder.homework.key import PHASES, Key  # noqa: E402

SHARES = {"right": 0.30, "half": 0.25, "mistake": 0.40, "crash": 0.03, "hang": 0.02}

CRASH = "\n\ndef softmax(z):\n    import os\n    os._exit(3)\n"
HANG = "\n\ndef softmax(z):\n    while True:\n        pass\n"


class Measured(NamedTuple):
    """What one run of the command took."""

    wall_seconds: float
    processor_seconds: float
    peak_mib: float


def read_folder(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text("utf-8") for file in sorted(folder.glob("*.py"))}


def list_mistakes() -> list[dict[str, str]]:
    """Return the files of each known submission with a named mistake that ends by itself."""
    found = []
    for file in sorted((ROOT / "tests" / "submissions").glob("*/expected.json")):
        loses = json.loads(file.read_text()).get("loses", {})
        is_named = any([one.get("misconception") for one in loses.values()])
        if is_named and {one.get("status") for one in loses.values()} == {"failed"}:
            found.append(read_folder(file.parent))
    return found


def make_class(folder: Path, size: int, seed: int = 0) -> Path:
    """Write a simulated class and return its folder."""
    chance = random.Random(seed)
    solution, stubs = read_folder(ROOT / "solution"), read_folder(ROOT / "assignment")
    mistakes = list_mistakes()
    kinds = chance.choices(list(SHARES), list(SHARES.values()), k=size)
    for number, kind in enumerate(kinds):
        files = dict(solution)
        if kind == "half":
            files |= {name: stubs[name] for name in chance.sample(sorted(stubs), len(stubs) // 2)}
        elif kind == "mistake":
            for one in chance.sample(mistakes, chance.randint(1, 3)):
                # Below the file's own functions: the last one of a name is the one that counts.
                files |= {name: f"{files.get(name, '')}\n\n{text}" for name, text in one.items()}
        elif kind in ("crash", "hang"):
            files["forward.py"] += CRASH if kind == "crash" else HANG
        own = folder / f"student{number:06}"
        own.mkdir(parents=True)
        for name, text in files.items():
            (own / name).write_text(f"# {number}\n{text}", "utf-8")
    return folder


def grade(submissions: Path, out: Path, cache: Path, jobs: int) -> Measured:
    """Grade a class by the real command, and measure it."""
    words = [sys.executable, "-m", "autograder", "class", submissions, "--out", out]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.Popen(
        [*map(str, words), "--jobs", str(jobs)],
        cwd=ROOT,
        env=os.environ | {"XDG_CACHE_HOME": str(cache)},
        stdout=subprocess.DEVNULL,
    )
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, read_peak(process.pid))
        time.sleep(0.1)
    wall = time.perf_counter() - start
    assert process.returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(wall, used, peak)


def read_peak(pid: int) -> float:
    """Return the most memory that a process had by now, in MiB (Linux)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) / 1024 if lines else 0.0


def measure_bare(submissions: Path, key: Key) -> float:
    """Return the mean processor time of all calls of the key on a submission, nothing around them.

    Those that crash or hang are left out: they would end this process.
    """
    calls = [
        (name, function.requests[phase], function.counts[phase])
        for name, function in key.functions.items()
        for phase in PHASES
    ]
    seconds, count = 0.0, 0
    for folder in sorted(submissions.iterdir()):
        text = (folder / "forward.py").read_text()
        if not text.endswith((CRASH, HANG)):
            seconds += time_calls(folder, key, calls)
            count += 1
    return seconds / count


def time_calls(folder: Path, key: Key, calls: list[tuple[str, bytes, int]]) -> float:
    for file in folder.glob("*.py"):
        sys.modules.pop(file.stem, None)
    importlib.invalidate_caches()
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    ready: list[tuple[Callable[..., Any], Any]] = []
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        for name, request, count in calls:
            module, _, function = name.partition(".")
            try:
                called = getattr(importlib.import_module(module), function)
            except (ImportError, AttributeError):
                continue
            arguments = decode(request)["calls"]
            ready += [(called, arguments[call][1]) for call in range(count)]
        start = time.process_time()
        for called, arguments in ready:
            with contextlib.suppress(Exception):
                called(*arguments)
        used = time.process_time() - start
    sys.path.remove(str(folder))
    return used


def measure(size: int, folder: Path) -> Path:
    """Print the figures of a class, and return its gradebook."""
    key = Homework.here().read_key("full")
    assert key is not None, "compile the key first"
    whole = make_class(folder / "whole", size)
    tenth = make_class(folder / "tenth", max(1, size // 10), seed=1)
    half = make_class(folder / "half", size // 2, seed=2)
    bare = measure_bare(tenth, key)
    figures = {
        f"{size // 10} submissions, 1 process": grade(tenth, folder / "o1", folder / "c1", 1),
        f"{size // 2} submissions, 2 processes": grade(half, folder / "o2", folder / "c2", 2),
        f"{size} submissions, 2 processes": grade(whole, folder / "o3", folder / "c3", 2),
        f"{size} submissions, 1 process": grade(whole, folder / "o4", folder / "c4", 1),
        f"{size} submissions again": grade(whole, folder / "o4", folder / "c4", 1),
    }
    for name, one in figures.items():
        count = int(name.split()[0])
        print(
            f"{name:<34}{one.wall_seconds:8.1f} s{one.processor_seconds:8.1f} s of processors"
            f"{one.processor_seconds / count:7.3f} each{one.peak_mib:7.0f} MiB"
        )
    print(f"its calls made bare, mean of {size // 10} (none that crash or hang): {bare:.3f} s each")
    same = (folder / "o3" / "grades.csv").read_bytes() == (
        folder / "o4" / "grades.csv"
    ).read_bytes()
    print(f"the same grades with one process and with two: {'yes' if same else 'NO'}")
    return folder / "o4" / "gradebook.sqlite"


def measure_rows(gradebook: Path, rows: int, folder: Path) -> None:
    """Print size and time of a gradebook of made-up submissions like those that were graded.

    One in ten checks that lost points has a message of its own, as where wrong values differ.
    """
    chance = random.Random(0)
    with open_gradebook(gradebook) as book:
        run = book.counting or 0
        setting = book.run(run)
        graded = [book.graded(run, one.content) for one in book.results(run) if one.content]
    kinds = [one for one in graded if one is not None]
    given = [
        Given(
            Submitted(
                f"student{n:06}", (Student(f"s{n:06}", f"Student {n}", f"s{n}@example.edu"),)
            ),
            hashlib.sha256(str(n).encode()).hexdigest(),
        )
        for n in range(rows)
    ]

    def read_graded(content: str) -> Graded:
        return vary(kinds[int(content[:8], 16) % len(kinds)], content, chance)

    def read(content: str) -> Entry:
        return Entry(ResultStatus.GRADED, read_graded(content))

    start = time.perf_counter()
    path = folder / "many.sqlite"
    with open_gradebook(path, is_new=True) as book:
        run = book.record(
            given,
            lambda _: {one.submitted.students[0].id: n for n, one in enumerate(given)},
            setting={
                "digest": setting.setting,
                "key": setting.key,
                "grader": {},
                "functions": setting.functions,
                "title": "",
                "handout": (),
                "pieces": {},
            },
            policy={},
            students=(),
            read=read,
        )
        written = time.perf_counter() - start
        count = sum([1 for _ in book.results(run)])
        seconds = time.perf_counter() - start - written
        size = path.stat().st_size / 2**20
        print(
            f"gradebook of {count} submissions: {size:.0f} MiB, written in {written:.0f} s, read"
            f" in {seconds:.0f} s"
        )
        start = time.process_time()
        written_pages = write_pages(folder, book.results(run), read_graded)
        pages = time.process_time() - start
        largest = max([page.stat().st_size for page in written_pages]) / 2**20
        print(
            f"statistics, clusters and {len(written_pages)} pages, the largest {largest:.1f} MiB:"
            f" {pages:.0f} s of processor"
        )
        similar = find_similar(sources_of(book.results(run), read_graded))
        alike = time.process_time() - start - pages
        print(f"what is alike among {similar.compared}: {alike:.0f} s of processor")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"most memory of this process: {peak:.0f} MiB")


def vary(graded: Graded, content: str, chance: random.Random) -> Graded:
    """Return what someone else got who is wrong in the same places with other numbers."""
    checks = [vary_check(check, chance) for check in graded.report["checks"]]
    code = {name: f"{text}# {content[:8]}\n" for name, text in graded.code.items()}
    return Graded({**graded.report, "checks": checks}, graded.wrong, code)


def vary_check(check: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    is_own = check["score"] < check["max_score"] and chance.random() < 0.1
    return {**check, "message": check["message"] + f" {chance.random()}" * is_own}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=0)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="class-bench-"))
    try:
        gradebook = measure(given.size, folder)
        if given.rows:
            measure_rows(gradebook, given.rows, folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
