"""Ask a submission's functions, in workers that are replaced when they end.

Grading, the pictures and the search for smaller inputs ask in this one way: load a file, then put
the calls of its functions and collect what comes back. A worker that ended is replaced at the next
question; one that someone ended before it was ready is started again. A file whose import cost a
worker is never imported again, neither by itself nor by other files. Nothing is judged here.
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from autograder.core.limits import Limits, shorten
from autograder.core.records import Ending, FileState, FunctionRun, Status
from autograder.core.right_replies import RightReplies
from autograder.intake.take_in import Submission
from autograder.supervisor.outcomes import Allowance, with_raised
from autograder.supervisor.spawn import Spawner
from autograder.supervisor.worker import Answer, NotStartedError, Worker, no_answer

__all__ = ["Asker"]

#: How often a worker is started that ends before anything of the submission is loaded.
START_ATTEMPTS = 3

#: How many times the usual limit a file may take that was imported before: it takes longer only
#: because the machine is slow now.
IMPORT_AGAIN = 3


class Asker:
    """Workers for one submission, one after the other; close it at the end.

    `files` are the homework's, with their functions; those that are `blocked` cost a worker
    earlier. The `limits` are those of each worker, and `run_seconds` is for all questions together.
    `allowed_missing` is as of `autograder.grading.grade.grade`, `closed` as of `Worker`.
    """

    def __init__(
        self,
        submission: Submission,
        files: Mapping[str, tuple[str, ...]],
        spawner: Spawner,
        *,
        limits: Limits,
        allowed_missing: Collection[str] | None,
        closed: Sequence[Path],
        blocked: Mapping[str, Ending] | None = None,
    ) -> None:
        self.environment: dict[str, str] = {}  # what the workers said of themselves
        self.layers: dict[str, str] = {}
        self._submission = submission
        self._files = files
        self._spawner = spawner
        self._limits = limits
        self._allowed_missing = allowed_missing
        self._closed = closed
        self._allowance = Allowance()
        self._deadline = time.monotonic() + limits.run_seconds
        self._blocked = dict(blocked or {})
        self._imported: set[str] = set()
        self._waiting: list[Worker] = []
        # The worker that is asked now, what became of files in it, and what was put to it.
        self._worker: Worker | None = None
        self._states: dict[str, FileState] = {}
        self._tickets: dict[str, int] = {}
        self._answer: Answer = no_answer

    @property
    def rest_seconds(self) -> float:
        """How much time is left for all questions together."""
        return self._deadline - time.monotonic()

    @contextmanager
    def time_out(self) -> Iterator[None]:
        """Stop the clock for as long as the block takes."""
        rest = self.rest_seconds
        try:
            yield
        finally:
            self._deadline = time.monotonic() + rest

    @property
    def out_of_time(self) -> Ending:
        """What is said of a question that had no turn."""
        limit = self._limits.run_seconds
        return Ending(
            Status.TIMEOUT, f"the whole run's limit of {limit:g} s was reached before its turn"
        )

    def start_workers(self, count: int) -> None:
        """Start workers now that are asked one after the other: the next loads meanwhile."""
        self._waiting = [self._new_worker() for _ in range(count)]

    def end_worker(self) -> None:
        """End the worker: nothing of it may see what comes next, which is asked of a fresh one."""
        if self._worker is not None:
            self._worker.close()
        self._worker, self._states, self._tickets, self._answer = None, {}, {}, no_answer

    def close(self) -> None:
        """End every worker."""
        self.end_worker()
        self._end_waiting()

    def load(self, file: str) -> FileState:
        """Import a file of the submission, unless the worker has done so or must not."""
        if file in self._blocked:
            return FileState(problem=self._blocked[file])
        worker = self._ready_worker()
        if file not in self._states:
            again = file in self._imported
            limit = self._limits.import_seconds * (IMPORT_AGAIN if again else 1)
            time_outs = self._count_time_outs_before(file)
            limit = shorten(limit, time_outs)
            seconds = min(limit, self.rest_seconds)
            if seconds <= 0:
                return FileState(problem=self.out_of_time)
            state = worker.load(file, self._files[file], seconds=seconds)
            state = self._submission.explain_file(file, state)
            if isinstance(state.problem, Ending):
                state = replace(state, problem=state.problem.after(time_outs, "files"))
            if state.problem is None:
                self._imported.add(file)
            elif isinstance(state.problem, Ending) and not again:
                self._blocked[file] = state.problem
                self._end_waiting()  # they have not heard of it
            self._states[file] = state
        return self._states[file]

    def _count_time_outs_before(self, file: str) -> int:
        files = list(self._files)
        before = [self._blocked.get(other) for other in files[: files.index(file)]]
        return len([ending for ending in before if ending and ending.status == Status.TIMEOUT])

    def put(self, name: str, request: bytes) -> None:
        """Put a function's encoded calls to the worker that has its file, and do not wait.

        Functions, ``file.function``, are collected in the order in which they are put.
        """
        if self._worker is not None and self._worker.is_alive:
            self._tickets[name] = self._worker.ask(request)

    def replace(self, names: Collection[str], answer: Answer) -> None:
        """Replace these functions, whose files are loaded, by answers, and no others."""
        assert self._worker is not None
        self._worker.replace(names)
        self._answer = answer

    def collect(
        self,
        name: str,
        request: bytes,
        count: int,
        *,
        seconds: float,
        right: RightReplies | None = None,
    ) -> FunctionRun:
        """Wait for all calls of a function, `seconds` at most; `load` has its file loaded.

        They are put first where the worker has not got them. `right` is as of `Worker.collect`.
        """
        seconds = min(seconds, self.rest_seconds)
        if seconds <= 0:
            return FunctionRun(ending=self.out_of_time)
        assert self._worker is not None
        ticket = self._tickets.pop(name, None) or self._worker.ask(request)
        run = self._worker.collect(
            ticket, name, count, seconds=seconds, answer=self._answer, right=right
        )
        return replace(run, outcomes=with_raised(run.outcomes, self._submission.explain))

    def _ready_worker(self) -> Worker:
        for _ in range(START_ATTEMPTS - 1):
            try:
                return self._start_worker()
            except NotStartedError:
                continue
        return self._start_worker()

    def _start_worker(self) -> Worker:
        """Return a worker that is alive and ready; wait until it is."""
        if self._worker is None or not self._worker.is_alive:
            self.end_worker()
            self._worker = self._waiting.pop(0) if self._waiting else self._new_worker()
        self._worker.start()
        self.environment |= self._worker.environment
        self.layers |= self._worker.layers
        return self._worker

    def _end_waiting(self) -> None:
        while self._waiting:
            self._waiting.pop().close()

    def _new_worker(self) -> Worker:
        sentences = {
            file: f"{file}.py can't be imported: {ending.sentence}"
            for file, ending in self._blocked.items()
        }
        return Worker(
            self._spawner.take(),
            self._submission.folder,
            modules=self._files,
            blocked=sentences,
            limits=self._limits,
            allowed_missing=self._allowed_missing,
            allowance=self._allowance,
            closed=self._closed,
        )
