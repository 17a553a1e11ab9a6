"""Whatever becomes of a run, it leaves a report that is whole and says how far it came."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from quick import slow_after
from runs import KINDS, Place, lay_out, wait_until

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
    pytest.mark.usefixtures("answer_keys"),
]

SEED = 20220907

#: Every check of the full rubric that is right is worth this much, together.
ALL = 100

Laid = Callable[..., Place]


@pytest.fixture
def lay(tmp_path: Path, root: Path) -> Laid:
    """Lay a run out in a folder of the test's own."""
    numbers = iter(range(1000))

    def lay_one(kind: str, submission: Path | None = None) -> Place:
        return lay_out(kind, tmp_path / f"run-{next(numbers)}", submission or root / "solution")

    return lay_one


@pytest.fixture
def edited(tmp_path: Path, root: Path) -> Callable[..., Path]:
    """Return a copy of the solution with code at the end of some files."""

    def edit(**additions: str) -> Path:
        folder = tmp_path / "edited"
        shutil.copytree(root / "solution", folder)
        for file, code in additions.items():
            with (folder / f"{file}.py").open("a") as module:
                module.write(f"\n\n{code}\n")
        return folder

    return edit


def ended(process: "subprocess.Popen[str]", *, seconds: float = 60) -> tuple[int, str]:
    """Wait for the end; return exit status and output."""
    said = process.communicate(timeout=seconds)[0]
    return process.returncode, said


#: The last function of a file tells that it was called, and does not return for a long time.
HANGS = """
def swish_grad(x, beta=1.0):
    import os, time
    open(os.path.join(os.environ["TMPDIR"], "reached"), "w").close()
    time.sleep(60)
"""


def has_reached(place: Place) -> bool:
    return bool(list(place.temporary.glob("grade-*/*/scratch-*/reached")))


# ---- killed, or asked to end, at any moment


def moments(count: int, life: float) -> list[float]:
    """Return moments spread over a life, one in each of `count` equal parts of it."""
    draw = random.Random(SEED)
    return [(number + draw.random()) / count * life for number in range(count)]


def lifetime(place: Place) -> float:
    started = time.monotonic()
    assert ended(place.start())[0] == 0
    return time.monotonic() - started


def assert_whole(place: Place) -> str:
    """Hold what a killed run left against what is promised; return how far it came."""
    if not place.report.exists():
        # Only before its first report, which comes before the folder for temporary files.
        assert list(place.temporary.iterdir()) == []
        return "nothing"
    results = place.results()
    if results["finished"]:
        assert results["score"] == ALL
        return "all"
    return "some" if results["checks"] else "begun"


def hit(place: Place, moment: float, number: signal.Signals) -> int:
    """Let a run go on for so long, send it the signal, and return its exit status."""
    process = place.start()
    try:
        process.wait(timeout=moment)
    except subprocess.TimeoutExpired:
        process.send_signal(number)
    return ended(process)[0]


def assert_survives(lay: Laid, kind: str, number: signal.Signals, count: int) -> None:
    """Hit runs that share the report's place; each finds what the one before left."""
    place = lay(kind)
    life = lifetime(place)
    place.report.unlink()
    reached = set()
    for moment in moments(count, life):
        status = hit(place, moment, number)
        assert status in (0, -number, 128 + number)
        reached.add(assert_whole(place))
        assert place.left_processes() == {}
        leftovers = sorted(set(os.listdir(place.report.parent)) - {place.report.name})
        assert len(leftovers) <= 1
        if number != signal.SIGKILL:
            assert status == -number or list(place.temporary.iterdir()) == []
        shutil.rmtree(place.temporary)
        place.temporary.mkdir()
        place.report.unlink(missing_ok=True)
    assert len(reached) > 1, "all were hit at the same stage"
    assert ended(place.start())[0] == 0
    assert os.listdir(place.report.parent) == [place.report.name]


@pytest.mark.parametrize(
    "number", slow_after(1, [signal.SIGKILL, signal.SIGTERM]), ids=lambda n: n.name
)
@pytest.mark.parametrize("kind", slow_after(1, KINDS))
def test_a_run_that_is_hit_leaves_a_whole_report(
    lay: Laid, kind: str, number: signal.Signals
) -> None:
    assert_survives(lay, kind, number, count=4)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda n: n.name)
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_is_hit_at_fifty_moments_leaves_whole_reports(
    lay: Laid, kind: str, number: signal.Signals
) -> None:
    assert_survives(lay, kind, number, count=50)


@pytest.mark.parametrize("number", slow_after(1, [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]))
@pytest.mark.parametrize("kind", slow_after(1, KINDS))
def test_a_run_that_is_asked_to_end_keeps_what_was_answered_before_a_function_that_hangs(
    lay: Laid, edited: Callable[..., Path], kind: str, number: signal.Signals
) -> None:
    place = lay(kind, edited(activations=HANGS))
    process = place.start()
    wait_until(lambda: has_reached(place), process)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=0.3)  # until the judge has all answers that came before
    process.send_signal(number)
    status, said = ended(process, seconds=5)
    assert status == 128 + number
    assert f"stopped by {signal.Signals(number).name}" in said
    names = str(place.results()["checks"])
    assert "activations.relu" in names
    assert "activations.swish:" in names or "activations.swish." in names
    assert "activations.swish_grad" not in names
    assert place.left_processes() == {}
    assert list(place.temporary.iterdir()) == []


def test_a_run_that_is_killed_while_a_function_hangs_has_kept_what_came_before(
    lay: Laid, edited: Callable[..., Path]
) -> None:
    """No new result comes any more: the second after which one is kept is over all the same."""
    place = lay("grade", edited(activations=HANGS))
    process = place.start()
    wait_until(lambda: has_reached(place), process)
    wait_until(lambda: "separability.affine" in place.report.read_text(), process, seconds=4)
    process.kill()
    ended(process)
    assert "activations.swish_grad" not in str(place.results()["checks"])


@pytest.mark.parametrize(
    "loss", slow_after(1, ["pass", "raise ImportError('numpy could not be loaded')"])
)
def test_a_stop_that_other_code_swallows_or_replaces_is_heeded_all_the_same(
    tmp_path: Path, root: Path, loss: str
) -> None:
    program = (
        "import signal, sys\n"
        "from autograder.grading import examination\n"
        "right = examination.Examination.start_workers\n"
        "def interrupted(run):\n"
        "    try:\n"
        "        signal.raise_signal(signal.SIGTERM)\n"
        "    except BaseException:\n"
        f"        {loss}\n"
        "    right(run)\n"
        "examination.Examination.start_workers = interrupted\n"
        "from autograder.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    words = ["grade", "solution", "--json", str(tmp_path / "report.json")]
    done = subprocess.run([sys.executable, "-c", program, *words], cwd=root, timeout=30)
    assert done.returncode == 128 + signal.SIGTERM
    assert not json.loads((tmp_path / "report.json").read_bytes())["finished"]


@pytest.mark.slow
def test_a_second_signal_does_not_cut_the_way_out_short(
    lay: Laid, edited: Callable[..., Path]
) -> None:
    place = lay("grade", edited(activations=HANGS))
    process = place.start()
    wait_until(lambda: has_reached(place), process)
    for number in (signal.SIGINT, signal.SIGINT, signal.SIGTERM):
        process.send_signal(number)
    assert ended(process, seconds=5)[0] in (128 + signal.SIGINT, 128 + signal.SIGTERM)
    assert not place.results()["finished"]
    assert list(place.temporary.iterdir()) == []


def test_a_signal_that_is_ignored_stays_ignored(lay: Laid) -> None:
    place = lay("grade")

    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    process = place.start(before=ignore)
    wait_until(place.report.exists, process)
    process.send_signal(signal.SIGHUP)
    assert ended(process)[0] == 0
    assert place.results()["finished"]


def test_a_way_out_that_hangs_is_ended_by_the_system(tmp_path: Path, root: Path) -> None:
    program = (
        "import signal, time, autograder.grading.stop as stop\n"
        "stop.WAY_OUT_SECONDS = 1\n"
        "stop.StopRequest().heed_signals()\n"
        "try:\n"
        "    signal.raise_signal(signal.SIGTERM)\n"
        "finally:\n"
        "    time.sleep(60)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=root, timeout=30)
    assert done.returncode == -signal.SIGALRM


@pytest.mark.parametrize("kind", slow_after(1, KINDS))
def test_no_worker_outlives_a_judge_that_is_killed(
    lay: Laid, edited: Callable[..., Path], kind: str
) -> None:
    place = lay(kind, edited(activations=HANGS))
    process = place.start()
    try:
        wait_until(lambda: has_reached(place), process)
        process.kill()
        ended(process)
        assert place.left_processes() == {}
    finally:
        place.end_what_is_left()


# ---- a worker killed by someone else


def workers(place: Place) -> list[int]:
    return [pid for pid, where in place.processes().items() if "/scratch-" in where]


@pytest.mark.parametrize("moment", slow_after(1, [0.0, *moments(4, 0.6)]))
def test_a_worker_that_somebody_kills_costs_only_what_it_was_doing(
    lay: Laid, moment: float
) -> None:
    place = lay("grade")
    process = place.start()
    wait_until(lambda: workers(place), process)
    victims = workers(place)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=moment)
    for victim in victims[:1]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
    assert ended(process)[0] == 0
    results = place.results()
    assert results["finished"]
    lost = [check for check in results["checks"] if check["status"] != "passed"]
    # All of a file, if that was being imported; then those that import it have no way on, either.
    crashed = [check for check in lost if check["status"] == "crashed"]
    assert len({check["part"] for check in crashed}) <= 1
    for check in lost:
        assert check["status"] == "crashed" or "can't be imported" in check["message"]
    assert place.left_processes() == {}


# ---- no room


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mount file systems of some bytes, for root where that is allowed."""
    mounted: list[Path] = []

    def mount(size: str, *, options: str = "") -> Path:
        folder = tmp_path / f"disk-{len(mounted)}"
        folder.mkdir()
        words = ["mount", "-t", "tmpfs", "-o", f"size={size}{options}", "tmpfs", str(folder)]
        if os.geteuid() or subprocess.run(words, capture_output=True).returncode:
            pytest.skip("mounting a small file system takes root and the right to mount")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, *, leave: int = 0) -> None:
    """Write until nothing fits any more, then leave some room."""
    with (folder / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    os.truncate(folder / "filler", (folder / "filler").stat().st_size - leave)


def test_a_disk_that_is_too_small_keeps_the_last_report_that_fitted(
    lay: Laid, small_disk: Callable[..., Path]
) -> None:
    place = lay("grade")
    place.report.parent.rmdir()
    place.report.parent.symlink_to(small_disk("48k"))
    status, said = ended(place.start())
    assert status == 3
    assert "results.json can't be written: No space left on device; the report that is" in said
    assert "score 100 of 100" in said
    assert not place.results()["finished"]
    assert place.results()["checks"]
    assert os.listdir(place.report.parent) == [place.report.name]


@pytest.mark.slow
def test_a_gradescope_run_says_that_the_disk_is_full(
    lay: Laid, small_disk: Callable[..., Path]
) -> None:
    place = lay("gradescope")
    place.report.parent.rmdir()
    place.report.parent.symlink_to(small_disk("48k"))
    status, said = ended(place.start())
    assert status == 3
    assert "results.json can't be written: No space left on device" in said
    assert "score 100 of 100" in said
    assert not place.results()["finished"]


def test_a_disk_that_is_full_at_once_is_refused_before_anything_is_graded(
    lay: Laid, small_disk: Callable[..., Path]
) -> None:
    place = lay("grade")
    place.report.parent.rmdir()
    disk = small_disk("64k")
    fill(disk)
    place.report.parent.symlink_to(disk)
    status, said = ended(place.start())
    assert (status, "score" in said) == (2, False)
    assert said.endswith("results.json can't be written: No space left on device\n")


@pytest.mark.parametrize("kind", slow_after(1, KINDS))
def test_a_disk_that_fills_up_during_the_run_still_gets_the_whole_report(
    lay: Laid, small_disk: Callable[..., Path], kind: str
) -> None:
    place = lay(kind)
    place.report.parent.rmdir()
    disk = small_disk("2m")
    place.report.parent.symlink_to(disk)
    process = place.start()
    wait_until(lambda: place.report.exists() and workers(place), process)
    fill(disk)
    assert ended(process)[0] == 0
    assert place.results()["finished"]
    assert sorted(os.listdir(disk)) == ["filler", place.report.name]


def limited(file_bytes: int) -> Callable[[], None]:
    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

    return limit


@pytest.mark.parametrize("kind", slow_after(1, KINDS))
def test_a_limit_on_the_size_of_files_keeps_the_last_report_that_fitted(
    lay: Laid, kind: str
) -> None:
    place = lay(kind)
    status, said = ended(place.start(before=limited(20_000)))
    assert status == 3
    assert "results.json can't be written: File too large" in said
    assert "score 100 of 100" in said
    assert 0 < place.results()["score"] < ALL
    assert not place.results()["finished"]


def test_where_messages_do_not_fit_the_points_do(lay: Laid, root: Path) -> None:
    place = lay("grade", root / "tests" / "submissions" / "returns_none")
    assert ended(place.start())[0] == 0
    complete = json.loads(place.report.read_bytes())
    room = len(place.report.read_bytes()) - 1000
    status, said = ended(place.start(before=limited(room)))
    assert (status, "raised" in said or "got" in said) == (0, True)
    short = json.loads(place.report.read_bytes())
    assert short["finished"]
    assert short["score"] == complete["score"]
    assert short["notes"][-1] == (
        "The messages are left out, since there was no room for them: File too large."
    )
    assert {check["message"] for check in short["checks"]} == {""}


@pytest.mark.parametrize("kind", slow_after(1, KINDS))
def test_a_full_folder_for_temporary_files_is_said(
    lay: Laid, small_disk: Callable[..., Path], kind: str
) -> None:
    place = lay(kind)
    disk = small_disk("256k")
    fill(disk, leave=12 * 1024)
    status, said = ended(place.start(TMPDIR=str(disk)))
    assert status == 3
    assert "No space left on device" in said
    if kind == "grade":
        assert f"no room in the folder for temporary files, {disk}" in said
        assert "set TMPDIR to another folder" in said
    assert "The grader failed, not your code" in place.report.read_text()
    assert os.listdir(disk) == ["filler"]


# ---- places that can't be written to


@pytest.fixture
def read_only(tmp_path: Path, small_disk: Callable[..., Path]) -> Path:
    """A folder that no one writes to, root included."""
    if os.geteuid() == 0:
        return small_disk("64k", options=",ro")
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    return folder


@pytest.mark.parametrize(("kind", "expected"), [("grade", 2), ("gradescope", 3)])
def test_a_folder_that_is_read_only_is_refused_before_anything_is_graded(
    lay: Laid, read_only: Path, kind: str, expected: int
) -> None:
    place = lay(kind)
    place.report.parent.rmdir()
    place.report.parent.symlink_to(read_only)
    status, said = ended(place.start())
    assert status == expected
    assert "results.json can't be written: " in said
    assert "Traceback" not in said
    assert list(place.temporary.iterdir()) == []


@pytest.mark.parametrize(
    "make", slow_after(1, [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/null")])
)
@pytest.mark.parametrize(("kind", "expected"), [("grade", 2), ("gradescope", 3)])
def test_what_is_no_file_at_the_place_is_refused_and_stays(
    lay: Laid, kind: str, expected: int, make: Callable[[Path], None]
) -> None:
    place = lay(kind)
    make(place.report)
    before = os.lstat(place.report)
    status, said = ended(place.start())
    assert status == expected
    assert "not a file to write the report to" in said
    assert os.lstat(place.report).st_mode == before.st_mode


@pytest.mark.parametrize("target", slow_after(1, ["/etc/passwd", "nowhere"]))
@pytest.mark.parametrize("kind", slow_after(1, KINDS))
def test_a_link_at_the_place_is_replaced_and_never_followed(
    lay: Laid, kind: str, target: str
) -> None:
    place = lay(kind)
    place.report.symlink_to(target)
    before = Path("/etc/passwd").read_bytes()
    assert ended(place.start())[0] == 0
    assert not place.report.is_symlink()
    assert place.results()["score"] == ALL
    assert Path("/etc/passwd").read_bytes() == before
    assert os.listdir(place.report.parent) == [place.report.name]


def test_a_file_in_the_place_of_gradescopes_folder_is_said(lay: Laid) -> None:
    place = lay("gradescope")
    place.report.parent.rmdir()
    place.report.parent.write_text("")
    status, said = ended(place.start())
    assert (status, "Traceback" in said) == (3, False)
    assert "the results can't be written, so nothing was graded" in said


def test_a_folder_that_vanishes_during_the_run_costs_the_file_and_not_the_printed_report(
    lay: Laid,
) -> None:
    place = lay("grade")
    process = place.start()
    wait_until(place.report.exists, process)
    while place.report.parent.exists():  # a new version may come while it is removed
        shutil.rmtree(place.report.parent, ignore_errors=True)
    status, said = ended(process)
    assert status == 3
    assert "score 100 of 100" in said
    assert f"there is no folder {place.report.parent} to write results.json to" in said


@pytest.mark.parametrize("kind", slow_after(1, KINDS))
@pytest.mark.parametrize("unbuffered", slow_after(1, ["", "1"]))
def test_output_that_nobody_reads_costs_no_report(lay: Laid, kind: str, unbuffered: str) -> None:
    place = lay(kind)
    process = place.start(PYTHONUNBUFFERED=unbuffered)
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    assert place.results()["score"] == ALL


# ---- clocks, small machines

#: Runs the command with a wall clock that is set back by an hour whenever it is looked at.
BACKWARDS = """
import runpy, sys, time
late = time.time()
def earlier():
    global late
    late -= 3600.0
    return late
time.time = earlier
time.time_ns = lambda: int(earlier() * 1e9)
sys.argv = sys.argv[1:]
sys.path.insert(0, ".")
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("kind", slow_after(1, KINDS))
def test_a_wall_clock_that_runs_backwards_changes_nothing(lay: Laid, kind: str) -> None:
    module = "autograder" if kind == "grade" else "autograder.commands.gradescope_run"
    place = lay(kind)
    assert ended(place.start())[0] == 0
    expected = place.results()
    other = lay(kind)
    status, said = ended(other.start(program=("-c", BACKWARDS, module)))
    assert status == 0, said
    assert other.results() == expected


@contextlib.contextmanager
def control_group(memory_bytes: int, processors: float) -> Iterator[Callable[[], None]]:
    """Make a control group and yield what puts a process into it; skip where there is none."""
    base, name, period = Path("/sys/fs/cgroup"), f"autograder-test-{os.getpid()}", 100_000
    quota = int(processors * period)
    if (base / "cgroup.controllers").is_file():
        wanted = {base / name: {"memory.max": memory_bytes, "cpu.max": f"{quota} {period}"}}
    else:
        wanted = {
            base / "memory" / name: {"memory.limit_in_bytes": memory_bytes},
            base / "cpu" / name: {"cpu.cfs_period_us": period, "cpu.cfs_quota_us": quota},
        }
    try:
        for group, values in wanted.items():
            group.mkdir()
            for file, value in values.items():
                (group / file).write_text(str(value))
    except OSError as error:
        for group in wanted:
            with contextlib.suppress(OSError):
                group.rmdir()
        pytest.skip(f"no control group of our own can be made here: {error}")

    def enter() -> None:
        for group in wanted:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    try:
        yield enter
    finally:
        for group in wanted:
            group.rmdir()


MIB = 1024 * 1024


@pytest.mark.parametrize("kind", slow_after(1, KINDS))
def test_half_a_processor_and_768_mib_are_enough(
    lay: Laid, kind: str, record_property: Callable[[str, object], None]
) -> None:
    place = lay(kind)
    with control_group(768 * MIB, 0.5) as enter:

        def confine() -> None:
            enter()
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

        started = time.monotonic()
        status, said = ended(place.start(before=confine))
        seconds = time.monotonic() - started
    assert status == 0, said
    assert place.results()["score"] == ALL
    record_property("seconds", seconds)
    print(f"{kind}: {seconds:.2f} s in half of one processor and 768 MiB")
    assert seconds < 10


@pytest.mark.parametrize("kind", slow_after(1, KINDS))
def test_one_processor_and_768_mib_of_addresses_are_enough(lay: Laid, kind: str) -> None:
    place = lay(kind)

    def confine() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (768 * MIB, 768 * MIB))
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    status, said = ended(place.start(before=confine))
    assert status == 0, said
    assert place.results()["score"] == ALL
