"""Put the key's questions about a submission to workers, and collect what comes back.

Each phase has a worker of its own. What is known already, from a submission whose files were the
same, is not asked again. Nothing is judged here.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from autograder.core.limits import Limits, shorten
from autograder.core.records import Ending, FileState, FunctionRun, Status
from autograder.homework.key import FunctionKey, Key
from autograder.intake.take_in import Submission
from autograder.judge.carried import Answers, Replay
from autograder.judge.evidence import Evidence
from autograder.supervisor.asker import Asker
from autograder.supervisor.spawn import Spawner

__all__ = ["Examination", "Known"]


@dataclass(frozen=True)
class Known:
    """What need not be asked.

    Evidences, by ``file.function`` and phase, are of files that are the same as when they were
    collected. Only some functions may be asked about. The environment and the layers are what
    earlier workers said of themselves.
    """

    evidences: Mapping[tuple[str, str], Evidence] = field(default_factory=dict)
    only: Collection[str] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    layers: Mapping[str, str] = field(default_factory=dict)

    def leaves(self, function: FunctionKey, phase: str) -> bool:
        """Tell whether a function is left to be asked about."""
        is_wanted = self.only is None or function.name in self.only
        return is_wanted and (function.name, phase) not in self.evidences

    def blocked(self) -> dict[str, Ending]:
        """Return the files whose import cost a worker, and how it ended."""
        files = [(e.key.file, e.file.problem) for e in self.evidences.values() if e.file]
        return {file: problem for file, problem in files if isinstance(problem, Ending)}


@dataclass
class Examination:
    """One submission before the workers; `evidences` is what is known and collected by now."""

    submission: Submission
    key: Key
    spawner: Spawner
    limits: Limits
    phases: tuple[str, ...]
    allowed_missing: Collection[str] | None = None
    known: Known = field(default_factory=Known)

    def __post_init__(self) -> None:
        self.evidences = dict(self.known.evidences)
        self._asker = Asker(
            self.submission,
            self.key.files,
            self.spawner,
            limits=self.limits,
            allowed_missing=self.allowed_missing,
            closed=self.key.closed,
            blocked=self.known.blocked(),
        )

    @property
    def environment(self) -> dict[str, str]:
        """What the workers said of themselves."""
        return {**self.known.environment, **self._asker.environment}

    @property
    def layers(self) -> dict[str, str]:
        """Their layers of protection (`autograder.isolation.layers.missing`)."""
        return {**self.known.layers, **self._asker.layers}

    def time_out(self) -> AbstractContextManager[None]:
        """Stop the clock of the run for as long as the block takes."""
        return self._asker.time_out()

    def start_workers(self) -> None:
        """Start a worker for each phase now: the second one loads while the first one works."""
        self._asker.start_workers(len([phase for phase in self.phases if self._files_in(phase)]))

    def ask_files(self, phase: str) -> Iterator[str]:
        """Ask about one file after the other, and yield each when its answers are collected.

        By then the questions about the next file are put: while the worker is busy with them, the
        caller may judge. After the last file the phase's worker is ended.
        """
        answered: list[str] = []
        for file in self._files_in(phase):
            self._put_questions(file, phase)
            yield from answered
            self._collect_answers(file, phase)
            answered = [file]
        yield from answered
        self._asker.end_worker()

    def replay(self, plans: Mapping[str, Collection[str]], phase: str) -> dict[str, Replay]:
        """Ask functions once more, each with others replaced by what the key has recorded.

        `plans` has by ``file.function`` those that are replaced. Nothing is returned of a function
        for which there is no time left, or whose file can't be loaded.
        """
        found = {}
        for name, replaced in plans.items():
            function = self.key.functions[name]
            for other in replaced:  # one that is imported later would not be replaced
                self._load(self.key.functions[other].file)
            state = self._load(function.file)
            if state is not None and state.problem is None:
                found[name] = self._replay(function, phase, replaced, state)
        self._asker.end_worker()
        return found

    def _replay(
        self,
        function: FunctionKey,
        phase: str,
        replaced: Collection[str],
        state: FileState,
    ) -> Replay:
        answers = Answers(function, phase, replaced)
        self._asker.replace(replaced, answers.answer)
        run = self._asker.collect(
            function.name,
            function.requests[phase],
            function.counts[phase],
            seconds=self._limit_seconds(function, phase, state),
        )
        return Replay(Evidence(function, phase, state, run), answers)

    def close(self) -> None:
        """End every worker that is left."""
        self._asker.close()

    def without_turn(self) -> frozenset[tuple[str, str]]:
        """Return of which functions nothing is known but that the run had no time for them."""
        no_time = self._asker.out_of_time
        return frozenset([place for place, e in self.evidences.items() if e.ending == no_time])

    def _files_in(self, phase: str) -> list[str]:
        """Return the files that there is anything to ask about, in the key's order."""
        return [file for file in self.key.parts if self._functions(file, phase)]

    def _functions(self, file: str, phase: str) -> list[FunctionKey]:
        """Return the functions of a file that are not known yet when the examination begins."""
        functions = [f for f in self.key.functions.values() if f.file == file]
        return [function for function in functions if self.known.leaves(function, phase)]

    def _put_questions(self, file: str, phase: str) -> None:
        state = self._load(file)
        for function in self._functions(file, phase):
            if self._is_to_be_asked(function, phase, state):
                self._asker.put(function.name, function.requests[phase])

    def _collect_answers(self, file: str, phase: str) -> None:
        for function in self._functions(file, phase):
            state = self._load(file)  # again: the answer before may have cost the worker
            run = self._collect(function, phase, state)
            self.evidences[function.name, phase] = Evidence(function, phase, state, run)

    def _load(self, file: str) -> FileState | None:
        return self._asker.load(file) if file in self.submission.files else None

    def _earlier_ending(self, function: FunctionKey) -> Ending | None:
        """Return how the function's calls ended in the public phase, if they did not all return."""
        earlier = self.evidences.get((function.name, "public"))
        return earlier.run.ending if earlier is not None else None

    def _is_to_be_asked(self, function: FunctionKey, phase: str, state: FileState | None) -> bool:
        described = state.functions.get(function.function, {}) if state is not None else {}
        # Where it cost a worker in the public phase, it would cost another one.
        is_lost = self._earlier_ending(function) is not None
        return bool(described.get("is_callable") and function.counts[phase] and not is_lost)

    def _collect(self, function: FunctionKey, phase: str, state: FileState | None) -> FunctionRun:
        if state is None or not self._is_to_be_asked(function, phase, state):
            return FunctionRun(ending=self._earlier_ending(function))
        run = self._asker.collect(
            function.name,
            function.requests[phase],
            function.counts[phase],
            seconds=self._limit_seconds(function, phase, state),
            right=function.replies.get(phase),
        )
        if run.ending is None or run.ending == self._asker.out_of_time:
            return run
        time_outs = len(self._timed_out_before(function, phase))
        return replace(run, ending=run.ending.after(time_outs, "functions"))

    def _limit_seconds(self, function: FunctionKey, phase: str, state: FileState) -> float:
        """Return the time limit; training with a function that hung gets no more than it.

        It is shorter after each function that timed out.
        """
        uses = state.functions[function.function].get("uses", ())
        runs = [e.run for (name, _), e in self.evidences.items() if name in uses]
        has_hung = any([run.ending and run.ending.status == Status.TIMEOUT for run in runs])
        is_long = function.trains and not has_hung
        limit = self.limits.training_seconds if is_long else self.limits.function_seconds
        return shorten(limit, len(self._timed_out_before(function, phase)))

    def _timed_out_before(self, function: FunctionKey, phase: str) -> set[str]:
        """Return the functions that timed out and come before, in whatever order they are asked.

        All public calls come before the hidden ones.
        """
        names = list(self.key.functions)
        before = set(names[: names.index(function.name)])
        return {
            name
            for (name, when), evidence in self.evidences.items()
            if (name in before or when != phase == "hidden") and self._has_timed_out(evidence.run)
        }

    def _has_timed_out(self, run: FunctionRun) -> bool:
        ending = run.ending
        if ending is None or ending == self._asker.out_of_time:
            return False
        return ending.status == Status.TIMEOUT
