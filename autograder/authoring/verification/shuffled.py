"""Copied into submissions: call a mistake in training with a legal order made from the seed.

The rubric's mistakes in training take the order of the minibatches and list every result that they
may give. A student's function has a seed, and gives one.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

__all__ = ["first_result", "random_order"]

Order = tuple[tuple[tuple[int, ...], ...], ...]


def random_order(items: int, epochs: int, batch_size: int, seed: int) -> Order:
    """Return the minibatches of each epoch, every item once, as tuples of their positions."""
    rng = np.random.default_rng(seed)
    order = []
    for _ in range(epochs):
        shuffled = rng.permutation(items).tolist()
        starts = range(0, items, batch_size)
        order.append(tuple([tuple(sorted(shuffled[s : s + batch_size])) for s in starts]))
    return tuple(order)


def first_result(mistake: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """Call `mistake` with those arguments that it names, and ``order``; return its first result.

    Parameters
    ----------
    mistake : callable
        Names some of the arguments, and ``order``; returns a list.
    arguments : mapping
        By name; ``y``, ``epochs``, ``batch_size`` and ``seed`` are there.
    """
    given = [arguments[name] for name in ("epochs", "batch_size", "seed")]
    known = {**arguments, "order": random_order(len(arguments["y"]), *given)}
    wanted = inspect.signature(mistake).parameters
    return mistake(**{name: known[name] for name in wanted if name in known})[0]
