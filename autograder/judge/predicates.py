"""Predicates for questions with many right answers; each returns a finding, None where all is well.

A rubric names a predicate as the kind of a check. They compute with the student's numbers alone,
which are checked to be finite and of the right sizes first.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.core.codec import encode
from autograder.core.compare import find_difference, is_same_answer
from autograder.core.records import Status
from autograder.core.vectors import selected, vector_of
from autograder.homework.key import CheckKey
from autograder.judge.evidence import Evidence, Finding, obstacle_finding

__all__ = ["PREDICATES"]

Predicate = Callable[[CheckKey, Evidence], Finding | None]


def _numbers(check: CheckKey, evidence: Evidence, call: int) -> Finding | dict[str, np.ndarray]:
    """Return a call's arrays by name, in the shapes asked for, or what is wrong with them."""
    obstacle = obstacle_finding(evidence, call)
    if obstacle is not None:
        return obstacle
    right = evidence.right(call, check.select)
    got = evidence.wanted_result(call, check.select)
    vector = vector_of(got)
    if vector is None or vector.forms != right.forms:
        names = selected(evidence.key.names, check.select)
        difference = find_difference(got, right.example, names=names, values=False)
        return Finding(Status.FAILED, call, difference=difference, got="another structure")
    if not np.isfinite(vector.numbers).all():
        return Finding(Status.FAILED, call, expected="finite numbers", got="nan or infinity")
    return _by_name(got, right.example, selected(evidence.key.names, check.select))


def _by_name(got: Any, right: Any, names: Any) -> dict[str, np.ndarray]:
    if isinstance(right, dict):
        return {key: got[key][0].astype(np.float64).reshape(right[key][0].shape) for key in right}
    named: dict[str, np.ndarray] = {}
    for position, name in enumerate(names):
        if isinstance(name, str):
            array = got[position][0].astype(np.float64)
            named[name] = array.reshape(right[position][0].shape)
        else:
            named |= _by_name(got[position], right[position], name)
    return named


def separates_xor(check: CheckKey, evidence: Evidence) -> Finding | None:
    """Require step(x W + b) w + c to have the wanted sign at every point."""
    call = check.calls[0]
    numbers = _numbers(check, evidence, call)
    if isinstance(numbers, Finding):
        return numbers
    W, b, w, c = (numbers[name] for name in ("W", "b", "w", "c"))
    points, signs = check.data["points"], check.data["signs"]
    with np.errstate(all="ignore"):
        k = points @ W + b
        scores = (np.where(k > 0, 1.0, 0.0) @ w + c).ravel()
        at_zero = (np.where(k >= 0, 1.0, 0.0) @ w + c).ravel()
    for point, sign, score in zip(points, signs, scores, strict=True):
        if not score * sign > 0:
            word = "positive" if sign > 0 else "negative"
            at = ", ".join([f"{x:g}" for x in point])
            return Finding(
                Status.FAILED,
                call,
                expected=f"a {word} score at ({at}): step(x W + b) w + c",
                got=f"{score:.6g} at ({at})",
                mistake=_name_mistake(scores, at_zero, np.array(signs)),
            )
    return None


def _name_mistake(scores: np.ndarray, at_zero: np.ndarray, signs: np.ndarray) -> str:
    """Name the mistake that the scores show; `at_zero` are those of a step that is 1 at 0."""
    agreement = scores * signs
    if (agreement < 0).all():
        return "labels-swapped"
    if (at_zero * signs > 0).all():
        return "step-fires-at-zero"
    if (agreement >= 0).all() and (agreement > 0).any():
        return "zero-score"
    if (scores > 0).all() or (scores < 0).all():
        return "one-sign-everywhere"
    is_clear = not (scores == 0).any()
    return "linearly-separable-labels" if is_clear and (scores > 0).sum() in (1, 3) else ""


def repeats_with_the_seed(check: CheckKey, evidence: Evidence) -> Finding | None:
    """Require calls with the same arguments to give the same numbers."""
    for first, second in check.data["same"]:
        for call in (first, second):
            obstacle = obstacle_finding(evidence, check.calls[call])
            if obstacle is not None:
                return obstacle
        if vector_of(evidence.result(check.calls[first])) is None:
            return _values_missing(check, evidence, check.calls[first])
        results = [evidence.result(check.calls[call]) for call in (first, second)]
        if not is_same_answer(*results):
            return _not_repeated(check.calls[second])
    return None


def _values_missing(check: CheckKey, evidence: Evidence, call: int) -> Finding:
    names = selected(evidence.key.names, check.select)
    right, got = evidence.right(call, check.select), evidence.wanted_result(call, check.select)
    difference = find_difference(got, right.example, names=names, values=False)
    return Finding(Status.FAILED, call, difference=difference, got="no arrays of numbers")


def _not_repeated(call: int) -> Finding:
    return Finding(
        Status.FAILED,
        call,
        expected="the same result as the call before with the same seed",
        got="another result",
        mistake="not-reproducible",
        sentence="the random numbers do not come from a generator made with the seed that is given",
    )


def breaks_symmetry(check: CheckKey, evidence: Evidence) -> Finding | None:
    """Require no two hidden units to start equal, and other seeds to give other parameters."""
    for call in check.calls:
        numbers = _numbers(check, evidence, call)
        if isinstance(numbers, Finding):
            return numbers
        units = np.concatenate([numbers["H"].T, numbers["b_H"].T, numbers["U"]], axis=1)
        if len(np.unique(units, axis=0)) < len(units):
            return Finding(
                Status.FAILED,
                call,
                expected="hidden units that differ in their weights",
                got="two hidden units with the same weights: they stay the same for ever",
                may_be_known=True,
                mistake="symmetric-units",
            )
    for first, second in check.data["different"]:
        pair = [evidence.result(check.calls[call]) for call in (first, second)]
        if is_same_answer(*pair):
            return Finding(
                Status.FAILED,
                check.calls[second],
                expected="other parameters for another seed",
                got="the same parameters",
                mistake="seed-ignored",
                sentence="the seed that is given is not used",
            )
    return None


def converges(check: CheckKey, evidence: Evidence) -> Finding | None:
    """Require the trained network to label every item right, with a small mean loss."""
    f, y, largest = check.data["f"], check.data["y"], check.data["largest_loss"]
    for call in check.calls:
        p = _numbers(check, evidence, call)
        if isinstance(p, Finding):
            return p
        with np.errstate(all="ignore"):
            z = np.maximum(f @ p["H"] + p["b_H"], 0) @ p["U"] + p["b_U"]
            z = z - z.max(axis=1, keepdims=True)
            loss = float(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]))
        right = int((z.argmax(axis=1) == y).sum())
        if not (loss <= largest and right == len(y)):
            return Finding(
                Status.FAILED,
                call,
                expected=f"all {len(y)} items right, mean loss at most {largest:g}",
                got=f"{right} of {len(y)} items right, mean loss {loss:.3g}",
            )
    return None


def reshuffles(check: CheckKey, evidence: Evidence) -> Finding | None:
    """Require the order to change between epochs for some seed, and to repeat with the seed."""
    first_of: dict[bytes, int] = {}
    changed = recognised = False
    for call in check.calls:
        obstacle = obstacle_finding(evidence, call)
        if obstacle is not None:
            return obstacle
        arguments = encode(evidence.key.arguments(evidence.phase, call))
        same = first_of.setdefault(arguments, call)
        results = [selected(evidence.result(c), check.select) for c in (same, call)]
        if vector_of(results[0]) is None:
            return _values_missing(check, evidence, call)
        if not is_same_answer(*results):
            return _not_repeated(call)
        orders = _orders(check, evidence, call)
        recognised |= orders is not None
        changed |= orders is not None and len(set(orders)) > 1
    if not recognised:
        return _unrecognised(check.calls[0])
    return None if changed else _never_reshuffled(check.calls[0])


def _orders(check: CheckKey, evidence: Evidence, call: int) -> tuple[int, ...] | None:
    """Return the number of each epoch's order; right results are listed two for each."""
    match = evidence.match(call, check.select)
    if match is None:
        return None
    arguments = evidence.key.arguments(evidence.phase, call)
    epochs = arguments[evidence.key.parameters.index("epochs")]
    several = evidence.right(call, check.select).count // 2
    choices = round(several ** (1 / epochs))
    number = match // 2
    return tuple([number // choices**epoch % choices for epoch in range(epochs)])


def _unrecognised(call: int) -> Finding:
    return Finding(
        Status.FAILED,
        call,
        expected="the parameters that some order of the items leads to",
        got="parameters that no order leads to: the shuffling can't be seen",
    )


def _never_reshuffled(call: int) -> Finding:
    return Finding(
        Status.FAILED,
        call,
        expected="a new order of the items in each epoch",
        got="the same order in every epoch, for every seed",
        mistake="never-reshuffled",
        sentence="the items are shuffled once or not at all; every epoch starts with a new order",
    )


PREDICATES: dict[str, Predicate] = {
    "separates_xor": separates_xor,
    "repeats_with_the_seed": repeats_with_the_seed,
    "breaks_symmetry": breaks_symmetry,
    "converges": converges,
    "reshuffles": reshuffles,
}
