"""Grade one submission: put the key's questions to workers, and judge what comes back.

All public questions come first, in one worker; the hidden ones follow in another, so that what a
submission sees of the hidden inputs can never reach an output that is shown.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from autograder.intake import Submission
from autograder.judge.carried import carry_forward
from autograder.judge.evidence import Evidence
from autograder.judge.habits import habits
from autograder.judge.messages import with_line
from autograder.judge.verdicts import judge_check, mend_first
from autograder.key import CheckKey, FunctionKey, Key
from autograder.limits import Limits
from autograder.outcomes import Allowance
from autograder.records import (
    CheckResult,
    Ending,
    FileState,
    FunctionRun,
    Report,
    Status,
)
from autograder.spawn import Spawner
from autograder.text import clean
from autograder.workers import NotStartedError, Worker

__all__ = ["grade"]

#: How often a worker is started that ends before anything of the submission is loaded.
START_ATTEMPTS = 3

#: How many times the usual limit a file may take that was imported before.
IMPORT_AGAIN = 3

#: Lines of what a function printed that are kept.
PRINTED_LINES = 200

Listener = Callable[[Report], None]
Watcher = Callable[[Callable[[], Report]], None]


def grade(
    submission: Submission,
    key: Key,
    spawner: Spawner,
    *,
    limits: Limits | None = None,
    public_only: bool = False,
    allowed_missing: Collection[str] | None = None,
    listener: Listener = lambda _: None,
    watcher: Watcher = lambda _: None,
) -> Report:
    """Grade `submission` by `key`.

    Parameters
    ----------
    submission : Submission
        Taken in already.
    key : Key
        The full or the public key.
    spawner : Spawner
        Starts the workers; closed by the caller.
    limits : Limits, optional
        The limits of the run.
    public_only : bool
        Whether to leave out the hidden checks.
    allowed_missing : collection of str or None
        The layers of protection that may be missing of those without which strangers' code is not
        run (`autograder.isolation.layers`); None, for a person's own code, allows them all.
    listener : callable
        Called with the report so far after each file.
    watcher : callable
        Called once, at the start, with what returns the report of all that is decided when it is
        called: whoever has to stop in the middle of a file loses nothing that was answered.

    Returns
    -------
    Report
        The same for the same submission and key.

    Raises
    ------
    GraderError
        If no worker can be started, or a needed layer is missing.
    """
    run = _Run(submission, key, spawner, limits or Limits(), public_only, allowed_missing)
    watcher(run.snapshot)
    try:
        run.start_workers()
        for phase in run.phases:
            # While the worker is busy with one file, the file before is judged.
            run.ask_file(run.order[0], phase)
            for file, following in zip(run.order, (*run.order[1:], ""), strict=True):
                run.collect_file(file, phase)
                if following:
                    run.ask_file(following, phase)
                run.judge_file(file, phase)
                listener(run.report(is_finished=False))
            run.end_worker(phase)
        run.judge_rest()
        return run.report(is_finished=True)
    finally:
        run.close()


@dataclass
class _Run:
    """The state of one grading run."""

    submission: Submission
    key: Key
    spawner: Spawner
    limits: Limits
    public_only: bool
    allowed_missing: Collection[str] | None
    workers: dict[str, Worker] = field(default_factory=dict)
    asked: dict[str, tuple[Worker, int]] = field(default_factory=dict)
    blocked: dict[str, str] = field(default_factory=dict)
    endings: dict[str, Ending] = field(default_factory=dict)
    files: dict[tuple[str, str], FileState] = field(default_factory=dict)
    evidences: dict[tuple[str, str], Evidence] = field(default_factory=dict)
    results: dict[str, CheckResult] = field(default_factory=dict)
    imported: set[str] = field(default_factory=set)
    printed: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    allowance: Allowance = field(default_factory=Allowance)

    def __post_init__(self) -> None:
        self.deadline = time.monotonic() + self.limits.run_seconds
        self.phases = (
            ("public",) if self.public_only or self.key.half == "public" else ("public", "hidden")
        )
        self.order = tuple(self.key.parts)
        self.checks = [check for check in self.key.checks if check.visibility in self.phases]

    def start_workers(self) -> None:
        """Start a worker for each phase now: the second one loads while the first one works."""
        for phase in self.phases:
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
        """End the phase's worker; nothing of it may see what comes next."""
        self.environment |= self.workers[phase].environment
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
        for function in self._functions(file):
            if self._is_to_be_asked(function, phase, state):
                ticket = worker.ask(function.requests[phase])
                self.asked[function.name] = (worker, ticket)

    def collect_file(self, file: str, phase: str) -> None:
        """Wait for all answers about one file."""
        for function in self._functions(file):
            state = self._load(file, phase)
            run = self._collected(function, phase, state)
            self.evidences[function.name, phase] = Evidence(function, phase, state, run)
            if phase == "public" and run.printed:
                limit = self.limits.output_characters
                printed = clean(run.printed, limit=limit, lines=PRINTED_LINES)
                self.printed[function.name] = printed

    def _functions(self, file: str) -> list[FunctionKey]:
        return [function for function in self.key.functions.values() if function.file == file]

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
            state = worker.load(file, self.key.files[file], seconds=seconds)
            if state.problem is None:
                self.imported.add(file)
            if isinstance(state.problem, Ending) and not again:
                self.endings[file] = state.problem
                self.blocked[file] = f"{file}.py can't be imported: {state.problem.sentence}"
            self.files[place] = state
        return self.files[place]

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
        return worker.collect(ticket, function.name, count, seconds=seconds)

    def _limit(self, function: FunctionKey, uses: tuple[str, ...]) -> float:
        """Return the time limit; training with a function that hung gets no more than it."""
        runs = [e.run for (name, _), e in self.evidences.items() if name in uses]
        has_hung = any([run.ending and run.ending.status == Status.TIMEOUT for run in runs])
        is_long = function.trains and not has_hung
        return self.limits.training_seconds if is_long else self.limits.function_seconds

    def _seconds(self, limit: float) -> float:
        return min(limit, self.deadline - time.monotonic())

    def _out_of_time(self) -> Ending:
        limit = self.limits.run_seconds
        return Ending(
            Status.TIMEOUT, f"the whole run's limit of {limit:.0f} s was reached before its turn"
        )

    def judge_file(self, file: str, phase: str) -> None:
        """Decide the checks of one file, but for those that look at other files."""
        for check in self.checks:
            is_now = check.part == file and check.visibility == phase and check.kind != "kink"
            if is_now:
                self._judge(check)

    def judge_rest(self) -> None:
        """Decide what could not be decided file by file."""
        for check in self.checks:
            if check.id not in self.results:
                self._judge(check)

    def _judge(self, check: CheckKey) -> None:
        self.results[check.id] = judge_check(check, self.key, self.evidences)

    def snapshot(self) -> Report:
        """Return all that can be decided now: what was answered may still wait for its judge."""
        for check in self.checks:
            is_answered = (check.function, check.visibility) in self.evidences
            if is_answered and check.kind != "kink" and check.id not in self.results:
                self._judge(check)
        return self.report(is_finished=False)

    def report(self, *, is_finished: bool) -> Report:
        """Return what is known now."""
        results = [self.results[check.id] for check in self.checks if check.id in self.results]
        notes = self.submission.notes
        if is_finished:
            results = self._seen_together(results)
            public = [result for result in results if result.visibility == "public"]
            notes += _advice(public, self.evidences) + habits(public, self.key)
        else:
            notes += (
                f"Grading did not finish: {len(results)} of {len(self.checks)} checks are decided.",
            )
        return Report(
            checks=tuple(results),
            max_score=sum([check.points for check in self.checks]),
            parts=self.key.parts,
            is_finished=is_finished,
            notes=notes,
            environment=self.environment,
            printed=self.printed,
        )

    def _seen_together(self, results: list[CheckResult]) -> list[CheckResult]:
        """Let each check's verdict take the other functions' into account.

        Of a public check, which students see at once, neither points nor message depend on a hidden
        one: what happens on hidden inputs can't be read from what is shown.
        """
        public = [result for result in results if result.visibility == "public"]
        evidences = {place: e for place, e in self.evidences.items() if place[1] == "public"}
        shown = self._with_advice(carry_forward(public, self.key, evidences))
        if len(public) == len(results):
            return shown
        seen = self._with_advice(carry_forward(results, self.key, self.evidences))
        by_id = {result.id: result for result in (*seen, *shown)}
        return [by_id[result.id] for result in results]

    def _with_advice(self, results: list[CheckResult]) -> list[CheckResult]:
        """Say of a failed check which functions to mend first."""
        by_function: dict[str, list[CheckResult]] = {}
        for result in results:
            by_function.setdefault(result.function, []).append(result)
        uses = {name: e.uses for (name, phase), e in self.evidences.items() if phase == "public"}
        advised = []
        for result in results:
            is_lost = result.score < result.max_score
            sentence = mend_first(result, by_function, uses) if is_lost else ""
            message = with_line(result.message, "first", sentence) if sentence else result.message
            advised.append(replace(result, message=message))
        return advised


def _advice(
    results: list[CheckResult], evidences: dict[tuple[str, str], Evidence]
) -> tuple[str, ...]:
    if not results or any([result.status != Status.NOT_STARTED for result in results]):
        return ()
    first = results[0].function
    file, _, function = first.partition(".")
    if all([evidence.file is None for evidence in evidences.values()]):
        return ("Check that the path is the folder that holds the homework's .py files.",)
    return (
        f"Nothing is started yet. Begin with {function} in {file}.py: replace its line"
        " 'raise NotImplementedError(...)' by your own code, save, and run this again.",
    )
