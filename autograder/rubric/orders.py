"""Enumerate every legal order of minibatches, and what training comes to under each.

Training is shuffled by the student's own random numbers, so many results are right. With three or
four items and two epochs the orders can all be listed: a result is right if it is one of theirs,
and which one it is tells whether the order changed between the epochs.
"""

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograder.errors import RubricError
from autograder.values import decode, encode
from embeddings import embed, embed_backward, input_grad
from forward import cross_entropy, forward
from relu_backward import hidden_grad, relu_backward
from softmax_ce import logits_grad
from updates import batch_gradients, sgd_update

__all__ = ["embedding_outcomes", "epoch_orders", "every_run", "run", "training_outcomes"]

Epoch = tuple[tuple[int, ...], ...]
Params = dict[str, np.ndarray]

#: A pre-activation nearer to 0 than this on the way would make the result depend on ReLU'(0).
KINK_DISTANCE = 1e-3


def epoch_orders(t: int, batch_size: int) -> list[Epoch]:
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


def mean_loss(f: np.ndarray, y: np.ndarray, params: Params) -> float:
    """Return the mean loss over all items."""
    o = forward(f, params["H"], params["b_H"], params["U"], params["b_U"])[-1]
    return float(np.mean(cross_entropy(o, y)))


def gradients(
    f: np.ndarray, y: np.ndarray, params: Params
) -> tuple[np.ndarray, Params, np.ndarray]:
    """Return a minibatch's losses, the parameters' mean gradients, and dl/df of each item."""
    k, h, _, o = forward(f, params["H"], params["b_H"], params["U"], params["b_U"])
    if np.abs(k).min() < KINK_DISTANCE:
        raise RubricError(
            "training comes too near to k = 0: choose other parameters for this check"
        )
    dz = logits_grad(o, y)
    dk = relu_backward(hidden_grad(dz, params["U"]), k)
    dH, db_H, dU, db_U = batch_gradients(f, h, dk, dz)
    named = {"H": dH, "b_H": db_H, "U": dU, "b_U": db_U}
    return cross_entropy(o, y), named, input_grad(dk, params["H"])


def run(
    f: np.ndarray, y: np.ndarray, params: Params, lr: float, epochs: Sequence[Epoch]
) -> tuple[Params, np.ndarray, np.ndarray]:
    """Train under one given order.

    Returns
    -------
    params : dict
        Where it ends.
    running, after : numpy.ndarray, shape (epochs,)
        The mean loss over the items of each epoch, as the minibatches went by, and after the epoch.
    """
    running, after = [], []
    for epoch in epochs:
        losses = []
        for batch in epoch:
            rows = list(batch)
            loss, grads, _ = gradients(f[rows], y[rows], params)
            params = sgd_update(params, grads, lr)
            losses.append(loss)
        running.append(np.concatenate(losses).mean())
        after.append(mean_loss(f, y, params))
    return params, np.array(running), np.array(after)


@functools.lru_cache(maxsize=256)
def _cached_runs(problem: bytes, lr: float, epochs: int, batch_size: int) -> tuple[Any, ...]:
    f, y, params = decode(problem)
    orders = itertools.product(epoch_orders(len(y), batch_size), repeat=epochs)
    return tuple([run(f, y, params, lr, order) for order in orders])


def every_run(
    f: np.ndarray, y: np.ndarray, params: Params, lr: float, epochs: int, batch_size: int
) -> tuple[tuple[Params, np.ndarray, np.ndarray], ...]:
    """Return what `run` gives under every legal order; computed once for equal arguments."""
    return _cached_runs(encode((f, y, params)), lr, epochs, batch_size)


def training_outcomes(
    f: np.ndarray,
    y: np.ndarray,
    params: Params,
    lr: float,
    epochs: int,
    batch_size: int,
    seed: int,
) -> list[tuple[Params, np.ndarray]]:
    """Return every right (params, losses), two for each order: running losses, and after."""
    runs = every_run(f, y, params, lr, epochs, batch_size)
    return [(trained, losses) for trained, *both in runs for losses in both]


def embedding_outcomes(
    ids: np.ndarray,
    y: np.ndarray,
    E: np.ndarray,
    params: Params,
    lr: float,
    epochs: int,
    batch_size: int,
    seed: int,
) -> list[tuple[np.ndarray, Params, np.ndarray]]:
    """Return every right (E, params, losses) of `train_embeddings`."""
    outcomes = []
    for order in itertools.product(epoch_orders(len(y), batch_size), repeat=epochs):
        trained = run_embeddings(ids, y, E, params, lr, order)
        table, moved, running, after = trained
        outcomes += [(table, moved, running), (table, moved, after)]
    return outcomes


def run_embeddings(
    ids: np.ndarray,
    y: np.ndarray,
    E: np.ndarray,
    params: Params,
    lr: float,
    epochs: Sequence[Epoch],
    *,
    table_gradient: Callable[..., np.ndarray] = embed_backward,
) -> tuple[np.ndarray, Params, np.ndarray, np.ndarray]:
    """Train with an embedding table under one given order; see `run`."""
    running, after = [], []
    for epoch in epochs:
        losses: list[Any] = []
        for batch in epoch:
            rows = list(batch)
            loss, grads, df = gradients(embed(E, ids[rows]), y[rows], params)
            dE = table_gradient(df, ids[rows], len(E))
            params = sgd_update(params, grads, lr)
            E = E - lr * dE
            losses.append(loss)
        running.append(np.concatenate(losses).mean())
        after.append(mean_loss(embed(E, ids), y, params))
    return E, params, np.array(running), np.array(after)
