"""One way to write every training that goes wrong in one place.

A training of the network alone and one with an embedding table differ in what an item is (its
features, its words) and in whether E is among the parameters. Here E is one of the parameters, so
that the same wrong training can be declared for both.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from embeddings import embed, embed_backward, input_grad
from rubric.orders import Order, Params, gradients, mean_loss, total_over_items
from updates import sgd_update

__all__ = ["Training", "of_embeddings", "of_network"]

#: From a minibatch's items and labels, and the parameters, to its losses and their gradients.
Gradients = Callable[..., tuple[np.ndarray, Params]]


@dataclass(frozen=True)
class Training:
    """What a training is given; `run` trains under one order, rightly but for what it is told."""

    items: np.ndarray
    y: np.ndarray
    start: Params
    lr: float
    batch_size: int

    def gradients(self, items: np.ndarray, y: np.ndarray, params: Params) -> Any:
        """Return a minibatch's losses and the mean gradients, E's too where there is one."""
        if "E" not in params:
            losses, grads, _ = gradients(items, y, params)
            return losses, grads
        losses, grads, dk = gradients(embed(params["E"], items), y, params)
        dE = embed_backward(input_grad(dk, params["H"]), items, len(params["E"]))
        return losses, grads | {"E": dE}

    def move(self, items: np.ndarray, y: np.ndarray, params: Params) -> tuple[Any, Params]:
        """Return a minibatch's losses before the right step, and the parameters after it."""
        losses, grads = self.gradients(items, y, params)
        return losses, sgd_update(params, grads, self.lr)

    def mean_loss(self, params: Params) -> float:
        """Return the mean loss over all items."""
        return mean_loss(
            embed(params["E"], self.items) if "E" in params else self.items, self.y, params
        )

    def run(
        self,
        order: Order,
        *,
        move: Callable[..., tuple[Any, Params]] | None = None,
        whole: Callable[[list[Any], int], float] = total_over_items,
    ) -> list[tuple[Params, np.ndarray]]:
        """Train under one order; return parameters and losses, both as `orders.run` has them."""
        params, running, after = self.start, [], []
        for epoch in order:
            losses = []
            for batch in epoch:
                rows = list(batch)
                loss, params = (move or self.move)(self.items[rows], self.y[rows], params)
                losses.append(loss)
            running.append(whole(losses, len(self.y)))
            after.append(self.mean_loss(params))
        return [(params, np.array(running)), (params, np.array(after))]


#: A wrong training: from what is given, and an order, to all that may come of it.
Wrong = Callable[[Training, Order], list[tuple[Params, np.ndarray]]]


def of_network(wrong: Wrong) -> Callable[..., Any]:
    """Return a wrong training as a wrong `train`."""

    def train(f, y, params, lr, batch_size, order):
        return wrong(Training(f, y, params, lr, batch_size), order)

    return train


def of_embeddings(wrong: Wrong) -> Callable[..., Any]:
    """Return a wrong training as a wrong `train_embeddings`."""

    def train_embeddings(ids, y, E, params, lr, batch_size, order):
        ended = wrong(Training(ids, y, params | {"E": E}, lr, batch_size), order)
        return [(end["E"], {n: p for n, p in end.items() if n != "E"}, loss) for end, loss in ended]

    return train_embeddings
