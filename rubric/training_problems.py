"""Small problems to train on, and what is checked of a function that trains."""

from typing import Any

import numpy as np

from autograder.authoring import Check, Examples

__all__ = ["PARAMS", "SEEDS", "calls", "problem", "steepened", "training_checks"]

PARAMS = {"H": "H", "b_H": "b_H", "U": "U", "b_U": "b_U"}

#: The last three repeat the first: they must agree. Fair shuffling gives both epochs the same
#: order, for all seven seeds, once in 6 ** 7 = 280 000.
SEEDS = (0, 1, 2, 3, 4, 5, 6, 0, 1, 2)


def problem(t: int, d: int, v: int, m: int, *, seed: int) -> tuple[Any, ...]:
    """Return f, y and params of a small problem, in tenths; away from k = 0 as `run` proves."""
    rng = np.random.default_rng(seed)

    def tenths(*shape: int) -> np.ndarray:
        return np.round(rng.integers(-15, 16, size=shape) / 10 + 0.05, 2)

    f, y = tenths(t, d), np.arange(t) % m
    return f, y, {"H": tenths(d, v), "b_H": tenths(1, v), "U": tenths(v, m), "b_U": tenths(1, m)}


def steepened(
    f: np.ndarray, y: np.ndarray, params: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Return the same with large features and small hidden weights: gradients are steep there."""
    return f * 20, y, params | {"H": params["H"] / 20}


def training_checks(
    learned: tuple[int, ...],
    losses: tuple[int, ...],
    *,
    whole: Examples,
    shuffled: Examples,
    hidden: Examples,
    points: dict[str, float],
) -> list[Check]:
    """Return the checks of a function that trains.

    With all items in one minibatch the result is determined; with smaller ones it must be that of
    some legal order. `learned` and `losses` are the positions of the results.
    """
    titles = {
        "values": "parameters, one minibatch per epoch",
        "minibatches": "parameters, several minibatches per epoch",
        "hidden": "parameters on hidden inputs",
        "losses": "one mean loss for each epoch",
        "shuffling": "a new order each epoch, the same for the same seed",
        "dtype": "data type",
        "arguments": "does not modify its arguments",
    }
    read_only = Examples(pinned=whole.pinned[:1], layout="read-only")
    both = ("values", "minibatches")

    def check(name: str, kind: str, **more: Any) -> Check:
        return Check(name, titles[name], kind, points[name], **more)

    return [
        check("values", "values", examples=whole, select=learned),
        check("minibatches", "values", examples=shuffled, select=learned),
        check("losses", "values", calls_of=both, select=losses),
        check(
            "shuffling",
            "reshuffles",
            calls_of=("minibatches",),
            select=learned,
            needs={"rounds": "epochs"},
        ),
        check("hidden", "values", examples=hidden, select=learned, visibility="hidden"),
        check("dtype", "dtype", calls_of=("values",), select=learned),
        check("arguments", "arguments", examples=read_only, calls_of=("values",)),
    ]


def calls(problem: tuple[Any, ...], *, lr: float, epochs: int, batch_size: int, seeds: Any) -> Any:
    return tuple([(*problem, lr, epochs, batch_size, seed) for seed in seeds])
