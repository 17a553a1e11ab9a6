"""A row for each fact about a function that can be wrong by itself: type, shape, arguments.

The right function is wrapped so that this fact alone is wrong, and exactly the checks about it may
be lost. The submission's other functions call the right one, so that nothing is carried on.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from autograder.compare import is_leaf
from autograder.compiler.reference import Reference
from autograder.key import FunctionKey, Key
from autograder.language.words import Part, Question
from autograder.verification.copies import COPY, right_copies, signature_of
from autograder.verification.rows import Outcome, Row
from autograder.verification.variants import patched_submission

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
        for fact, spoil, body in _spoilt(question, function, reference):
            patch = {f"{function.file}.py": _wrapper(function, signature, body)}
            rule = partial(fact_faults, _checks(question, fact))
            spoiled_files = patched_submission(files, patch)
            yield Row("fact", f"{function.name}: {spoil}", (function.name,), spoiled_files, rule)


def _spoilt(
    question: Question, function: FunctionKey, reference: Reference
) -> Iterator[tuple[str, str, str]]:
    """Yield the kind of check that must be lost, the row's name, and the wrapper's body."""
    kinds = {check.kind for check in question.checks}
    if "dtype" in kinds:
        yield "dtype", "float32", "return spoiled.as_float32({call})"
    if "shape" in kinds:
        yield "shape", "an axis more", "return spoiled.with_leading_axis({call})"
    if "shape" in kinds and _has_leading_axis(question, function, reference):
        yield "shape", "leading axis dropped", "return spoiled.without_leading_axis({call})"
    if "arguments" in kinds:
        for name in _changeable(function):
            body = "result = {call}\n    spoiled.change(" + name + ")\n    return result"
            yield "arguments", f"{name} changed", body


def _changeable(function: FunctionKey) -> list[str]:
    arguments = zip(function.parameters, function.arguments("public", 0), strict=True)
    return [name for name, value in arguments if isinstance(value, np.ndarray | dict)]


def _has_leading_axis(question: Question, function: FunctionKey, reference: Reference) -> bool:
    """Tell whether some result begins with an axis of length 1 whatever the input."""
    calls = range(min(FEW_CALLS, function.counts["public"]))
    results = [reference.own_outcome(question, function.arguments("public", c)) for c in calls]
    shapes = [[array.shape for array in _arrays(result)] for result in results]
    return any([all([shape[:1] == (1,) for shape in of]) for of in zip(*shapes, strict=True)])


def _arrays(tree: Any) -> list[np.ndarray]:
    if is_leaf(tree):
        return [tree[0]]
    items = tree.values() if isinstance(tree, dict) else tree
    return [array for item in items for array in _arrays(item)]


def _wrapper(function: FunctionKey, signature: tuple[str, tuple[str, ...]], body: str) -> bytes:
    parameters, names = signature
    call = f"{COPY}{function.file}.{function.function}({', '.join(names)})"
    head = f"import spoiled\nimport {COPY}{function.file}\n\n\n"
    head += f"def {function.function}({parameters}):\n"
    return f"{head}    {body.format(call=call)}\n".encode()


def _checks(question: Question, kind: str) -> tuple[str, ...]:
    return tuple([f"{question.full_name}.{c.name}" for c in question.checks if c.kind == kind])


def fact_faults(checks: tuple[str, ...], outcome: Outcome) -> tuple[str, ...]:
    """Say what is wrong where other checks are lost than those about the fact."""
    lost = [lost.check for lost in outcome.lost]
    faults = [f"does not cost {check}" for check in checks if check not in lost]
    others = [check for check in lost if check not in checks]
    return tuple(faults + ([f"also costs {', '.join(others)}"] if others else []))
