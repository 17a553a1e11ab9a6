"""Put the key's questions about a submission to workers, and collect what comes back.

Each phase has a worker of its own. What is known already, from a submission whose files were the
same, is not asked again. Nothing is judged here.
"""

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from autograder.core.limits import Limits
from autograder.core.records import Ending, FileState, FunctionRun, Status
from autograder.homework.key import FunctionKey, Key
from autograder.intake.take_in import Submission
from autograder.judge.evidence import Evidence
from autograder.supervisor.outcomes import Allowance
from autograder.supervisor.spawn import Spawner
from autograder.supervisor.worker import NotStartedError, Worker

__all__ = ["Examination", "Known"]

#: How often a worker is started that ends before anything of the submission is loaded.
START_ATTEMPTS = 3

#: How many times the usual limit a file may take that was imported before.
IMPORT_AGAIN = 3


@dataclass(frozen=True)
class Known:
    """What need not be asked.

    Attributes
    ----------
    evidences : mapping
        By (``file.function``, phase): of files that are the same as when these were collected.
    only : collection of str or None
        The functions, ``file.function``, that are asked about; None for all.
    """

    evidences: Mapping[tuple[str, str], Evidence] = field(default_factory=dict)
    only: Collection[str] | None = None

    def leaves(self, function: FunctionKey, phase: str) -> bool:
        """Tell whether a function is left to be asked about."""
        is_wanted = self.only is None or function.name in self.only
        return is_wanted and (function.name, phase) not in self.evidences


@dataclass
class Examination:
    """One submission before the workers.

    Attributes
    ----------
    evidences : dict
        What is collected by now, and what was known.
    environment : dict of str to str
        What the workers said of themselves.
    layers : dict of str to str
        Their layers of protection (`autograder.isolation.layers.missing`).
    """

    submission: Submission
    key: Key
    spawner: Spawner
    limits: Limits
    phases: tuple[str, ...]
    allowed_missing: Collection[str] | None = None
    known: Known = field(default_factory=Known)
    environment: dict[str, str] = field(default_factory=dict)
    layers: dict[str, str] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)
    asked: dict[str, tuple[Worker, int]] = field(default_factory=dict)
    blocked: dict[str, str] = field(default_factory=dict)
    endings: dict[str, Ending] = field(default_factory=dict)
    files: dict[tuple[str, str], FileState] = field(default_factory=dict)
    imported: set[str] = field(default_factory=set)
    allowance: Allowance = field(default_factory=Allowance)

    def __post_init__(self) -> None:
        self.deadline = time.monotonic() + self.limits.run_seconds
        self.evidences = dict(self.known.evidences)
        for evidence in self.known.evidences.values():
            if evidence.file is not None and isinstance(evidence.file.problem, Ending):
                self._give_up(evidence.key.file, evidence.file.problem)

    @contextmanager
    def time_out(self) -> Iterator[None]:
        """Stop the clock of the run for as long as the block takes."""
        rest = self.deadline - time.monotonic()
        try:
            yield
        finally:
            self.deadline = time.monotonic() + rest

    def files_in(self, phase: str) -> tuple[str, ...]:
        """Return the files that there is anything to ask about, in the key's order."""
        return tuple([file for file in self.key.parts if self._functions(file, phase)])

    def start_workers(self) -> None:
        """Start a worker for each phase now: the second one loads while the first one works."""
        for phase in self.phases:
            if self.files_in(phase):
                self.workers[phase] = self._start()

    def _start(self) -> Worker:
        return Worker(
            self.spawner.take(),
            self.submission.folder,
            modules=self.key.files,
            blocked=self.blocked,
            limits=self.limits,
            allowed_missing=self.allowed_missing,
            allowance=self.allowance,
        )

    def end_worker(self, phase: str) -> None:
        """End the phase's worker, if it has one; nothing of it may see what comes next."""
        if phase in self.workers:
            self.environment |= self.workers[phase].environment
            self.layers |= self.workers[phase].layers
            self.workers.pop(phase).close()

    def close(self) -> None:
        """End every worker that is left."""
        for worker in self.workers.values():
            worker.close()

    def ask_file(self, file: str, phase: str) -> None:
        """Put all questions about one file, without waiting for the answers."""
        self.asked = {}
        state = self._load(file, phase)
        worker = self.workers[phase]
        if state is None or state.problem is not None or not worker.is_alive:
            return
        for function in self._functions(file, phase):
            if self._is_to_be_asked(function, phase, state):
                ticket = worker.ask(function.requests[phase])
                self.asked[function.name] = (worker, ticket)

    def collect_file(self, file: str, phase: str) -> None:
        """Wait for all answers about one file."""
        for function in self._functions(file, phase):
            state = self._load(file, phase)
            run = self._collected(function, phase, state)
            self.evidences[function.name, phase] = Evidence(function, phase, state, run)

    def _functions(self, file: str, phase: str) -> list[FunctionKey]:
        """Return the functions of a file that are not known yet when the examination begins."""
        functions = [f for f in self.key.functions.values() if f.file == file]
        return [function for function in functions if self.known.leaves(function, phase)]

    def _load(self, file: str, phase: str) -> FileState | None:
        """Return the file's state, imported into the worker that is alive now."""
        if file not in self.submission.files:
            return None
        if file in self.endings:  # tried once, and it cost a worker
            return FileState(problem=self.endings[file])
        worker = self._ready_worker(phase)
        place = (file, phase)
        if place not in self.files:
            # A file that was imported before takes longer only because the machine is slow now.
            again = file in self.imported
            limit = self.limits.import_seconds * (IMPORT_AGAIN if again else 1)
            seconds = self._seconds(limit)
            if seconds <= 0:
                return FileState(problem=self._out_of_time())
            state = self._located(worker.load(file, self.key.files[file], seconds=seconds))
            if state.problem is None:
                self.imported.add(file)
            if isinstance(state.problem, Ending) and not again:
                self._give_up(file, state.problem)
            self.files[place] = state
        return self.files[place]

    def _located(self, state: FileState) -> FileState:
        places = self.submission.places
        return places.located_file(state) if places else state

    def _give_up(self, file: str, problem: Ending) -> None:
        """Never import a file again whose import cost a worker."""
        self.endings[file] = problem
        self.blocked[file] = f"{file}.py can't be imported: {problem.sentence}"

    def _ready_worker(self, phase: str) -> Worker:
        """Return the phase's worker, up and running; one that somebody ended is replaced."""
        for _ in range(START_ATTEMPTS - 1):
            try:
                self._worker(phase).start()
                break
            except NotStartedError:
                continue
        worker = self._worker(phase)
        worker.start()
        return worker

    def _worker(self, phase: str) -> Worker:
        worker = self.workers[phase]
        if not worker.is_alive:
            worker.close()
            self.environment |= worker.environment
            self.files = {place: s for place, s in self.files.items() if place[1] != phase}
            worker = self.workers[phase] = self._start()
        return worker

    def _is_to_be_asked(self, function: FunctionKey, phase: str, state: FileState) -> bool:
        described = state.functions.get(function.function, {})
        # Where it cost a worker in the public phase, it would cost another one.
        earlier = self.evidences.get((function.name, "public"))
        is_lost = earlier is not None and earlier.run.ending is not None
        return bool(described.get("is_callable") and function.counts[phase] and not is_lost)

    def _collected(self, function: FunctionKey, phase: str, state: FileState | None) -> FunctionRun:
        if state is None or not self._is_to_be_asked(function, phase, state):
            earlier = self.evidences.get((function.name, "public"))
            return FunctionRun(ending=earlier.run.ending if earlier is not None else None)
        described = state.functions[function.function]
        seconds = self._seconds(self._limit(function, described.get("uses", ())))
        if seconds <= 0:
            return FunctionRun(ending=self._out_of_time())
        worker, ticket = self.asked.get(function.name, (None, 0))
        if worker is None or worker is not self.workers[phase]:  # the one that was asked has ended
            worker = self.workers[phase]
            ticket = worker.ask(function.requests[phase])
        count = function.counts[phase]
        run = worker.collect(ticket, function.name, count, seconds=seconds)
        places = self.submission.places
        return replace(run, outcomes=tuple(map(places.located, run.outcomes))) if places else run

    def _limit(self, function: FunctionKey, uses: tuple[str, ...]) -> float:
        """Return the time limit; training with a function that hung gets no more than it."""
        runs = [e.run for (name, _), e in self.evidences.items() if name in uses]
        has_hung = any([run.ending and run.ending.status == Status.TIMEOUT for run in runs])
        is_long = function.trains and not has_hung
        return self.limits.training_seconds if is_long else self.limits.function_seconds

    def _seconds(self, limit: float) -> float:
        return min(limit, self.deadline - time.monotonic())

    def without_turn(self) -> frozenset[tuple[str, str]]:
        """Return of which functions nothing is known but that the run had no time for them."""
        no_time = self._out_of_time()
        return frozenset([place for place, e in self.evidences.items() if e.ending == no_time])

    def _out_of_time(self) -> Ending:
        limit = self.limits.run_seconds
        return Ending(
            Status.TIMEOUT, f"the whole run's limit of {limit:.0f} s was reached before its turn"
        )
