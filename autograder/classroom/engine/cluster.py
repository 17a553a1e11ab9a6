"""Grade in several processes, of this machine or of a cluster, with Dask.

A scheduler runs whatever code it is sent, so it is a door into the account of whoever grades.
Between our own processes it is shut: each speaks TLS with a certificate of this run alone, all
ports are on the loopback device, and the pages of HTTP that Dask offers have no content. A cluster
whose address is given says ``tls://``; its certificates are found by Dask's own settings.

Each process keeps one warm judge, which a plug-in holds (Dask's place for what outlasts a task).
Submissions travel as bytes and come back as bytes. A process that dies costs nothing: a task that
was in it gets another turn, then each of its submissions one of its own, and what still costs its
process is tried last, with no other one beside it.
"""

import logging
import tempfile
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import islice
from typing import Any

import dask
from distributed import Client, Future, LocalCluster, Worker, WorkerPlugin, as_completed, get_worker
from distributed.scheduler import KilledWorker
from distributed.security import Security

from autograder.classroom.engine.entry import EntryMaker, read_entry
from autograder.classroom.engine.setup import Setup, identify, open_maker, tell_difference
from autograder.classroom.engine.tasks import Done, Task, Waiting, write_unfinished
from autograder.classroom.records import ResultStatus
from autograder.errors import GraderError, UsageError

__all__ = ["grade_in_processes", "grade_on_cluster"]

#: Tasks that are out at once, for each process: one at work, the others on their way. More would
#: fill the scheduler's memory.
OUTSTANDING = 4

#: Deaths of its process that a task is given; each death is blamed on all tasks it had.
ALLOWED_FAILURES = 1

#: How long a cluster may take to answer, and to have its first process.
PATIENCE_SECONDS = 60

PLUGIN = "autograder-judge"

KILLED = "its process ended each time that it was tried"

#: Of our own cluster; a cluster that is given has its own settings.
_SETTINGS = {
    "distributed.scheduler.allowed-failures": ALLOWED_FAILURES,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
}


def grade_in_processes(
    setup: Setup, tasks: Iterable[Task], *, jobs: int
) -> Generator[Done, None, None]:
    """Yield the outcome of each submission, graded in `jobs` processes of this machine.

    Raises
    ------
    GraderError
        If a layer of protection is missing that strangers' code needs.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="class-"))
        stack.enter_context(dask.config.set(_SETTINGS | {"temporary-directory": folder}))
        security = _make_certificates()
        cluster = LocalCluster(
            n_workers=jobs,
            threads_per_worker=1,
            host="127.0.0.1",
            security=security,
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0",
            memory_limit=0,  # that of the students' processes is kept elsewhere
            local_directory=folder,
            silence_logs=logging.CRITICAL,
        )
        stack.enter_context(cluster)
        yield from _grade(stack.enter_context(Client(cluster)), setup, tasks)


def grade_on_cluster(
    setup: Setup, tasks: Iterable[Task], *, address: str, insecure: bool = False
) -> Generator[Done, None, None]:
    """Yield the outcome of each submission, graded by the cluster whose scheduler has an address.

    Raises
    ------
    UsageError
        If the address is not ``tls://`` and not allowed to be `insecure`, if no one answers, or if
        a machine there has another grader.
    GraderError
        If a layer of protection is missing there, or the cluster is gone.
    """
    if not address.startswith("tls://") and not insecure:
        raise UsageError(
            f"--scheduler {address} is open to everyone who can reach it, and lets them run code as"
            " you: start the scheduler with TLS and give tls://HOST:PORT, or add --insecure where"
            " no one else can reach it"
        )
    try:
        client = Client(address, timeout=PATIENCE_SECONDS)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"no scheduler answers at {address}: {_say(error)}") from error
    with client:
        yield from _grade(client, setup, tasks)


def _say(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _make_certificates() -> Security:
    try:
        security: Security = Security.temporary()
        return security
    except ImportError as error:
        raise UsageError(
            "several processes need the package cryptography, to shut their ports to others: run"
            " 'make class', which installs it, or 'pip install cryptography', or add --jobs 1"
        ) from error


def _grade(client: Client, setup: Setup, tasks: Iterable[Task]) -> Iterator[Done]:
    _compare_graders(client, setup)
    client.register_plugin(_JudgePlugin(setup), name=PLUGIN)
    count = _count_processes(client)
    # As the class comes; then each alone in a process; then each alone in the whole cluster.
    for window in (OUTSTANDING * count, count, 1):
        failed: dict[Waiting, bytes] = {}
        yield from _grade_round(client, tasks, window, failed)
        tasks = [Task((one,)) for one in failed]
    for one, entry in failed.items():
        yield one.content, entry


def _compare_graders(client: Client, setup: Setup) -> None:
    """Raise a UsageError that names the process whose grader is another one."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE_SECONDS)
        graders = client.run(identify)
    except TimeoutError as error:
        raise UsageError(
            f"the cluster has no worker {PATIENCE_SECONDS} s after it was asked: start some"
        ) from error
    except Exception as error:
        raise UsageError(
            f"the cluster's workers can't say which grader they have ({_say(error)}): install this"
            " one there, of the same version"
        ) from error
    for address, grader in graders.items():
        _refuse_other_grader(address, grader, setup)


def _refuse_other_grader(address: str, grader: Mapping[str, str], setup: Setup) -> None:
    difference = tell_difference(grader, setup.grader)
    if difference:
        raise UsageError(
            f"the worker {address} would grade otherwise: {difference}. Install the same there"
        )


def _count_processes(client: Client) -> int:
    return max(1, len(client.scheduler_info(n_workers=-1)["workers"]))


def _grade_round(
    client: Client, tasks: Iterable[Task], window: int, failed: dict[Waiting, bytes]
) -> Iterator[Done]:
    """Yield what is done, and put into `failed` what cost its process, or the grader failed at."""
    source = iter(tasks)
    out: dict[Any, tuple[Task, Future]] = {}
    arriving = as_completed()

    def send(count: int) -> None:
        for task in islice(source, count):
            files, lost = task.read()
            failed_to_read.extend(lost)
            future = client.submit(_grade_task, files, pure=False, retries=0)
            out[future.key] = (task, future)
            arriving.add(future)

    failed_to_read: list[Done] = []
    send(window)
    while out or failed_to_read:
        yield from failed_to_read
        failed_to_read.clear()
        if not out:
            continue
        future = next(arriving)
        task, _ = out.pop(future.key)
        send(1)
        yield from _take(task, _read_result(future), failed)
        future.release()


def _read_result(future: Future) -> Sequence[Done] | None:
    """Return what a task came to, None where it cost its process."""
    if future.status == "finished":
        done: Sequence[Done] = future.result()
        return done
    error = future.exception() if future.status == "error" else None
    if isinstance(error, KilledWorker):
        return None
    if isinstance(error, UsageError | GraderError):
        raise error
    said = _say(error) if error is not None else "the connection to it is lost"
    raise GraderError(
        f"the cluster failed ({said}): what is graded is kept, and the same command goes on"
    )


def _take(task: Task, done: Sequence[Done] | None, failed: dict[Waiting, bytes]) -> Iterator[Done]:
    own = {one.content: one for one in task.submissions}
    if done is None:
        failed |= dict.fromkeys(task.submissions, write_unfinished(KILLED))
        return
    for content, entry in done:
        if read_entry(entry).status == ResultStatus.UNFINISHED:
            failed[own[content]] = entry
        else:
            yield content, entry


class _JudgePlugin(WorkerPlugin):
    """Keeps one warm judge in a process of the cluster, opened by its first task."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def setup(self, worker: Worker) -> None:
        """Take note of the process."""
        self._address = worker.address
        self._turns = threading.Lock()  # a worker that is given may have several threads
        self._stack = ExitStack()
        self._maker: EntryMaker | None = None

    def teardown(self, worker: Worker) -> None:
        """End the judge with its process."""
        self._stack.close()

    def grade(self, files: Mapping[str, Mapping[str, bytes]]) -> list[Done]:
        """Return the outcome of each submission, by the digests of their contents."""
        with self._turns:
            if self._maker is None:
                _refuse_other_grader(self._address, identify(), self._setup)
                self._maker = self._stack.enter_context(open_maker(self._setup))
            return [(content, self._maker.make(files[content])) for content in files]


def _grade_task(files: Mapping[str, Mapping[str, bytes]]) -> list[Done]:
    plugin = get_worker().plugins[PLUGIN]
    assert isinstance(plugin, _JudgePlugin)
    return plugin.grade(files)
