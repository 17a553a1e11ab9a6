"""Write a failing call as a few lines of Python that show the difference.

They run as they stand in the folder of the student's files, with no tool of the grader's.
"""

from typing import Any

import numpy as np

from autograder.core.codec import encode
from autograder.core.compare import is_same_answer
from autograder.core.records import Returned
from autograder.core.text import show_value
from autograder.homework.key import CheckKey, FunctionKey
from autograder.judge.evidence import Evidence
from autograder.judge.finding import Finding

__all__ = ["snippet"]

#: More numbers than this are no example to look at (training on xor with 32 hidden units).
MAX_NUMBERS = 150


def snippet(check: CheckKey, evidence: Evidence, finding: Finding) -> str:
    """Return the lines, empty where no call was made or its arguments are too many.

    Parameters
    ----------
    check : CheckKey
        The check that failed.
    evidence : Evidence
        Of its function, or of the one that the finding is about.
    finding : Finding
        What is wrong.
    """
    if finding.call < 0:
        return ""
    key = evidence.key
    named = key.named_arguments(evidence.phase, finding.call)
    if sum([array.size for value in named.values() for array in _arrays(value)]) > MAX_NUMBERS:
        return ""
    given = [f"{name} = {show_value(value)}" for name, value in named.items()]
    called = f"{key.function}({', '.join(named)})"
    head = ["import numpy as np", f"from {key.file} import {key.function}", *given]
    return "\n".join([*head, *_shown(check, evidence, finding, called)])


def _shown(check: CheckKey, evidence: Evidence, finding: Finding, called: str) -> list[str]:
    """Return the lines that call and print."""
    key = evidence.key
    if _is_about_a_repeated_call(evidence, finding.call):
        return [f'print("first", {called})', f'print("again", {called})']
    outcome = evidence.outcome(finding.call)
    if not isinstance(outcome, Returned):
        return [f"print({called})"]
    if check.kind == "arguments":
        changed = [key.parameters[i] for i in outcome.changed if i < len(key.parameters)]
        if changed:
            return [called, *[f'print("{name} after the call", {name})' for name in changed]]
    difference = finding.difference
    if check.kind in ("shape", "dtype") and isinstance(key.names, str) and finding.expected:
        attribute = check.kind
        return [f'print(np.asarray({called}).{attribute}, "expected: {finding.expected}")']
    if difference is None or difference.problem or difference.expected is None:
        expected = [finding.expected] if finding.expected else []
        if difference is not None and difference.expected is not None:
            expected = [show_value(difference.expected)]
        return [f"print({called})", *[f"# expected: {text}" for text in expected]]
    lines, expression = _picked(key, called, difference.label)
    name = f" {difference.label}" if difference.label else ""
    return [
        *lines,
        f'print("got{name}", {expression})',
        f'print("expected{name}", {show_value(difference.expected)})',
    ]


def _is_about_a_repeated_call(evidence: Evidence, call: int) -> bool:
    """Tell whether an earlier call with the same arguments came to something else."""
    outcome = evidence.outcome(call)
    if not isinstance(outcome, Returned):
        return False
    arguments = encode(evidence.key.arguments(evidence.phase, call))
    for other in range(call):
        earlier = evidence.outcome(other)
        if encode(evidence.key.arguments(evidence.phase, other)) != arguments:
            continue
        if isinstance(earlier, Returned) and not is_same_answer(earlier.value, outcome.value):
            return True
    return False


def _picked(key: FunctionKey, called: str, label: str) -> tuple[list[str], str]:
    """Return the lines and the expression for one of a call's results."""
    if isinstance(key.names, str):
        return [], called
    if isinstance(key.names, dict):
        return [], f'{called}["{label}"]'
    targets = [name if isinstance(name, str) else "results" for name in key.names]
    lines = [f"{', '.join(targets)} = {called}"]
    return lines, label if label in targets else f'results["{label}"]'


def _arrays(value: Any) -> list[np.ndarray]:
    if isinstance(value, dict):
        return [array for item in value.values() for array in _arrays(item)]
    return [value] if isinstance(value, np.ndarray) else []
