"""What fails, in blocks: one for each function, or file, that is to be fixed, numbered in order.

A block tells the first thing that is wrong; the function's other checks that fail are lines of it,
those on hidden inputs one together. A file that can't be imported is one block with all that waits
for it. First come such files, then what others call, then the parts in their order: so each number
is what to fix next, the same in every output. The words for points and for a part's state are here
as well, so that no output has its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from autograder.core.message import Label, Place, Row
from autograder.core.records import (
    SYNTAX_ERRORS,
    CheckKind,
    CheckResult,
    Phase,
    Report,
    Status,
)

__all__ = [
    "BONUS",
    "CANT_BE_IMPORTED",
    "PASSES",
    "Block",
    "gather_blocks",
    "is_lost",
    "later_text",
    "leaves_aside",
    "line_of",
    "part_text",
    "points_text",
    "reached_points_text",
    "reached_text",
    "bonus_text",
    "score_points_text",
    "score_text",
    "state_of",
    "whole_text",
    "worth_text",
]

#: The state of a part whose file Python can't import, of one that loses nothing, and of one that
#: needs not be written.
CANT_BE_IMPORTED = "can't be imported"
PASSES = "passes"
BONUS = "extra credit"

#: What is said of a check that keeps its points beside another one of its function.
SAME_MISTAKE = "the same mistake, which costs nothing more"

#: What is said of those that can't be looked at before that is fixed.
UNSEEN = "can't be judged before that"

#: So many functions of other files are named.
MAX_NAMED = 6

#: A cause that is one line of several is cut here.
MAX_TEXT = 160

#: Rows that say most in a line, where there is more than one thing to say.
TELLING = (
    Label.MISTAKE,
    Label.LIKELY,
    Label.RAISED,
    Label.TIME_LIMIT,
    Label.CRASHED,
    Label.PROBLEM,
)


# ---- points


def points_text(hundredths: int) -> str:
    """Return a number of hundredths as points: ``4.5``."""
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


def worth_text(hundredths: int) -> str:
    """Return a number of hundredths as points, with the word: ``1 point``."""
    return f"{points_text(hundredths)} point{'' if hundredths == 100 else 's'}"


def reached_text(checks: Sequence[CheckResult]) -> str:
    """Return the points reached in some checks and those to be had: ``2 of 3``."""
    return reached_points_text(checks).rpartition(" ")[0]


def reached_points_text(checks: Sequence[CheckResult]) -> str:
    """Return the same with the word: ``2 of 3 points``."""
    reached, worth = sum([c.score for c in checks]), sum([c.max_score for c in checks])
    return f"{points_text(reached)} of {worth_text(worth)}"


def score_text(report: Report) -> str:
    """Return the whole score: ``80 of 100``, and the extra credit if there is some."""
    return _add_bonus(f"{points_text(report.score)} of {points_text(report.max_score)}", report)


def score_points_text(report: Report) -> str:
    """Return the same with the word: ``80 of 100 points``."""
    return _add_bonus(f"{points_text(report.score)} of {worth_text(report.max_score)}", report)


def _add_bonus(said: str, report: Report) -> str:
    bonus = bonus_text(report)
    return ", ".join(filter(None, [said if report.max_score or not bonus else "", bonus]))


def bonus_text(report: Report) -> str:
    """Return how much of the extra credit is reached; nothing for who leaves it aside."""
    if leaves_aside([check for check in report.checks if check.is_bonus]):
        return ""
    return f"{BONUS} {points_text(report.bonus)} of {points_text(report.max_bonus)}"


def leaves_aside(checks: Iterable[CheckResult]) -> bool:
    """Tell whether all these checks are extra credit that is not even begun.

    Students are told of hidden checks that they failed, not how: the public ones say it.
    """
    return all([c.is_bonus and not c.score and not _is_begun(c) for c in checks])


def _is_begun(check: CheckResult) -> bool:
    return check.visibility == Phase.PUBLIC and check.status != Status.NOT_STARTED


def part_text(report: Report) -> str:
    """Return the score of a part, and how the whole homework is graded."""
    reached = score_points_text(report) if report.max_score else _say_bonus_part(report)
    return f"{report.only}: {reached}; {whole_text(report).lower()}"


def _say_bonus_part(report: Report) -> str:
    return f"{points_text(report.bonus)} of {worth_text(report.max_bonus)} of {BONUS}"


def whole_text(report: Report) -> str:
    """Say how the whole homework is graded where this report is of a part."""
    how = "python grade.py" if report.audience == "students" else "the same without --only"
    return f"The whole homework: {how}"


def later_text(report: Report) -> str:
    """Say how many points a report of the public checks leaves out, empty for none."""
    bonus = [n for n in report.hidden_points if n.partition(".")[0] in report.bonus_parts]
    extra = sum([report.hidden_points[name] for name in bonus]) if bonus_text(report) else 0
    hidden = sum([n for name, n in report.hidden_points.items() if name not in bonus])
    said = [worth_text(hidden).replace(" ", " more ")] if hidden else []
    said += [f"{points_text(extra)} of {BONUS}"] if extra else []
    is_one = hidden == 100 and not extra
    return (
        f"{' and '.join(said)} {'is' if is_one else 'are'} checked after submission" if said else ""
    )


def is_lost(check: CheckResult) -> bool:
    """Tell whether a check costs points."""
    return check.score < check.max_score


# ---- blocks


@dataclass(frozen=True)
class Block:
    """Hold the checks of one thing to fix, or of a function that is carried along.

    Attributes
    ----------
    number : int
        From 1, in the order in which they are best fixed; 0 where all points are kept.
    name : str
        What is to be fixed: ``file.function``, or ``file.py`` where that can't be imported.
    checks : tuple of CheckResult
        The first one is told of.
    after : tuple of int
        The numbers of the blocks to be fixed first, since this one's function calls theirs.
    file : str
        The file, without ``.py``, that can't be imported, empty for a function.
    """

    number: int
    name: str
    checks: tuple[CheckResult, ...]
    after: tuple[int, ...] = ()
    file: str = ""

    @property
    def is_carried(self) -> bool:
        """Whether it costs nothing: a mistake in another function explains it."""
        return not self.number

    @property
    def lost(self) -> int:
        """The points that it costs, in hundredths; extra credit only where that is all."""
        return sum([c.max_score - c.score for c in self.checks if c.is_bonus == self.is_bonus])

    @property
    def is_bonus(self) -> bool:
        """Whether all of it is extra credit."""
        return all([check.is_bonus for check in self.checks])

    @property
    def worth(self) -> str:
        """The points that it costs, in words."""
        return f"{worth_text(self.lost)}{f' of {BONUS}' * self.is_bonus}"

    @property
    def price(self) -> str:
        """What it costs: extra credit is not lost."""
        return f"{self.worth} {'to gain' if self.is_bonus else 'lost'}"

    @property
    def what(self) -> str:
        """What is wrong, after the name: ``returns wrong values``; a file's has the name in it."""
        if self.is_carried:
            return "carried along, every point kept"
        return _say_of_file(self.checks[0]) if self.file else _say_what(self.checks[0])

    @property
    def head(self) -> str:
        """The name and what is wrong."""
        return self.what if self.file else f"{self.name} {self.what}"

    @property
    def has_own_cause(self) -> bool:
        """Whether something is known to be wrong with it beside what it calls."""
        return not self.after or bool(self.checks[0].message.find(Label.LIKELY))

    def own_cause(self, check: CheckResult) -> str:
        """Return what one of its checks says in a line that the first one does not say."""
        if _is_same_mistake(check):
            return SAME_MISTAKE
        if check.message.find(Label.UNSEEN) and not self.file:
            return UNSEEN
        cause = "" if self.file else _tell_shortly(check)
        return cause if cause != _tell_shortly(self.checks[0]) else ""

    def told(self, *, counts: bool = True) -> CheckResult:
        """Return the first check with what is to be said of all of them in its message."""
        if self.is_carried:
            return self.checks[0]
        if self.file:
            return _tell_of_file(self, counts=counts)
        others = "\n".join(_list_others(self))
        if not others:
            return self.checks[0]
        message = self.checks[0].message
        return replace(self.checks[0], message=message.with_row(Row(Label.ALSO, others)))


def gather_blocks(checks: Iterable[CheckResult]) -> list[Block]:
    """Return what there is to fix, numbered, then what is carried along.

    Checks that passed, or are only not started, are in none. One that keeps its points beside
    another of its function is told with that one.
    """
    told = [check for check in checks if check.status not in (Status.PASSED, Status.NOT_STARTED)]
    files: dict[str, list[CheckResult]] = {}
    functions: dict[str, list[CheckResult]] = {}
    carried: dict[str, list[CheckResult]] = {}
    for check in told:
        if not is_lost(check) and not _is_same_mistake(check):
            carried.setdefault(check.function, []).append(check)
        elif check.waits_for:
            files.setdefault(check.waits_for, []).append(check)
        else:
            functions.setdefault(_find_culprit(check), []).append(check)
    return [
        *_number(files, _order_by_calls(functions)),
        *[Block(0, name, tuple(own)) for name, own in carried.items()],
    ]


def _number(
    files: dict[str, list[CheckResult]], functions: dict[str, list[CheckResult]]
) -> Iterator[Block]:
    """Yield the blocks: of a file its own functions first, of a function its own public values."""
    numbers = {name: number for number, name in enumerate(functions, len(files) + 1)}
    for number, (file, own) in enumerate(files.items(), 1):
        own.sort(key=lambda check: check.part != file)
        yield Block(number, f"{file}.py", tuple(own), file=file)
    for name, own in functions.items():
        own.sort(key=lambda c: (not is_lost(c), c.visibility != Phase.PUBLIC, c.function != name))
        calls = {called for check in own for called in check.after}
        after = sorted(
            [numbers[called] for called in calls if called in numbers and called != name]
        )
        yield Block(numbers[name], name, tuple(own), tuple(after))


def _is_same_mistake(check: CheckResult) -> bool:
    """Tell whether a check fails by a mistake that another check of its function is charged for."""
    return check.function in check.after


def _find_culprit(check: CheckResult) -> str:
    """Return the function to fix: one convention is asked about in one of several functions."""
    places = [row.place for row in check.message.find(Label.LOOK_AT) if row.place is not None]
    if check.kind != CheckKind.KINK or not places or not places[-1].function:
        return check.function
    return f"{places[-1].file.removesuffix('.py')}.{places[-1].function}"


def _order_by_calls(functions: dict[str, list[CheckResult]]) -> dict[str, list[CheckResult]]:
    """Put each function after those that it calls, and leave the order alone otherwise."""
    calls = {name: {c for check in own for c in check.after} for name, own in functions.items()}
    ordered: dict[str, list[CheckResult]] = {}
    waiting = list(functions)
    while waiting:
        free = [name for name in waiting if not (calls[name] - {name}).intersection(waiting)]
        first = (free or waiting)[0]  # of functions that call each other, the first one
        ordered[first] = functions[first]
        waiting.remove(first)
    return ordered


# ---- what is said of a function

_WRONG = {
    CheckKind.VALUES: "returns wrong values",
    CheckKind.SHAPE: "returns the wrong shape",
    CheckKind.DTYPE: "returns the wrong data type",
    CheckKind.ARGUMENTS: "modifies its arguments",
}


def _say_what(check: CheckResult) -> str:
    where = " with the hidden inputs" if check.visibility != Phase.PUBLIC else ""
    raised = check.message.find(Label.RAISED)
    if raised and raised[0].exception:
        said = f"raises {raised[0].exception}"
    elif check.status == Status.TIMEOUT:
        said = "takes too long"
    elif check.status == Status.CRASHED:
        said = "ends Python"
    elif check.kind == CheckKind.VALUES and _names_what_came_back(check):
        said = "returns a wrong result"
    elif check.is_first and check.kind in _WRONG:
        said = _WRONG[CheckKind(check.kind)]
    else:
        return f"fails{where}: {check.title}"
    return f"{said}{where}"


def _names_what_came_back(check: CheckResult) -> bool:
    """Tell whether there is nothing to compare: what came back is all that is wrong."""
    message = check.message
    return bool(message.find(Label.GOT)) and not message.find(Label.EXPECTED)


def _list_others(block: Block) -> Iterator[str]:
    """Yield lines about the checks that fail beside the first one, hidden ones in the last."""
    others, hidden = block.checks[1:], []
    titles: dict[str, list[str]] = {}
    for check in others:
        if check.visibility == Phase.PUBLIC or not is_lost(check):
            titles.setdefault(block.own_cause(check), []).append(_shorten_title(check))
        else:
            hidden.append(check)
    for cause in sorted(titles, key=bool):  # those with the first one's cause first
        yield _add_cause(_join_titles(titles[cause]), cause)
    if hidden:
        causes = dict.fromkeys(filter(None, map(block.own_cause, hidden)))
        yield _add_cause(
            f"with the hidden inputs: {reached_points_text(hidden)}", "; ".join(causes)
        )


def _join_titles(titles: Sequence[str]) -> str:
    """Return titles as a list, which shows where one ends that has a comma in it."""
    return ("; " if any(["," in title for title in titles]) else ", ").join(titles)


def _shorten_title(check: CheckResult) -> str:
    """Return a check's title after 'also fails'."""
    return "unchanged arguments" if check.kind == CheckKind.ARGUMENTS else check.title


def _add_cause(said: str, cause: str) -> str:
    return f"{said}: {cause}" if cause else said


def _tell_shortly(check: CheckResult) -> str:
    """Return in a line what a message says most of all, empty for nothing beside the values."""
    message = check.message
    telling = [row for label in TELLING for row in message.find(label)]
    if telling:
        word = "raises " if telling[0].label == Label.RAISED else ""
        line = word + (telling[0].said if not word else telling[0].after).strip()
        return _cut(line.partition("\n")[0])
    if check.kind not in (CheckKind.SHAPE, CheckKind.DTYPE) and not _names_what_came_back(check):
        return ""  # numbers of another input, which say little in a line
    sides = [
        (label, row.said) for label in (Label.GOT, Label.EXPECTED) for row in message.find(label)
    ]
    return _cut(", ".join([f"{label} {said}" for label, said in sides]))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 4]} ..."


# ---- a part


def state_of(checks: Sequence[CheckResult]) -> str:
    """Say in a few words how a part stands, by its functions."""
    if leaves_aside(checks):
        return BONUS
    state = _say_state(checks)
    return f"{state}, {BONUS}" if all([check.is_bonus for check in checks]) else state


def _say_state(checks: Sequence[CheckResult]) -> str:
    functions = {check.function: Status.PASSED for check in checks}
    for check in checks:
        if check.status != Status.PASSED and is_lost(check):
            functions[check.function] = check.status
    files = dict.fromkeys([c.waits_for for c in checks if c.waits_for and is_lost(c)])
    if any([check.part in files for check in checks]):
        return CANT_BE_IMPORTED
    if set(functions.values()) == {Status.PASSED}:
        return PASSES
    if set(functions.values()) == {Status.NOT_STARTED}:
        return "not started"
    states = list(functions.values())
    kept_back = {c.function for c in checks if c.waits_for and is_lost(c)}
    wrong = -len(kept_back) + sum(
        [state not in (Status.PASSED, Status.NOT_STARTED) for state in states]
    )
    waiting = states.count(Status.NOT_STARTED)
    words = [f"{wrong} to fix"] if wrong else []
    if files:
        words.append(f"{len(kept_back)} waiting for {', '.join([f'{file}.py' for file in files])}")
    return ", ".join(words + ([f"{waiting} not started"] if waiting else []))


# ---- a file that can't be imported


def line_of(check: CheckResult) -> str:
    """Say in one line what one check waits for."""
    if check.waits_for == check.part:
        return _say_of_file(check)
    return f"waits for {check.waits_for}.py, which can't be imported"


def _say_of_file(check: CheckResult) -> str:
    """Say which file can't be imported, in which line, and why."""
    file = f"{check.waits_for}.py"
    raised = check.message.find(Label.RAISED)
    if not raised:
        return f"{file} can't be imported"
    verb = "read" if raised[0].exception in SYNTAX_ERRORS else "imported"
    places = [row.place for row in check.message.find(Label.AT) if row.place is not None]
    where = f", {_name_place(places[-1], file)}" if places else ""
    return f"{file} can't be {verb}{where}: {raised[0].after.partition(chr(10))[0]}"


def _name_place(place: Place, file: str) -> str:
    is_here = place.file == file and not place.is_in_notebook
    return f"line {place.line}" if is_here else str(place)


def _tell_of_file(block: Block, *, counts: bool) -> CheckResult:
    """Return the first check of a file without what the head says, and with what waits."""
    message = block.checks[0].message
    said = {Label.LOOK_AT, Label.RAISED}
    if any(["\n" in row.said for row in message.find(Label.RAISED)]):
        said.remove(Label.RAISED)  # the head holds one line of it
    message = replace(message.without(said), snippet=None)
    if counts:
        message = message.with_row(Row(Label.WAITING, _count_waiting(block)))
    return replace(block.checks[0], message=message)


def _count_waiting(block: Block) -> str:
    """Count what waits: the functions of the file itself, and those of others, by name."""
    own = [check for check in block.checks if check.part == block.file]
    others = [check for check in block.checks if check.part != block.file]
    names = list(dict.fromkeys([check.function.partition(".")[2] for check in others]))
    listed = ", ".join(names[:MAX_NAMED]) + (", ..." if len(names) > MAX_NAMED else "")
    counts = [f"{_count_functions(own)} of {block.file}.py"] if own else []
    if others:
        counts.append(f"{_count_functions(others)} of files that use it: {listed}")
    return "; ".join(counts)


def _count_functions(checks: Sequence[CheckResult]) -> str:
    count = len({check.function for check in checks})
    worth = worth_text(sum([check.max_score - check.score for check in checks]))
    return f"{count} function{'s' * (count != 1)} ({worth})"
