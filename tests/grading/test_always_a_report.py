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
from hit_runs import ALL, Laid, ended, workers
from quick import slow_after
from runs import KINDS, Place, wait_until

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
    pytest.mark.usefixtures("answer_keys"),
]


SEED = 20220907


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
