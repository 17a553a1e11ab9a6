"""Say what to do about an exception, an endless loop or a missing result, in one sentence.

It is said only where no known mistake of the rubric says more. What Python and numpy say in an
exception is stable within a few versions; what matches no row of the table gets no advice.
`autograder.judge.shape_errors` names the shapes in it by the notes' letters.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.core.compare import arrays_in, is_leaf, result_name
from autograder.core.message import Label, Place, Row
from autograder.core.python_versions import (
    Version,
    find_name_version,
    find_syntax_version,
    is_removed,
    write_version,
)
from autograder.core.records import SYNTAX_ERRORS, Raised, Returned, Status, While
from autograder.core.text import clean, one_line
from autograder.homework.key import FunctionKey
from autograder.judge.evidence import Evidence, Finding, ObstacleKind
from autograder.judge.exceptions import SEVERAL_RESULTS, advise_by_words
from autograder.judge.shape_errors import shape_rows

__all__ = ["advise", "locate_exception"]

#: Of a sentence that holds a name of the student's.
MAX_TEXT = 300

#: Of the words of another call's exception.
MAX_SAID = 110

#: Of a line of the student's.
MAX_LINE = 200

_UNKNOWN_NAME = re.compile(r"name '(\w+)' is not defined")

_ENDLESS = (
    "look at each loop: its body has to change what its condition tests, or it never ends; a"
    " recursion needs a case that returns"
)
_IMPORTED = (
    "code outside of functions runs at every import: put it into a function, or under if"
    ' __name__ == "__main__":'
)
_COMMAND_LINE = (
    "the grader imports this file, so there are no command-line arguments: read them under"
    ' if __name__ == "__main__": only, or give them defaults'
)
_NOT_FINITE = (
    "nan comes from 0/0, inf - inf or the logarithm of a negative number, inf from a division"
    " by 0 or exp of more than 709: print what goes into these"
)

#: What to do where something came back that is no array.
_KINDS = {
    "a str": "return the array itself, not its text: no str(...), no quotes",
    "a generator": "write return, not yield",
    "a function": "call it: without ( ) it is the function itself that is returned",
    "a list whose rows have different lengths": "give every row the same length: print them",
    "a tuple whose rows have different lengths": (
        "return one array alone: a comma behind return makes several results of it"
    ),
    "a method": "call it: without ( ) the method itself is returned",
    "a builtin_function_or_method": "call it: without ( ) the function itself is returned",
    "a map": "make a list of it, with list(...), or use numpy's own functions",
    "a zip": "make a list of it, with list(...)",
    "a filter": "make a list of it, with list(...)",
    "a range": "make an array of it, with np.arange(...)",
}


#: What is often written where a relation holds, by its name.
_WRITTEN = {
    "rounded-down": "is there a // ? It rounds down; / does not",
    "cut-to-integers": (
        "is there an int(...), an astype(int), or an array that was made for integers? Each cuts"
        " off the decimals"
    ),
    "wrong-for-repeated-words": (
        "A[rows] += B adds only one of several with the same number: np.add.at(A, rows, B) adds"
        " them all"
    ),
    "type-float32": "is there a float32 in the code? numpy's own float64 is expected",
    "reciprocal": "look at the brackets: 1 / a + b is (1 / a) + b, and not 1 / (a + b)",
    "leading-axis-added": (
        "a comma behind what is returned (return x,), or [ ] around it, adds an axis in front"
    ),
    "trailing-axis-added": "x[:, None], reshape(-1, 1) and keepdims=True add an axis at the end",
    "leading-axis-missing": ("x[None] puts it back; sum, mean and max keep it with keepdims=True"),
    "axes-of-length-one-missing": (
        "squeeze drops them, and sum, mean and max do without keepdims=True"
    ),
}

#: Names of `autograder.core.compare` of what is wrong with several results.
_OF_SEVERAL = (
    "one-result-for-several",
    "too-few-results",
    "too-many-results",
    "nested-results",
    "dict-returned",
    "list-returned",
)

#: The same for a dict.
_OF_A_DICT = ("keys-missing", "other-keys", "tuple-returned", "list-returned", "array-returned")


@dataclass(frozen=True)
class _Case:
    """A finding, and whose it is."""

    evidence: Evidence
    finding: Finding
    functions: Mapping[str, FunctionKey]

    @property
    def head(self) -> str:
        """The first line of the function as it was handed out, after a colon."""
        key = self.evidence.key
        arguments = [key.arguments("public", call) for call in range(key.counts["public"])]
        if any([len(given) < len(key.parameters) for given in arguments]):
            return ", with its default value"
        return f": def {key.function}({', '.join(key.parameters)}):"

    @property
    def ending(self) -> str:
        """The last line of the function."""
        names = self.evidence.key.names
        if isinstance(names, tuple):
            return f"'return {', '.join(map(result_name, names))}'"
        return "'return' and its result"

    @property
    def unpacking(self) -> str:
        """How the results of the function that gives most are taken apart, after a comma."""
        several = [
            function
            for function in self.functions.values()
            if isinstance(function.names, tuple) and function.parameters
        ]
        plain = [f for f in several if all([isinstance(name, str) for name in f.names])]
        if not plain:
            return ""
        most = max(plain, key=lambda function: len(function.names))
        return f", as in '{', '.join(most.names)} = {most.function}(...)'"


def advise(
    evidence: Evidence, finding: Finding, *, functions: Mapping[str, FunctionKey]
) -> list[Row]:
    """Return what to add to a message: rows `Label.SHAPES` and `Label.TO_DO`, or nothing."""
    case = _Case(evidence, finding, functions)
    rows: list[Row] = []
    raised = finding.obstacle.raised if finding.obstacle is not None else None
    if raised is not None and finding.call >= 0:
        named = evidence.key.named_arguments(evidence.phase, finding.call)
        rows += shape_rows(
            raised.message,
            evidence.key.shown_shapes,
            named,
            right=_list_right_shapes(evidence, finding.call),
            line=raised.lines[-1].text if raised.lines else "",
            is_own=len(raised.lines) == 1,
        )
    if not any([row.label == Label.TO_DO for row in rows]):
        sentence = next(filter(None, [decide(case) for decide in _DECISIONS]), "")
        sentence = sentence or _advise_on_another_call(case)
        said = " ".join(clean(sentence, limit=MAX_TEXT).split())
        rows += [Row(Label.TO_DO, said)] if said else []
    return rows


def _advise_on_another_call(case: _Case) -> str:
    """Say what another call raises, where nothing is known of wrong numbers."""
    finding, evidence = case.finding, case.evidence
    if finding.obstacle is not None or finding.sentence or finding.call < 0:
        return ""
    for call, outcome in enumerate(evidence.run.outcomes):
        if isinstance(outcome, Raised) and outcome.not_started is None:
            raises = Finding(Status.ERROR, call, obstacle=evidence.obstacle_at(call))
            rows = advise(evidence, raises, functions=case.functions)
            advice = [row.said for row in rows if row.label == Label.TO_DO]
            said = one_line(outcome.said, limit=MAX_SAID)
            return f"another call raises {said}; {advice[0]}" if advice else ""
    return ""


def _list_right_shapes(evidence: Evidence, call: int) -> Iterator[tuple[int, ...]]:
    """Yield the shapes of a call's results; nothing is decoded before one is needed."""
    for array in arrays_in(evidence.right(call, ()).example):
        yield array.shape


def locate_exception(raised: Raised) -> list[Row]:
    """Return the rows `Label.AT` of an exception: the student's lines, a caret below one."""
    rows: list[Row] = []
    for line in raised.lines[-2:]:
        file = one_line(line.file, limit=MAX_LINE)  # with the folders of a package
        place = line.place or Place(file, line=line.number)
        if rows and line.text.strip(" ") and not line.text.strip(" ^"):
            rows[-1] = replace(rows[-1], caret=line.text[:MAX_LINE])
        else:
            text = clean(line.text, limit=max(MAX_LINE - len(f"{place}: "), 4))
            rows.append(Row(Label.AT, place=place, after=f": {text}".replace("\n", " ")))
    return rows


def _advise_on_exception(case: _Case) -> str:
    obstacle = case.finding.obstacle
    if obstacle is None or obstacle.raised is None:
        return ""
    raised = obstacle.raised
    if _is_wrong_call(raised, case.evidence.key.function):
        return f"keep the function's first line as it was in the handout{case.head}"
    if raised.kind == "KeyError":
        return _advise_on_key(case)
    sentence = (
        _advise_on_version(raised)
        or _advise_on_name(case, raised)
        or _advise_on_command_line(raised)
        or _advise_on_missing_arguments(case, raised)
        or advise_by_words(raised)
    )
    return f"{sentence}{case.unpacking}" if sentence == SEVERAL_RESULTS else sentence


def _advise_on_version(raised: Raised) -> str:
    """Say which Python has what this one does not have."""
    needed: Version | None = None
    line = raised.lines[0].text if raised.lines else ""
    if raised.kind in SYNTAX_ERRORS:
        needed = find_syntax_version(line)
    for pattern, module, name in _OF_LIBRARY:
        match = pattern.search(raised.message)
        if match:
            needed = find_name_version(module or match["module"], match["name"] if name else "")
            gone = None if name else is_removed(match["module"])
            if gone is not None:
                return (
                    f"take this import out: the module is gone since Python {write_version(gone)}"
                )
    this = sys.version_info[:2]
    if needed is None or needed <= this:
        return ""
    return f"this needs Python {write_version(needed)}: write it for Python {write_version(this)}"


#: What Python says of a name of its own that it does not have: with the module if it is fixed, and
#: whether a name of it is said.
_OF_LIBRARY = (
    (re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'"), "", True),
    (re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'"), "", True),
    (re.compile(r"No module named '(?P<module>[\w.]+)'"), "", False),
    (re.compile(r"name '(?P<name>\w+)' is not defined"), "builtins", True),
)


def _advise_on_name(case: _Case, raised: Raised) -> str:
    """Say where a function of the homework comes from that is not known where it is called."""
    match = _UNKNOWN_NAME.match(raised.message) if raised.kind == "NameError" else None
    files = [f.partition(".")[0] for f in case.functions if match and f.endswith(f".{match[1]}")]
    if match is None or not files:
        return ""
    line = raised.lines[-1] if raised.lines else None
    if line is not None and line.place is not None:
        if line.place.is_in_notebook:
            return f"run the cell with 'def {match[1]}' first"
        return f"write 'def {match[1]}' in {line.place.file}: it is one of the homework's functions"
    here = line.file.removesuffix(".py") if line is not None else case.evidence.key.file
    if here in files:
        return f"write 'def {match[1]}' in {here}.py: it is one of the homework's functions"
    return f"put 'from {files[0]} import {match[1]}' at the top of {here}.py"


def _advise_on_command_line(raised: Raised) -> str:
    """Say what to do where a file wants arguments, as in 'python train.py 0.5'."""
    line = raised.lines[-1].text if raised.lines else ""
    is_exit = raised.kind == "SystemExit" and "parse" in line
    is_index = raised.kind == "IndexError" and "argv" in line
    return _COMMAND_LINE if is_exit or is_index else ""


def _advise_on_missing_arguments(case: _Case, raised: Raised) -> str:
    """Say how a dict's arrays become arguments, where a call lacks those that the dict has."""
    missing = re.match(r"(?:\w+\.)*(\w+)\(\) missing \d+ required positional", raised.message)
    if raised.kind != "TypeError" or missing is None or case.finding.call < 0:
        return ""
    names = re.findall(r"'(\w+)'", raised.message)
    named = case.evidence.key.named_arguments(case.evidence.phase, case.finding.call)
    line = raised.lines[-1].text if len(raised.lines) == 1 else ""
    for name, value in named.items():
        is_given = re.search(rf"(?<![\w.*]){re.escape(name)}\s*[,)]", line)
        if isinstance(value, dict) and names and {*names} <= value.keys() and is_given:
            return f"write **{name} in place of {name}: it gives each entry by its key"
    return ""


def _is_wrong_call(raised: Raised, function: str) -> bool:
    """Tell whether the grader's own call has another number of arguments than the function."""
    is_about_it = re.match(rf"(\w+\.)*{function}\(\) (missing|takes)", raised.message)
    return raised.kind == "TypeError" and not raised.lines and is_about_it is not None


def _advise_on_key(case: _Case) -> str:
    if case.finding.call < 0:
        return ""
    key = case.evidence.key
    named = key.named_arguments(case.evidence.phase, case.finding.call)
    dicts = {name: value for name, value in named.items() if isinstance(value, dict)}
    listed = [f"{name} has the keys {', '.join(map(str, value))}" for name, value in dicts.items()]
    return "; ".join(listed)


def _advise_on_ending(case: _Case) -> str:
    obstacle = case.finding.obstacle
    ending = obstacle.ending if obstacle is not None else None
    if ending is None or ending.status != Status.TIMEOUT:
        return ""
    return {While.IMPORT: _IMPORTED, While.CALL: _ENDLESS}.get(ending.during, "")


def _advise_on_kind(case: _Case) -> str:
    obstacle = case.finding.obstacle
    if obstacle is None or obstacle.kind != ObstacleKind.NOT_CALLABLE:
        return ""
    name = case.evidence.key.function
    return f"something gives the name {name} another value: define it once{case.head}"


def _advise_on_nothing(case: _Case) -> str:
    """Advise where None came back, or where what was returned is no array."""
    outcome = case.evidence.outcome(case.finding.call) if case.finding.call >= 0 else None
    if case.finding.obstacle is not None or not isinstance(outcome, Returned):
        return ""
    value, names = outcome.value, case.evidence.key.names
    if value is None:
        if re.search(r"\d", case.evidence.run.printed):
            return "it prints its result: write 'return' instead of print"
        return (
            f"end the function with {case.ending}: a function that ends without one returns None"
            " (and so does 'return' in front of append, update or sort)"
        )
    if isinstance(value, str) and value in _KINDS:
        return _KINDS[value]
    problem = case.finding.difference.name if case.finding.difference is not None else ""
    is_several = isinstance(value, tuple) and not is_leaf(value)
    if isinstance(names, tuple) and (problem in _OF_SEVERAL or not is_several):
        return f"end the function with {case.ending}"
    if names == {} and problem in _OF_A_DICT:
        return "return a dict with these keys, as in {name: ... for name in ...}"
    if isinstance(names, dict) and problem in _OF_A_DICT:
        items = ", ".join([f'"{key}": ...' for key in names])
        return f"end the function with 'return {{{items}}}'"
    return ""


def _advise_on_relation(case: _Case) -> str:
    return _WRITTEN.get(case.finding.mistake, "")


def _advise_on_numbers(case: _Case) -> str:
    difference = case.finding.difference
    if difference is None or difference.got is None or difference.expected is None:
        return ""
    if difference.problem:  # the shape is the first thing to look at
        return ""
    got: Any = difference.got
    is_bad = not np.isfinite(np.asarray(got, dtype=np.float64)).all()
    return _NOT_FINITE if is_bad and np.isfinite(difference.expected).all() else ""


_DECISIONS: tuple[Callable[[_Case], str], ...] = (
    _advise_on_exception,
    _advise_on_ending,
    _advise_on_kind,
    _advise_on_nothing,
    _advise_on_relation,
    _advise_on_numbers,
)
