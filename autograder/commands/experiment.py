"""A homework's own verbs: a student's functions at work on something, worth no points.

A homework has them in ``rubric/experiments/``, code of its own as for pictures
(`autograder.homework.own_code`), which is handed out. ``verbs.py`` lists them in `VERBS`, each an
`OwnVerb`; what runs one gets an `Experiment` and the call's options. The student's functions are
never run here: a module of the same folder is put beside the student's files and runs in a worker,
where it imports them as they import each other. It is called function by function (`Program.call`)
and keeps between the calls what it likes.
"""

import contextlib
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.core.codec import PLAIN, encode
from autograder.core.records import Ending, Line, Raised, Returned
from autograder.core.text import clean
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework
from autograder.homework.key import Key
from autograder.homework.own_code import load_own
from autograder.intake.take_in import Submission, take_in
from autograder.supervisor.asker import Asker
from autograder.supervisor.spawn import Spawner, spawning

__all__ = ["Experiment", "OwnVerb", "Program", "StoppedError", "find_own_verb", "run_experiment"]

#: For all calls of one program together: people watch an experiment and can stop it.
RUN_SECONDS = 3600.0

#: For one call, unless it says another number.
CALL_SECONDS = 60.0

#: Of an exception's message.
MESSAGE_CHARACTERS = 200


#: Of a call whose functions did not come to the end.
STOPPED = 1


class StoppedError(Exception):
    """The student's functions did not come to the end; the text says which, where and why."""


@dataclass(frozen=True)
class OwnVerb:
    """A verb of a homework.

    Attributes
    ----------
    name, about : str
        What it is called, and a sentence that says what it does.
    run : callable
        Called with an `Experiment` and each argument by its name. A `StoppedError` or a
        `autograder.errors.UsageError` ends it with its sentence.
    arguments : sequence of (tuple of str, dict)
        Names and what `argparse` is told of each, beside the submission, which comes last.
    """

    name: str
    about: str
    run: Callable[..., None]
    arguments: Sequence[tuple[tuple[str, ...], dict[str, Any]]] = ()


def find_own_verb(homework: Homework, name: str) -> OwnVerb:
    """Return a verb of a homework that `autograder.homework.folder.list_own_verbs` lists."""
    module = load_own(homework.experiments, "verbs")
    verb: OwnVerb = next(one for one in module.VERBS if one.name == name)
    return verb


class Program:
    """A module of a homework in a worker, beside the student's files."""

    def __init__(self, asker: Asker, module: str) -> None:
        self._asker = asker
        self._module = module

    def load(self) -> None:
        """Import the module, unless that is done: its worker starts now."""
        state = self._asker.load(self._module)
        if state.problem is not None:
            raise StoppedError(_say(state.problem, self._module))

    def call(
        self, function: str, *arguments: Any, returns: Any = "array", seconds: float = CALL_SECONDS
    ) -> Any:
        """Call a function of the module, and return what it returned.

        Numbers, texts, arrays, and tuples and dicts of them can be arguments. What comes back has
        the structure `returns` (`autograder.core.results`) and is untrusted: take it apart with
        `autograder.pictures.numbers`.

        Raises
        ------
        StoppedError
            If it raised, took longer than `seconds`, or ended its process.
        """
        self.load()
        name = f"{self._module}.{function}"
        request = encode({"call": name, "returns": returns, "calls": ((PLAIN, arguments),)})
        run = self._asker.collect(name, request, 1, seconds=seconds)
        if run.ending is not None:
            raise StoppedError(_say(run.ending, self._module))
        outcome = run.outcomes[0]
        if isinstance(outcome, Raised):
            raise StoppedError(_say(outcome, self._module))
        assert isinstance(outcome, Returned)
        return outcome.value


class Experiment:
    """What a homework's verb works with.

    Attributes
    ----------
    homework : Homework
        Whose verb it is.
    notes : tuple of str
        What is remarkable about the submission, a sentence each.
    """

    def __init__(
        self, homework: Homework, key: Key, submission: Submission, spawner: Spawner
    ) -> None:
        self.homework = homework
        self.notes = submission.notes
        self._key = key
        self._submission = submission
        self._spawner = spawner

    @contextlib.contextmanager
    def start(self, module: str, functions: Sequence[str]) -> Iterator[Program]:
        """Start a module of the homework's experiments in a worker of its own.

        Only these of its functions can be called.
        """
        source = self.homework.experiments / f"{module}.py"
        shutil.copyfile(source, self._submission.folder / source.name)
        asker = Asker(
            self._submission,
            {**self._key.files, module: tuple(functions)},
            self._spawner,
            limits=replace(self._key.limits, run_seconds=RUN_SECONDS),
            allowed_missing=None,
            closed=self._key.closed,
        )
        with contextlib.closing(asker):
            yield Program(asker, module)

    @contextlib.contextmanager
    def show_progress(self, total: int, doing: str) -> Iterator[Callable[[], None]]:
        """Show on a terminal how much of `total` is done; yield what to call at each step."""
        from autograder.outputs.text import progress_listener

        done = 0
        listen, stop = progress_listener(total, sys.stderr, doing=doing)

        def step() -> None:
            nonlocal done
            done += 1
            listen(done)

        try:
            yield step
        finally:
            stop()


def _say(problem: Raised | Ending, module: str) -> str:
    """Say what ended a call; lines of the homework's own module are not the student's."""
    if isinstance(problem, Ending):
        return f"your functions did not come to the end: {problem.sentence}"
    if problem.not_started:
        return f"{clean(problem.not_started, limit=MESSAGE_CHARACTERS)} is not started yet"
    if problem.not_imported:
        return f"{problem.not_imported}.py can't be imported: 'python grade.py' says why"
    said = clean(" ".join(problem.said.split()), limit=MESSAGE_CHARACTERS)
    own = [line for line in problem.lines if line.file.removesuffix(".py") != module]
    return f"{_say_place(own[-1])} raised {said}" if own else said


def _say_place(line: Line) -> str:
    return f"{line.file}, line {line.number}"


def run_experiment(homework: Homework, path: Path, own_verb: str, **options: Any) -> int:
    """Run a homework's verb on the submission at `path`, and return the exit status.

    It is 0, or 1 where the student's functions did not come to the end.
    """
    verb = find_own_verb(homework, own_verb)
    with spawning() as spawner:
        key = current_key(homework, homework.best_half)
        submission = take_in(path, spawner.workspace / "submission", wanted=key.files)
        try:
            verb.run(Experiment(homework, key, submission, spawner), **options)
        except StoppedError as stopped:
            sys.stderr.write(f"{stopped}\n")
            return STOPPED
    return 0
