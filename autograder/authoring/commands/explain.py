"""The verb ``explain``: show staff what a check asks, with every input and known mistake.

Calls, right results and wrong ones come from the key, so that what is shown is what students are
graded by; the rubric says only where each thing is written.
"""

import difflib
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from autograder.authoring.handout.placeholders import add_points
from autograder.authoring.language.questions import Exam, Question
from autograder.core.compare import is_leaf, result_name
from autograder.core.text import show_value
from autograder.core.vectors import RightAnswers, selected
from autograder.errors import UsageError
from autograder.homework.current_key import current_key
from autograder.homework.folder import Homework
from autograder.homework.key import CheckKey, FunctionKey, Key, MistakeKey

__all__ = ["explain_all", "explain_check", "explain_function", "run_explain"]


def run_explain(homework: Homework, name: str | None) -> int:
    """Print what there is to know of a check or a function, or the list of all functions.

    `name` is a check's id, ``file.function``, or None for the list.

    Raises
    ------
    UsageError
        If there is nothing of that name, or no rubric to explain it from.
    """
    if not homework.has_sources:
        raise UsageError(
            f"explain needs the solution and the rubric, which {homework.root} does not have:"
            " it is for staff"
        )
    key = current_key(homework, "full")
    checks = {check.id: check for check in key.checks}
    if name is not None and name not in checks and name not in key.functions:
        raise UsageError(_unknown(name, key))
    from autograder.authoring.compiler.reference import load_exam

    if name is None:
        sys.stdout.write(explain_all(key))
    elif name in checks:
        sys.stdout.write(explain_check(checks[name], key, load_exam(homework.solution)))
    else:
        sys.stdout.write(explain_function(name, key, load_exam(homework.solution)))
    return 0


def _unknown(name: str, key: Key) -> str:
    """Say that there is nothing of that name, and what is nearest."""
    known = [*key.functions, *[check.id for check in key.checks]]
    near = [one for one in known if f".{one}.".find(f".{name}.") >= 0]
    near = near or difflib.get_close_matches(name, known, n=3)
    hint = f"did you mean {' or '.join(near[:3])}?" if near else "'explain' alone lists them all"
    return f"there is no check or function {name}: {hint}"


# ---- the exam, a function, a check


WIDTH = 98

#: Staff see whole arrays: far more numbers than any call of a homework has.
NO_LIMIT = 10**6


def explain_all(key: Key) -> str:
    """Return the whole exam as one table: what each function, and each of its checks, is worth."""
    lines = [f"{'points':>8} {'hidden':>7}"]
    for part, title in key.parts.items():
        extra = ", extra credit" * (part in key.bonus)
        lines += ["", f"{_show_worth(key, part)}  {part}.py: {title}{extra}"]
        for function in key.functions.values():
            if function.file == part:
                checks = _list_checks(function, key)
                count = f"{len(function.mistakes)} mistakes"
                lines.append(
                    f"{_show_worth(key, function.name)}    {_show_call(function):<62} {count:>12}"
                )
                each = [f"{c.id.rpartition('.')[2]} {_show_points(c.points)}" for c in checks]
                lines += _wrap(", ".join(each), " " * 22)
    lines.append("")
    for is_bonus, what in ((False, "in all"), (True, "extra credit")):
        own = tuple([check for check in key.checks if (check.part in key.bonus) == is_bonus])
        lines += [f"{_show_worth(replace(key, checks=own))}  {what}"] if own else []
    return _join_lines(lines)


def _show_worth(key: Key, prefix: str = "") -> str:
    """Return the points of a part or function in two columns: all, and those of hidden checks."""
    return f"{add_points(key, prefix):>8g} {add_points(key, prefix, visibility='hidden'):>7g}"


def explain_function(name: str, key: Key, exam: Exam) -> str:
    """Return a function's checks and mistakes, and where they are in the rubric; `key` is full."""
    function, question = key.functions[name], _find_question(name, exam)
    checks = _list_checks(function, key)
    extra = " of extra credit" * (function.file in key.bonus)
    lines = [f"{name}: {add_points(key, name):g} points{extra}", *_explain_function(function)]
    lines += [f"  rubric     {question.where}", f"  returns    {_show_names(function.names)}"]
    lines += ["", "checks"]
    for check in checks:
        worth = (
            f"{_show_points(check.points):>6}  {check.visibility:<7} {len(check.calls):>3} calls"
        )
        where = _find_line(check, exam)
        elsewhere = f" ({where})" if where != question.where else ""
        lines.append(f"  {worth}  {check.id}: {check.title}{elsewhere}")
    lines += ["", "mistakes"]
    for mistake in question.mistakes:
        lines += [f"  {mistake.name} (shows in {mistake.shows_in}; {mistake.where})"]
        lines += _wrap(mistake.sentence, "    ")
    return _join_lines(lines if question.mistakes else [*lines, "  none"])


def explain_check(check: CheckKey, key: Key, exam: Exam) -> str:
    """Return all that there is to know of a check, public or hidden, of the full key."""
    function = key.functions[check.function]
    lines = [
        f"{check.id}: {check.title}",
        f"  points     {_show_points(check.points)}, {check.visibility}",
        f"  kind       {check.kind}",
        f"  rubric     {_find_line(check, exam)}",
        *_explain_function(function),
    ]
    if check.kind == "kink":
        return _join_lines([*lines, *_explain_convention(check, key)])
    lines += [f"  needs      {name} = {_show(value)}" for name, value in check.data.items()]
    lines += [f"  calls      {len(check.calls)}"]
    for number, call in enumerate(check.calls, start=1):
        lines += ["", f"call {number}", *_explain_call(function, check, call)]
    return _join_lines(
        [*lines, *_explain_mistakes(check, function, _find_question(function.name, exam))]
    )


# ---- the pieces


def _join_lines(lines: Sequence[str]) -> str:
    return "".join([f"{line}\n" for line in lines])


def _show_points(hundredths: int) -> str:
    return f"{hundredths / 100:g}"


def _wrap(sentence: str, indent: str) -> list[str]:
    return textwrap.wrap(sentence, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _list_checks(function: FunctionKey, key: Key) -> list[CheckKey]:
    return [check for check in key.checks if check.function == function.name]


def _find_question(name: str, exam: Exam) -> Question:
    return next(question for question in exam.questions if question.full_name == name)


def _find_line(check: CheckKey, exam: Exam) -> str:
    """Return where the rubric says a check."""
    name = check.id.rpartition(".")[2]
    own = [(one.name, one.where) for one in _find_question(check.function, exam).checks]
    shared = [(one.name, one.where) for one in exam.conventions if one.owner == check.function]
    return dict([*own, *shared])[name]


def _show_call(function: FunctionKey) -> str:
    return f"{function.name}({', '.join(function.parameters)})"


def _explain_function(function: FunctionKey) -> list[str]:
    notes = f"; notes {function.notes}" if function.notes else ""
    return [f"  function   {_show_call(function)}{notes}"]


def _show_names(names: Any) -> str:
    if isinstance(names, str):
        return names
    if isinstance(names, dict):
        return f"a dict: {', '.join(names)}" if names else "a dict"
    inner = [name if isinstance(name, str) else name[result_name(name)] for name in names]
    return ", ".join([_show_names(name) for name in inner])


def _show(value: Any) -> str:
    """Return an argument, a result or a rubric's plain value as Python that can be pasted."""
    if is_leaf(value):
        return show_value(value[0], limit=NO_LIMIT)
    if isinstance(value, tuple):
        items = ", ".join([_show(item) for item in value])
        return f"({items},)" if len(value) == 1 else f"({items})"
    if isinstance(value, dict):
        items = ", ".join([f'"{name}": {_show(item)}' for name, item in value.items()])
        return f"{{{items}}}"
    return show_value(value, limit=NO_LIMIT)


def _find_right(function: FunctionKey, check: CheckKey, phase: str, call: int) -> RightAnswers:
    """Return every right result of a call, as far as the check looks at it."""
    return RightAnswers(function.expected[phase].at(call), check.select)


def _show_inputs(function: FunctionKey, phase: str, call: int) -> list[str]:
    arguments = function.arguments(phase, call)
    pairs = zip(function.parameters, arguments, strict=False)
    return [f"    {name} = {_show(value)}" for name, value in pairs]


def _explain_call(function: FunctionKey, check: CheckKey, call: int) -> list[str]:
    right = _find_right(function, check, check.visibility, call)
    one_of = f"  # one of {right.count} right results" if right.count > 1 else ""
    shown = f"    right = {_show(right.example)}{one_of}"
    return [*_show_inputs(function, check.visibility, call), shown]


# ---- mistakes


def _explain_mistakes(check: CheckKey, function: FunctionKey, question: Question) -> Iterator[str]:
    """Yield what is known of each mistake that costs the points of the check."""
    written = {mistake.name: mistake for mistake in question.mistakes}
    for mistake in function.mistakes:
        count = sum([_shows(mistake, function, check, call) for call in check.calls])
        is_told = written[mistake.name].shows_in == check.id.rpartition(".")[2]
        if not count and (check.kind in ("values", "shape") or not is_told):
            continue
        yield ""
        yield f"mistake {mistake.name} ({written[mistake.name].where})"
        yield from _wrap(mistake.sentence, "  ")
        if count:
            yield f"  shows in {count} of {len(check.calls)} calls; the smallest input for it"
            yield from _show_smallest(mistake, function, check)
        else:
            yield f"  the judge tells it by {check.kind}"


def _show_smallest(mistake: MistakeKey, function: FunctionKey, check: CheckKey) -> Iterator[str]:
    call, phase = mistake.smallest, "public"
    if call < 0:  # none was shrunk: pinned calls are as the rubric has them
        call = next(c for c in check.calls if _shows(mistake, function, check, c))
        phase = check.visibility
    yield from _show_inputs(function, phase, call)
    wrong = mistake.results[phase].at(call)
    yield f"    right = {_show(_find_right(function, check, phase, call).example)}"
    if isinstance(wrong, dict):
        yield f"    # the mistake raises {wrong['raises']}"
    else:
        yield f"    wrong = {_show(selected(wrong[0], check.select))}"


def _shows(mistake: MistakeKey, function: FunctionKey, check: CheckKey, call: int) -> bool:
    """Tell whether a mistake costs the points of the check at one of its calls."""
    wrong = mistake.results[check.visibility].at(call)
    if not wrong or isinstance(wrong, dict) or check.kind not in ("values", "shape"):
        return isinstance(wrong, dict)
    right = _find_right(function, check, check.visibility, call)
    results = [selected(result, check.select) for result in wrong]
    if check.kind == "shape":
        return not any([_find_shapes(result) == _find_shapes(right.example) for result in results])
    return not any([right.match(result) is not None for result in results])


def _find_shapes(tree: Any) -> Any:
    if is_leaf(tree):
        return tree[0].shape
    if isinstance(tree, dict):
        return {name: _find_shapes(item) for name, item in tree.items()}
    return tuple([_find_shapes(item) for item in tree]) if isinstance(tree, tuple) else tree


# ---- kinks


def _explain_convention(check: CheckKey, key: Key) -> Iterator[str]:
    """Yield each function's calls under both conventions."""
    for member in check.data["members"]:
        function = key.functions[member["function"]]
        for number, (call, wrong) in enumerate(zip(member["calls"], member["wrong"], strict=True)):
            yield ""
            yield f"call {number + 1} of {_show_call(function)}"
            yield from _explain_call(function, check, call)
            yield f"    wrong = {_show(wrong)}"
    yield ""
    yield f"mistake {check.data['misconception']}"
    yield from _wrap(check.data["sentence"], "  ")
