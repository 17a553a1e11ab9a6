"""Enumerate every legal order of minibatches, and train under a given one.

Training is shuffled by the student's own random numbers, so many results are right. With three or
four items and two epochs the orders can all be listed: a result is right if it is one of theirs,
and which one it is tells whether the order changed between the epochs.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.authoring import RubricError
from embeddings import embed, embed_backward, input_grad
from forward import cross_entropy, forward
from relu_backward import hidden_grad, relu_backward
from softmax_ce import logits_grad
from updates import batch_gradients, sgd_update

__all__ = [
    "every_order",
    "gradients",
    "move",
    "move_table",
    "random_order",
    "run",
    "run_embeddings",
    "stay_off_the_kink",
    "stay_off_the_kink_with_embeddings",
]

#: Minibatches of one epoch, each the numbers of its items.
Epoch = tuple[tuple[int, ...], ...]
Order = tuple[Epoch, ...]
Params = dict[str, np.ndarray]

#: A pre-activation nearer to 0 than this on the way would make the result depend on ReLU'(0).
KINK_DISTANCE = 1e-3


def every_order(y: np.ndarray, epochs: int, batch_size: int) -> list[Order]:
    """Return every way to go through the items `epochs` times in minibatches."""
    return list(itertools.product(_epochs(len(y), batch_size), repeat=epochs))


def _epochs(t: int, batch_size: int) -> list[Epoch]:
    """Return every way to go through `t` items in minibatches once.

    Each minibatch has `batch_size` items, but for one, at any place, where `t` is no multiple of
    it. The order inside a minibatch changes nothing but rounding, so it is not listed.
    """
    rest = t % batch_size
    sizes = [batch_size] * (t // batch_size) + ([rest] if rest else [])
    layouts = sorted(set(itertools.permutations(sizes)))
    return [epoch for layout in layouts for epoch in _split(tuple(range(t)), layout)]


def _split(items: tuple[int, ...], sizes: tuple[int, ...]) -> Iterator[Epoch]:
    if not sizes:
        yield ()
        return
    for batch in itertools.combinations(items, sizes[0]):
        left = tuple([item for item in items if item not in batch])
        for rest in _split(left, sizes[1:]):
            yield (batch, *rest)


def random_order(y: np.ndarray, epochs: int, batch_size: int, seed: int) -> Order:
    """Return one way to go through the items, as a student's own random numbers give it."""
    rng = np.random.default_rng(seed)
    starts = range(0, len(y), batch_size)
    shuffled = [rng.permutation(len(y)).tolist() for _ in range(epochs)]
    return tuple(
        [tuple([tuple(sorted(items[s : s + batch_size])) for s in starts]) for items in shuffled]
    )


def mean_loss(f: np.ndarray, y: np.ndarray, params: Params) -> float:
    """Return the mean loss over all items, nan where a wrong function makes it impossible.

    Who takes the losses as the minibatches go by never computes it.
    """
    try:
        o = forward(f, params["H"], params["b_H"], params["U"], params["b_U"])[-1]
        return float(np.mean(cross_entropy(o, y)))
    except Exception:
        return float("nan")


def gradients(
    f: np.ndarray, y: np.ndarray, params: Params
) -> tuple[np.ndarray, Params, np.ndarray]:
    """Return a minibatch's losses, the parameters' mean gradients, and dl/dk of each item."""
    k, h, _, o = forward(f, params["H"], params["b_H"], params["U"], params["b_U"])
    dz = logits_grad(o, y)
    dk = relu_backward(hidden_grad(dz, params["U"]), k)
    dH, db_H, dU, db_U = batch_gradients(f, h, dk, dz)
    return cross_entropy(o, y), {"H": dH, "b_H": db_H, "U": dU, "b_U": db_U}, dk


def stay_off_the_kink(
    f: np.ndarray, y: np.ndarray, params: Params, lr: float, order: Order
) -> None:
    """Require that training under an order never comes near k = 0.

    Raises
    ------
    RubricError
        If it does: the result would depend on ReLU'(0).
    """

    def watched(f: np.ndarray, y: np.ndarray, params: Params, lr: float) -> Any:
        _require_distance(f @ params["H"] + params["b_H"])
        return move(f, y, params, lr)

    run(f, y, params, lr, order, step=watched)


def stay_off_the_kink_with_embeddings(
    ids: np.ndarray, y: np.ndarray, E: np.ndarray, params: Params, lr: float, order: Order
) -> None:
    """Require the same of training with embeddings."""

    def watched(ids: np.ndarray, y: np.ndarray, E: np.ndarray, params: Params, lr: float) -> Any:
        _require_distance(embed(E, ids) @ params["H"] + params["b_H"])
        return move_table(ids, y, E, params, lr)

    run_embeddings(ids, y, E, params, lr, order, step=watched)


def _require_distance(k: np.ndarray) -> None:
    if np.abs(k).min() < KINK_DISTANCE:
        raise RubricError(
            "training comes too near to k = 0: choose other parameters for this check"
        )


def total_over_items(losses: list[Any], t: int) -> float:
    """Return an epoch's mean loss: everything added up, divided by the number of items."""
    return float(sum([np.sum(loss) for loss in losses]) / t)


def move(f: np.ndarray, y: np.ndarray, params: Params, lr: float) -> tuple[np.ndarray, Params]:
    """Return a minibatch's losses before the step, and the parameters after it."""
    losses, grads, _ = gradients(f, y, params)
    return losses, sgd_update(params, grads, lr)


def run(
    f: np.ndarray,
    y: np.ndarray,
    params: Params,
    lr: float,
    order: Order,
    *,
    step: Callable[..., tuple[np.ndarray, Params]] = move,
    whole: Callable[..., float] = total_over_items,
) -> list[tuple[Params, np.ndarray]]:
    """Train under one given order.

    Returns
    -------
    list of (params, losses)
        Twice where it ends: with the mean loss over the items of each epoch as the minibatches went
        by, and after the epoch.
    """
    running, after = [], []
    for epoch in order:
        losses = []
        for batch in epoch:
            rows = list(batch)
            loss, params = step(f[rows], y[rows], params, lr)
            losses.append(loss)
        running.append(whole(losses, len(y)))
        after.append(mean_loss(f, y, params))
    return [(params, np.array(running)), (params, np.array(after))]


def move_table(
    ids: np.ndarray, y: np.ndarray, E: np.ndarray, params: Params, lr: float
) -> tuple[np.ndarray, np.ndarray, Params]:
    """Return a minibatch's losses before the step, embedding table and parameters after it."""
    losses, grads, dk = gradients(embed(E, ids), y, params)
    dE = embed_backward(input_grad(dk, params["H"]), ids, len(E))
    moved = sgd_update({"E": E}, {"E": dE}, lr)["E"]
    return losses, moved, sgd_update(params, grads, lr)


def run_embeddings(
    ids: np.ndarray,
    y: np.ndarray,
    E: np.ndarray,
    params: Params,
    lr: float,
    order: Order,
    *,
    step: Callable[..., Any] = move_table,
    whole: Callable[..., float] = total_over_items,
) -> list[tuple[np.ndarray, Params, np.ndarray]]:
    """Train with an embedding table under one given order; see `run`."""
    running, after = [], []
    for epoch in order:
        losses = []
        for batch in epoch:
            rows = list(batch)
            loss, E, params = step(ids[rows], y[rows], E, params, lr)
            losses.append(loss)
        running.append(whole(losses, len(y)))
        after.append(mean_loss(embed(E, ids), y, params))
    return [(E, params, np.array(running)), (E, params, np.array(after))]
