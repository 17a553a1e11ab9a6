"""Wrong functions of the homework, judged as if they were a student's."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from autograder.authoring.compiler.reference import structure_of
from autograder.core.message import Label
from autograder.core.records import (
    CallOutcome,
    CheckResult,
    FileState,
    FunctionRun,
    Raised,
    Returned,
)
from autograder.core.results import plain_result
from autograder.homework.key import FunctionKey, Key
from autograder.judge.evidence import Evidence
from autograder.judge.verdicts import judge_check

__all__ = [
    "AFFINE",
    "COMPOSE",
    "EMBED",
    "FORWARD",
    "GATE",
    "GELU",
    "GRADIENTS",
    "HOT",
    "JACOBIAN",
    "LEAKY",
    "LOGITS",
    "LOSS",
    "PREDICT",
    "Results",
    "SOFTMAX",
    "STEP",
    "SWISH",
    "TABLE",
    "Wrong",
    "after",
    "copies",
    "evidence_of",
    "judged",
    "judged_outcomes",
    "likely",
    "noise",
    "outcomes",
    "right",
]

Wrong = Callable[..., Any]
Results = dict[str, CheckResult]


@cache
def right(name: str) -> Wrong:
    """Return a function of the solution."""
    file, _, function = name.partition(".")
    found: Wrong = getattr(importlib.import_module(file), function)
    return found


def copies(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: copies(item) for name, item in value.items()}
    return value.copy() if isinstance(value, np.ndarray) else value


def outcomes(function: FunctionKey, phase: str, wrong: Wrong) -> list[CallOutcome]:
    """Make all calls of a phase."""
    made: list[CallOutcome] = []
    for call in range(function.counts[phase]):
        arguments = [copies(argument) for argument in function.arguments(phase, call)]
        try:
            with np.errstate(all="ignore"):
                value = wrong(*arguments)
        except (IndexError, ValueError) as error:
            made.append(Raised(type(error).__name__, str(error)))
        else:
            made.append(Returned(plain_result(value, structure_of(function.names))))
    return made


def evidence_of(function: FunctionKey, phase: str, made: Sequence[CallOutcome]) -> Evidence:
    there = {"is_there": True, "is_callable": True}
    file = FileState(functions={function.function: there})
    return Evidence(function, phase, file, FunctionRun(tuple(made)))


def judged_outcomes(key: Key, name: str, made: Mapping[str, Sequence[CallOutcome]]) -> Results:
    """Judge the checks of one function, by the last part of their ids."""
    evidences = {
        (name, phase): evidence_of(key.functions[name], phase, made[phase]) for phase in made
    }
    checks = [c for c in key.checks if c.function == name and c.visibility in made]
    return {
        check.id.rpartition(".")[2]: judge_check(check, key, evidences)
        for check in checks
        if check.kind != "kink"
    }


def judged(key: Key, name: str, wrong: Wrong) -> Results:
    """Judge a wrong function as if it were a student's."""
    phases = ("public", "hidden")
    made = {phase: outcomes(key.functions[name], phase, wrong) for phase in phases}
    return judged_outcomes(key, name, made)


def likely(result: CheckResult) -> str:
    """Return what a message says is likely."""
    lines = [row.said for row in result.message.find(Label.LIKELY)]
    return lines[0] if lines else ""


def after(name: str, change: Callable[[Any], Any]) -> Wrong:
    """Return the right function with its result changed."""
    return lambda *arguments: change(right(name)(*arguments))


SOFTMAX, AFFINE, LOSS = "forward.softmax", "separability.affine", "forward.cross_entropy"
JACOBIAN, EMBED, TABLE = (
    "softmax_ce.softmax_jacobian",
    "embeddings.embed",
    "embeddings.embed_backward",
)
LOGITS, GATE, STEP = "softmax_ce.logits_grad", "relu_backward.relu_backward", "updates.sgd_update"
GELU, SWISH, FORWARD = "activations.gelu", "activations.swish", "forward.forward"
LEAKY, PREDICT = "activations.leaky_relu", "train.predict"
GRADIENTS, COMPOSE, HOT = (
    "updates.batch_gradients",
    "separability.compose_affine",
    "softmax_ce.one_hot",
)


def noise(name: str) -> Wrong:
    """Return a function whose results have the right form and meaningless numbers."""

    def spoilt(result: Any) -> Any:
        if isinstance(result, dict):
            return {label: spoilt(array) for label, array in result.items()}
        if isinstance(result, tuple):
            return tuple([spoilt(array) for array in result])
        rng = np.random.default_rng(result.size)
        return result * rng.uniform(2, 3, result.shape) + rng.normal(5, 1, result.shape)

    return after(name, spoilt)
