"""Explain the compiled key to staff: what a check asks, with every input and known mistake.

Calls, right results and wrong ones come from the key, so that what is shown is what students are
graded by; the rubric says only where each thing is written.
"""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from autograder.authoring.language.words import Part, Question
from autograder.core.compare import is_leaf
from autograder.core.text import show_value
from autograder.core.vectors import RightAnswers, selected
from autograder.homework.key import CheckKey, FunctionKey, Key, MistakeKey

__all__ = ["explain_all", "explain_check", "explain_function"]

WIDTH = 98

#: Staff see whole arrays: far more numbers than any call of a homework has.
NO_LIMIT = 10**6


def explain_all(key: Key) -> str:
    """Return every function with its points, file by file."""
    lines = []
    for part, title in key.parts.items():
        points = sum([check.points for check in key.checks if check.part == part])
        lines.append(f"{part}.py: {title}, {_points(points)} points")
        for function in key.functions.values():
            if function.file == part:
                worth = _points(sum([check.points for check in _checks_of(function, key)]))
                count = f"{len(function.mistakes)} mistakes"
                lines.append(f"  {worth:>6}  {_call(function):<60} {count:>12}")
    return _text(lines)


def explain_function(name: str, key: Key, parts: Sequence[Part]) -> str:
    """Return a function's checks and mistakes, and where they are in the rubric.

    Parameters
    ----------
    name : str
        ``file.function``, one of `key`.
    key : Key
        The full key.
    parts : sequence of Part
        The rubric that it was compiled from.
    """
    function, question = key.functions[name], _question(name, parts)
    checks = _checks_of(function, key)
    points = _points(sum([check.points for check in checks]))
    lines = [f"{name}: {points} points", *_function_lines(function)]
    lines += [f"  rubric     {question.where}", f"  returns    {_names(function.names)}"]
    lines += ["", "checks"]
    for check in checks:
        worth = f"{_points(check.points):>6}  {check.visibility:<7} {len(check.calls):>3} calls"
        where = _where_of(check, parts)
        elsewhere = f" ({where})" if where != question.where else ""
        lines.append(f"  {worth}  {check.id}: {check.title}{elsewhere}")
    lines += ["", "mistakes"]
    for mistake in question.mistakes:
        lines += [f"  {mistake.name} (shows in {mistake.on}; {mistake.where})"]
        lines += _wrapped(mistake.sentence, "    ")
    return _text(lines if question.mistakes else [*lines, "  none"])


def explain_check(check: CheckKey, key: Key, parts: Sequence[Part]) -> str:
    """Return all that there is to know of a check.

    Parameters
    ----------
    check : CheckKey
        One of `key`, public or hidden.
    key : Key
        The full key.
    parts : sequence of Part
        The rubric that it was compiled from.
    """
    function = key.functions[check.function]
    lines = [
        f"{check.id}: {check.title}",
        f"  points     {_points(check.points)}, {check.visibility}",
        f"  kind       {check.kind}",
        f"  rubric     {_where_of(check, parts)}",
        *_function_lines(function),
    ]
    if check.kind == "kink":
        return _text([*lines, *_kink_lines(check, key)])
    lines += [f"  needs      {name} = {_shown(value)}" for name, value in check.data.items()]
    lines += [f"  calls      {len(check.calls)}"]
    for number, call in enumerate(check.calls, start=1):
        lines += ["", f"call {number}", *_call_lines(function, check, call)]
    return _text([*lines, *_mistake_lines(check, function, _question(function.name, parts))])


# ---- the pieces


def _text(lines: Sequence[str]) -> str:
    return "".join([f"{line}\n" for line in lines])


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:g}"


def _wrapped(sentence: str, indent: str) -> list[str]:
    return textwrap.wrap(sentence, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _checks_of(function: FunctionKey, key: Key) -> list[CheckKey]:
    return [check for check in key.checks if check.function == function.name]


def _question(name: str, parts: Sequence[Part]) -> Question:
    questions = [question for part in parts for question in part.questions]
    return next(question for question in questions if question.full_name == name)


def _where_of(check: CheckKey, parts: Sequence[Part]) -> str:
    """Return where the rubric says a check."""
    name = check.id.rpartition(".")[2]
    own = [(one.name, one.where) for one in _question(check.function, parts).checks]
    kinks = [kink for part in parts for kink in part.kinks if check.function in kink.inputs]
    return dict([*own, *[(kink.name, kink.where) for kink in kinks]])[name]


def _call(function: FunctionKey) -> str:
    return f"{function.name}({', '.join(function.parameters)})"


def _function_lines(function: FunctionKey) -> list[str]:
    notes = f"; notes {function.notes}" if function.notes else ""
    return [f"  function   {_call(function)}{notes}"]


def _names(names: Any) -> str:
    if isinstance(names, str):
        return names
    if isinstance(names, dict):
        return f"a dict: {', '.join(names)}" if names else "a dict"
    return ", ".join([_names(name) for name in names])


def _shown(value: Any) -> str:
    """Return an argument, a result or a rubric's plain value as Python that can be pasted."""
    if is_leaf(value):
        return show_value(value[0], limit=NO_LIMIT)
    if isinstance(value, tuple):
        items = ", ".join([_shown(item) for item in value])
        return f"({items},)" if len(value) == 1 else f"({items})"
    if isinstance(value, dict):
        items = ", ".join([f'"{name}": {_shown(item)}' for name, item in value.items()])
        return f"{{{items}}}"
    return show_value(value, limit=NO_LIMIT)


def _right(function: FunctionKey, check: CheckKey, phase: str, call: int) -> RightAnswers:
    """Return every right result of a call, as far as the check looks at it."""
    return RightAnswers(function.expected[phase].at(call), check.select)


def _input_lines(function: FunctionKey, phase: str, call: int) -> list[str]:
    arguments = function.arguments(phase, call)
    pairs = zip(function.parameters, arguments, strict=False)
    return [f"    {name} = {_shown(value)}" for name, value in pairs]


def _call_lines(function: FunctionKey, check: CheckKey, call: int) -> list[str]:
    right = _right(function, check, check.visibility, call)
    one_of = f"  # one of {right.count} right results" if right.count > 1 else ""
    shown = f"    right = {_shown(right.example)}{one_of}"
    return [*_input_lines(function, check.visibility, call), shown]


# ---- mistakes


def _mistake_lines(check: CheckKey, function: FunctionKey, question: Question) -> Iterator[str]:
    """Yield what is known of each mistake that costs the points of the check."""
    written = {mistake.name: mistake for mistake in question.mistakes}
    for mistake in function.mistakes:
        count = sum([_shows(mistake, function, check, call) for call in check.calls])
        is_told = written[mistake.name].on == check.id.rpartition(".")[2]
        if not count and (check.kind in ("values", "shape") or not is_told):
            continue
        yield ""
        yield f"mistake {mistake.name} ({written[mistake.name].where})"
        yield from _wrapped(mistake.sentence, "  ")
        if count:
            yield f"  shows in {count} of {len(check.calls)} calls; the smallest input for it"
            yield from _smallest_lines(mistake, function, check)
        else:
            yield f"  the judge tells it by {check.kind}"


def _smallest_lines(mistake: MistakeKey, function: FunctionKey, check: CheckKey) -> Iterator[str]:
    call, phase = mistake.smallest, "public"
    if call < 0:  # none was shrunk: pinned calls are as the rubric has them
        call = next(c for c in check.calls if _shows(mistake, function, check, c))
        phase = check.visibility
    yield from _input_lines(function, phase, call)
    wrong = mistake.results[phase].at(call)
    yield f"    right = {_shown(_right(function, check, phase, call).example)}"
    if isinstance(wrong, dict):
        yield f"    # the mistake raises {wrong['raises']}"
    else:
        yield f"    wrong = {_shown(selected(wrong[0], check.select))}"


def _shows(mistake: MistakeKey, function: FunctionKey, check: CheckKey, call: int) -> bool:
    """Tell whether a mistake costs the points of the check at one of its calls."""
    wrong = mistake.results[check.visibility].at(call)
    if wrong is None or isinstance(wrong, dict) or check.kind not in ("values", "shape"):
        return isinstance(wrong, dict)
    right = _right(function, check, check.visibility, call)
    results = [selected(result, check.select) for result in wrong]
    if check.kind == "shape":
        return not any([_shapes(result) == _shapes(right.example) for result in results])
    return not any([right.match(result) is not None for result in results])


def _shapes(tree: Any) -> Any:
    if is_leaf(tree):
        return tree[0].shape
    if isinstance(tree, dict):
        return {name: _shapes(item) for name, item in tree.items()}
    return tuple([_shapes(item) for item in tree]) if isinstance(tree, tuple) else tree


# ---- kinks


def _kink_lines(check: CheckKey, key: Key) -> Iterator[str]:
    """Yield each function's calls under both conventions."""
    for member in check.data["members"]:
        function = key.functions[member["function"]]
        for number, (call, wrong) in enumerate(zip(member["calls"], member["wrong"], strict=True)):
            yield ""
            yield f"call {number + 1} of {_call(function)}"
            yield from _call_lines(function, check, call)
            yield f"    wrong = {_shown(wrong)}"
    yield ""
    yield f"mistake {check.data['misconception']}"
    yield from _wrapped(check.data["sentence"], "  ")
