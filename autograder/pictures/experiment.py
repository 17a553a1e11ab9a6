"""A homework's own verbs: a student's functions at work on something, worth no points.

A homework has them in ``rubric/experiments/``, code of its own as for pictures
(`autograder.homework.own_code`), which is handed out. ``verbs.py`` lists them in `VERBS`, each an
`OwnVerb`; what runs one gets an `Experiment` and the call's options. The student's functions are
never run here: a module of the same folder is put beside the student's files and runs in a worker,
where it imports them as they import each other. It is called function by function (`Program.call`)
and keeps between the calls what it likes.
"""

import argparse
import contextlib
import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.core.codec import PLAIN, encode
from autograder.core.records import Ending, Line, Raised, Returned
from autograder.core.text import clean
from autograder.errors import UsageError
from autograder.homework.folder import Homework
from autograder.homework.key import Key
from autograder.homework.own_code import load_own
from autograder.intake.take_in import Submission
from autograder.supervisor.asker import Asker
from autograder.supervisor.spawn import Spawner

__all__ = ["Experiment", "OwnVerb", "Program", "StoppedError", "find_own_verb", "try_out"]

#: For all calls of one program together: people watch an experiment and can stop it.
RUN_SECONDS = 3600.0

#: For one call, unless it says another number.
CALL_SECONDS = 60.0

#: Of an exception's message.
MESSAGE_CHARACTERS = 200


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
        Called with an `Experiment` and each argument by its name; returns what there is to see, as
        HTML of `autograder.outputs.html.svg.tag`, empty for nothing. A `StoppedError` or a
        `autograder.errors.UsageError` ends it with its sentence.
    arguments : sequence of (tuple of str, dict)
        Names and what `argparse` is told of each, beside ``--html`` and the submission, which comes
        last. In a notebook those that are required come first, in this order.
    """

    name: str
    about: str
    run: Callable[..., str]
    arguments: Sequence[tuple[tuple[str, ...], dict[str, Any]]] = ()

    def read_words(self, words: Sequence[str], *, count: int) -> dict[str, Any]:
        """Return the arguments of a call in a notebook, of which the first `count` have no names.

        They are those that are required. It is a `UsageError` if one is wrong.
        """
        needed = [names[0] for names, about in self.arguments if about.get("required")]
        if count > len(needed):
            raise UsageError(
                f"{self.name} takes {len(needed)} value{'s' * (len(needed) != 1)} without a name"
            )
        named = [word for pair in zip(needed, words[:count], strict=False) for word in pair]
        parser = argparse.ArgumentParser(prog=self.name, add_help=False, exit_on_error=False)
        for names, about in self.arguments:
            parser.add_argument(*names, **about)
        try:
            return vars(parser.parse_args([*named, *words[count:]]))
        except (argparse.ArgumentError, SystemExit) as error:
            takes = parser.format_usage().removeprefix("usage: ").strip()
            raise UsageError(f"{error}: it takes {' '.join(takes.split())}") from None


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


#: From how much there is to do, and what is done, to what is told how much is done, and the end.
Progress = Callable[[int, str], tuple[Callable[[int], None], Callable[[], None]]]


def no_progress(total: int, doing: str) -> tuple[Callable[[int], None], Callable[[], None]]:
    """Show nothing."""
    return (lambda done: None), (lambda: None)


class Experiment:
    """What a homework's verb works with.

    Attributes
    ----------
    homework : Homework
        Whose verb it is.
    """

    def __init__(
        self,
        homework: Homework,
        key: Key,
        submission: Submission,
        spawner: Spawner,
        *,
        say: Callable[[str], object],
        progress: Progress = no_progress,
    ) -> None:
        self.homework = homework
        self._key = key
        self._submission = submission
        self._spawner = spawner
        self._say = say
        self._progress = progress

    def say(self, line: str) -> None:
        """Show a line now."""
        self._say(f"{line}\n")

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
        """Show how much of `total` is done; yield what to call at each step."""
        listen, stop = self._progress(total, doing)
        steps = itertools.count(1)
        try:
            yield lambda: listen(next(steps))
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


def try_out(verb: OwnVerb, experiment: Experiment, options: Mapping[str, Any]) -> tuple[str, str]:
    """Run a verb; return what there is to see, and why it ended, empty where it came to the end."""
    try:
        return verb.run(experiment, **options), ""
    except StoppedError as stopped:
        return "", str(stopped)
