"""Grade one submission: put the key's questions to workers, and judge what comes back.

All public questions come first, in one worker; the hidden ones follow in another, so that what a
submission sees of the hidden inputs can never reach an output that is shown.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace

from autograder.core.limits import Limits
from autograder.core.message import Label, Message, Row
from autograder.core.records import CheckResult, Phase, Report, Status
from autograder.core.text import clean, cut_at_word
from autograder.grading.examination import Examination, Known
from autograder.homework.key import CheckKey, Key
from autograder.homework.meant import Meant
from autograder.intake.left_stubs import LeftStub
from autograder.intake.take_in import Submission
from autograder.judge.carried import carry_forward, fix_first, plan_replays
from autograder.judge.same_mistake import charge_once, say_causes
from autograder.judge.verdicts import Evidences, judge_check
from autograder.supervisor.spawn import Spawner

__all__ = ["cut_to", "examine_and_judge", "grade", "with_used"]

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
    only: Meant | None = None,
    allowed_missing: Collection[str] | None = None,
    listener: Listener = lambda _: None,
    watcher: Watcher = lambda _: None,
    between: Listener = lambda _: None,
) -> Report:
    """Grade a submission by the full or the public key; the same report whenever that is done.

    Parameters
    ----------
    submission, key, spawner, limits, public_only
        What is graded, by what, with whose workers, and whether without the hidden checks.
    only : Meant or None
        The functions that alone are graded: each gets the points that it has in the whole homework.
        None for all.
    allowed_missing : collection of str or None
        The layers of protection that may be missing of those without which strangers' code is not
        run (`autograder.isolation.layers`); None, for a person's own code, allows them all.
    listener : callable
        Called with the report so far after each file.
    watcher : callable
        Called once, at the start, with what returns the report of all that is decided when it is
        called: whoever has to stop in the middle of a file loses nothing that was answered.
    between : callable
        Called with the report so far when all public questions are answered and no hidden input has
        left this process. Its time does not count.

    Raises
    ------
    GraderError
        If no worker can be started, or a needed layer is missing.
    """
    phases = ("public",) if public_only or key.half == "public" else ("public", "hidden")

    def begin(known: Known) -> Examination:
        return Examination(
            submission,
            key,
            spawner,
            limits or key.limits,
            phases,
            allowed_missing=allowed_missing,
            known=known,
        )

    if only is None:
        examination = begin(Known())
        return examine_and_judge(examination, listener=listener, watcher=watcher, between=between)
    return _grade_part(begin, only, key, listener=listener, watcher=watcher)


def _grade_part(
    begin: Callable[[Known], Examination],
    only: Meant,
    key: Key,
    *,
    listener: Listener,
    watcher: Watcher,
) -> Report:
    """Grade some functions: call these, and what has a share in the verdicts on them."""
    phases = begin(Known()).phases
    checks = [c for c in key.checks if c.function in only.functions and c.visibility in phases]
    worth, bonus = key.worth_of(checks), key.worth_of(checks, bonus=True)
    members = [m["function"] for c in checks if c.kind == "kink" for m in c.data["members"]]
    wanted = frozenset(only.functions).union(members)
    known = Known(only=wanted)

    def cut(report: Report) -> Report:
        part = cut_to(report, only.functions)
        return replace(part, max_score=worth, max_bonus=bonus, only=only.name)

    while True:
        examination = begin(known)
        report = examine_and_judge(
            examination,
            listener=lambda report: listener(cut(report)),
            watcher=lambda snapshot: watcher(lambda: cut(snapshot())),
        )
        wider = with_used(wanted, report, examination.evidences)
        if wider == wanted:
            return cut(report)
        wanted = wider
        known = Known(examination.evidences, wanted, examination.environment, examination.layers)


def with_used(functions: frozenset[str], report: Report, evidences: Evidences) -> frozenset[str]:
    """Return some functions, and those of the homework that the failing ones of them use.

    Whether a failure is another function's shows only when that one is known as well.
    """
    failing = {check.function for check in report.checks if check.score < check.max_score}
    return functions.union(*[evidences[name, "public"].uses for name in failing & functions])


def cut_to(report: Report, functions: Collection[str]) -> Report:
    """Return what a report says of some functions; how to begin the whole homework is not in it."""
    checks = tuple([check for check in report.checks if check.function in functions])
    printed = {name: text for name, text in report.printed.items() if name in functions}
    return replace(
        report,
        checks=checks,
        max_score=sum([check.max_score for check in checks if not check.is_bonus]),
        max_bonus=sum([check.max_score for check in checks if check.is_bonus]),
        printed=printed,
        hidden_points={n: worth for n, worth in report.hidden_points.items() if n in functions},
        notes=tuple([note for note in report.notes if note != report.first_step]),
        first_step="",
    )


def examine_and_judge(
    examination: Examination,
    *,
    listener: Listener = lambda _: None,
    watcher: Watcher = lambda _: None,
    between: Listener = lambda _: None,
) -> Report:
    """Carry an examination out, and judge every check whose functions it knows at its end.

    It has not begun yet, and its workers are ended; the rest is as of `grade`.
    """
    verdicts = _Verdicts(examination)
    watcher(verdicts.snapshot)
    with closing(examination):
        examination.start_workers()
        for phase in examination.phases:
            for file in examination.ask_files(phase):
                verdicts.judge_file(file, phase)
                listener(verdicts.report(is_finished=False))
            verdicts.judge_rest(phase)
            verdicts.see_together(phase)
            if phase == "public":
                with examination.time_out():
                    between(verdicts.report(is_finished=False))
        return verdicts.report(is_finished=True)


@dataclass
class _Verdicts:
    """What is decided of an examination."""

    examination: Examination
    results: dict[str, CheckResult] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.key = self.examination.key
        phases = self.examination.phases
        self.checks = [check for check in self.key.checks if check.visibility in phases]

    @property
    def evidences(self) -> Evidences:
        return self.examination.evidences

    def judge_file(self, file: str, phase: str) -> None:
        """Decide the checks of one file, but for those that look at other files."""
        for check in self.checks:
            is_now = check.part == file and check.visibility == phase and check.kind != "kink"
            if is_now:
                self._judge(check)

    def judge_rest(self, phase: str) -> None:
        """Decide what of a phase could not be decided file by file."""
        for check in self.checks:
            if check.visibility == phase:
                self._judge(check)

    def _judge(self, check: CheckKey) -> None:
        if check.id not in self.results and self._is_answered(check):
            self.results[check.id] = judge_check(check, self.key, self.evidences)

    def _is_answered(self, check: CheckKey) -> bool:
        members = check.data["members"] if check.kind == "kink" else ()
        others = [(member["function"], "public") for member in members]
        return {(check.function, check.visibility), *others} <= self.evidences.keys()

    def snapshot(self) -> Report:
        """Return all that can be decided now: what was answered may still wait for its judge."""
        for check in self.checks:
            if check.kind != "kink":
                self._judge(check)
        return self.report(is_finished=False)

    def report(self, *, is_finished: bool) -> Report:
        """Return what is known now."""
        results = [self.results[check.id] for check in self.checks if check.id in self.results]
        notes, first_step = self.examination.submission.notes, ""
        if is_finished:
            public = [result for result in results if result.visibility == "public"]
            left = self._find_left(public)
            results = [_say_left(result, left) for result in results]
            waiting = tuple(self._list_waiting(public))
            first_step = "" if left or waiting else _first_step(public, self.evidences)
            notes += (*map(str, left.values()), *waiting, *([first_step] if first_step else ()))
        else:
            notes += (
                f"Grading did not finish: {len(results)} of {len(self.checks)} checks are decided.",
            )
        places, phases = self.examination.submission.places, self.examination.phases
        if places is not None:
            results = [replace(r, message=places.locate(r.message)) for r in results]
        return Report(
            checks=tuple(results),
            max_score=self.key.worth_of(self.checks),
            max_bonus=self.key.worth_of(self.checks, bonus=True),
            parts=self.key.parts,
            bonus_parts=self.key.bonus,
            is_finished=is_finished,
            notes=notes,
            environment=self.examination.environment,
            layers=self.examination.layers,
            printed=self._printed(),
            first_step=first_step,
            hidden_points={} if Phase.HIDDEN in phases else self.key.hidden_points,
        )

    def _list_waiting(self, public: list[CheckResult]) -> Iterator[str]:
        """Say of functions that are written which stubs they call: these count as not started."""
        waiting = dict.fromkeys([r.function for r in public if r.status == Status.NOT_STARTED])
        for name in waiting:
            obstacle = self.evidences[name, "public"].obstacle_at(0)
            if obstacle is not None and obstacle.needs:
                yield f"{name} waits for {obstacle.needs}, which is not started yet."

    def _find_left(self, public: list[CheckResult]) -> dict[str, LeftStub]:
        """Return what is left of the stubs of functions that are not started for it."""
        waiting = {r.function for r in public if r.status == Status.NOT_STARTED}
        return {
            one.function: one for one in self.examination.submission.left if one.function in waiting
        }

    def _printed(self) -> dict[str, str]:
        """Return what each function printed in public, in the key's order."""
        limit = self.examination.limits.output_characters
        runs = [(name, self.evidences.get((name, "public"))) for name in self.key.functions]
        return {
            name: clean(cut_at_word(evidence.run.printed, limit), limit=limit, lines=PRINTED_LINES)
            for name, evidence in runs
            if evidence is not None and evidence.run.printed
        }

    def see_together(self, phase: str) -> None:
        """Let the verdicts of a phase take the other functions' into account.

        Public ones, which students see at once, are seen before any hidden input is in use: what
        happens on these can't be read from what is shown.
        """
        uses = {name: e.uses for (name, when), e in self.evidences.items() if when == "public"}
        seen = [self.results[check.id] for check in self.checks if check.id in self.results]
        plans = plan_replays(seen, uses, phase)
        replays = self.examination.replay(plans, phase) if plans else {}
        charged = carry_forward(seen, self.key, self.evidences, replays, phase)
        charged = charge_once(charged, self.key, self.evidences, phase)
        charged = say_causes(charged, self.key, phase)
        advised = fix_first(charged, uses, replays)
        self.results |= {r.id: r for r in advised if r.visibility == phase}


def _say_left(result: CheckResult, left: Mapping[str, LeftStub]) -> CheckResult:
    """Return a check that is not started with what keeps its function's code from running."""
    rows = result.message.rows
    is_own = any([row.label == Label.TO_DO and row.place is not None for row in rows])
    if result.status != Status.NOT_STARTED or not is_own or result.function not in left:
        return result
    found = left[result.function]
    return replace(result, message=Message((Row(Label.TO_DO, "", found.place, f": {found.text}"),)))


def _first_step(results: list[CheckResult], evidences: Evidences) -> str:
    """Say how to begin where nothing is started, else nothing."""
    if not results or any([result.status != Status.NOT_STARTED for result in results]):
        return ""
    first = results[0].function
    file, _, function = first.partition(".")
    if all([evidence.file is None for evidence in evidences.values()]):
        return (
            "What is graded is a folder with the homework's .py files, a zip of it, or a notebook"
            " with its functions: is this one of them?"
        )
    return (
        f"Nothing is started yet. Begin with {function} in {file}.py: replace its line"
        " 'raise NotImplementedError(...)' with your own code, save, and run this again."
    )
