"""A row for each fact about a function that can be wrong by itself.

They are the results' type, their shape, untouched arguments, and being right on other inputs than
those that students have. The right function is wrapped so that this fact alone is wrong, and
exactly the checks about it may be lost. The submission's other functions call the right one, so
that nothing is carried on.
"""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from autograder.authoring.compiler.reference import Reference
from autograder.authoring.language.words import HIDDEN, Part, Question
from autograder.authoring.verification.copies import COPY, right_copies, signature_of
from autograder.authoring.verification.rows import Outcome, Row
from autograder.authoring.verification.spoiled import fingerprint
from autograder.authoring.verification.variants import patched_submission
from autograder.core.compare import arrays_in
from autograder.homework.key import FunctionKey, Key

__all__ = ["fact_faults", "fact_rows"]

Files = Mapping[str, bytes]

#: How many of a function's calls are looked at for a leading axis of length 1.
FEW_CALLS = 5


def fact_rows(
    parts: Iterable[Part], key: Key, reference: Reference, solution: Files
) -> Iterator[Row]:
    """Yield the rows of every function with checks about its results' type or shape, or arguments.

    Parameters
    ----------
    parts : iterable of Part
        The rubric.
    key : Key
        The full key: its calls tell what the arguments are.
    reference : Reference
        The solution's functions.
    solution : mapping of str to bytes
        Its files by name.
    """
    modules = [path.removesuffix(".py") for path in solution]
    files = right_copies(solution, modules)
    files |= {f"{module}.py": f"from {COPY}{module} import *\n".encode() for module in modules}
    files["spoiled.py"] = Path(__file__).with_name("spoiled.py").read_bytes()
    for question in [question for part in parts for question in part.questions]:
        function = key.functions[question.full_name]
        signature = signature_of(solution, function.name)
        for fact in _facts(question, function, reference):
            patch = {f"{function.file}.py": _wrapper(function, signature, fact.body)}
            name, rule = f"{function.name}: {fact.name}", partial(fact_faults, fact.checks)
            yield Row("fact", name, (function.name,), patched_submission(files, patch), rule)


@dataclass(frozen=True)
class _Fact:
    """A fact to spoil: its name, the checks about it, and the body of the function that does it."""

    name: str
    checks: tuple[str, ...]
    body: str


def _facts(question: Question, function: FunctionKey, reference: Reference) -> Iterator[_Fact]:
    dtype, shape, arguments = (_checks(question, kind) for kind in ("dtype", "shape", "arguments"))
    if dtype:
        yield _Fact("float32", dtype, "return spoiled.as_float32({call})")
    if shape:
        yield _Fact("an axis more", shape, "return spoiled.with_leading_axis({call})")
    if shape and _has_leading_axis(question, function, reference):
        name = "leading axis dropped"
        yield _Fact(name, shape, "return spoiled.without_leading_axis({call})")
    for name in _changeable(function) if arguments else ():
        body = "result = {call}\n    spoiled.change(" + name + ")\n    return result"
        yield _Fact(f"{name} changed", arguments, body)
    hidden = [f"{question.full_name}.{c.name}" for c in question.checks if c.visibility == HIDDEN]
    if hidden:
        known = _known_calls(function, reference)
        body = "return spoiled.right_where_known({call}, ({arguments}), " + f"{known})"
        yield _Fact("right on public inputs alone", tuple(hidden), body)


def _checks(question: Question, kind: str) -> tuple[str, ...]:
    return tuple([f"{question.full_name}.{c.name}" for c in question.checks if c.kind == kind])


def _known_calls(function: FunctionKey, reference: Reference) -> list[str]:
    """Return the fingerprints of the public calls, parameters that are left out filled in."""
    signature = inspect.signature(reference.functions[function.name])
    known = set()
    for call in range(function.counts["public"]):
        bound = signature.bind(*function.arguments("public", call))
        bound.apply_defaults()
        known.add(fingerprint(bound.args))
    return sorted(known)


def _changeable(function: FunctionKey) -> list[str]:
    # A call may leave out what has a default value: no array has.
    arguments = zip(function.parameters, function.arguments("public", 0), strict=False)
    return [name for name, value in arguments if isinstance(value, np.ndarray | dict)]


def _has_leading_axis(question: Question, function: FunctionKey, reference: Reference) -> bool:
    """Tell whether some result begins with an axis of length 1 whatever the input."""
    calls = range(min(FEW_CALLS, function.counts["public"]))
    results = [reference.own_outcome(question, function.arguments("public", c)) for c in calls]
    shapes = [[array.shape for array in arrays_in(result)] for result in results]
    return any([all([shape[:1] == (1,) for shape in of]) for of in zip(*shapes, strict=True)])


def _wrapper(function: FunctionKey, signature: tuple[str, tuple[str, ...]], body: str) -> bytes:
    parameters, names = signature
    call = f"{COPY}{function.file}.{function.function}({', '.join(names)})"
    head = f"import spoiled\nimport {COPY}{function.file}\n\n\n"
    head += f"def {function.function}({parameters}):\n"
    arguments = "".join([f"{name}, " for name in names])
    return f"{head}    {body.format(call=call, arguments=arguments)}\n".encode()


def fact_faults(checks: tuple[str, ...], outcome: Outcome) -> tuple[str, ...]:
    """Say what is wrong where other checks are lost than those about the fact."""
    lost = [lost.check for lost in outcome.lost]
    faults = [f"does not cost {check}" for check in checks if check not in lost]
    others = [check for check in lost if check not in checks]
    return tuple(faults + ([f"also costs {', '.join(others)}"] if others else []))
