"""What is right where many answers are: this homework's own predicates.

The judge calls them. Each gets a check and the evidence of its calls, and returns a finding, None
where all is well. This file is handed out with the public key: it knows no solution.
"""

import numpy as np

from autograder.judge.predicates import (
    CheckKey,
    Evidence,
    Finding,
    Status,
    is_same_answer,
    read_numbers,
)

__all__ = ["breaks_symmetry", "converges", "learns", "separates_xor"]


def separates_xor(check: CheckKey, evidence: Evidence) -> Finding | None:
    """Require step(x W + b) w + c to have the wanted sign at every point."""
    call = check.calls[0]
    numbers = read_numbers(check, evidence, call)
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


def breaks_symmetry(check: CheckKey, evidence: Evidence) -> Finding | None:
    """Require no two hidden units to start equal, and other seeds to give other parameters."""
    for call in check.calls:
        numbers = read_numbers(check, evidence, call)
        if isinstance(numbers, Finding):
            return numbers
        units = np.concatenate([numbers["H"].T, numbers["b_H"].T, numbers["U"]], axis=1)
        if len({tuple(unit) for unit in units.tolist()}) < len(units):
            return Finding(
                Status.FAILED,
                call,
                expected="hidden units that differ in their weights",
                got="two hidden units with the same weights, which stay the same forever",
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
                sentence="The seed is not used.",
            )
    return None


def converges(check: CheckKey, evidence: Evidence) -> Finding | None:
    """Require the trained network to label every item right, with a small mean loss."""
    f, y, largest = check.data["f"], check.data["y"], check.data["largest_loss"]
    for call in check.calls:
        p = read_numbers(check, evidence, call)
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
                sentence=NEEDS_MANY_EPOCHS if _trains_otherwise(check, evidence) else "",
            )
    return None


def learns(check: CheckKey, evidence: Evidence) -> Finding | None:
    """Require trained embeddings and network to label most windows rightly that were held out."""
    ids, y, share = check.data["ids"], check.data["y"], check.data["share"]
    for call in check.calls:
        p = read_numbers(check, evidence, call)
        if isinstance(p, Finding):
            return p
        with np.errstate(all="ignore"):
            x = p["E"][ids].reshape(len(ids), -1)
            z = np.maximum(x @ p["H"] + p["b_H"], 0) @ p["U"] + p["b_U"]
        right = int((z.argmax(axis=1) == y).sum())
        if not (np.isfinite(z).all() and right >= share * len(y)):
            return Finding(
                Status.FAILED,
                call,
                expected=f"at least {share:.0%} of the {len(y)} held-out sentences right",
                got=f"{right} of {len(y)} right",
                sentence=NEEDS_MANY_EPOCHS if _trains_otherwise(check, evidence) else "",
            )
    return None


#: What is said where only a long training goes wrong.
NEEDS_MANY_EPOCHS = (
    "Trainings of a few epochs are right, so it takes many epochs to go wrong: look for what is not"
    " the same in each of them, such as the learning rate, a limit on epochs or an early stop."
)


def _trains_otherwise(check: CheckKey, evidence: Evidence) -> bool:
    """Tell whether every other training of the same phase is right."""
    others = set(range(evidence.key.counts[evidence.phase])) - set(check.calls)
    return all([evidence.match(call, check.select) is not None for call in others])
