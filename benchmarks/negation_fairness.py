"""Measure how well negation is learned, over many seeds and legal orders of minibatches.

The check `train.train_embeddings.learns` asks for a share of right labels among sentences that were
not trained on. This prints the least share of all seeds under each way to order the minibatches,
with either value of ReLU'(0), so that the bar in `rubric/negation.py` can be seen to be fair.

Run it with ``python benchmarks/negation_fairness.py [SEEDS]`` from the project's folder.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "solution")]

from embeddings import embed, embed_backward, input_grad  # noqa: E402
from forward import forward  # noqa: E402
from relu_backward import hidden_grad  # noqa: E402
from rubric.negation import BATCH_SIZE, EPOCHS, RATE, RIGHT, make_problem  # noqa: E402
from softmax_ce import logits_grad  # noqa: E402
from updates import batch_gradients, sgd_update  # noqa: E402

Order = Callable[[np.random.Generator, int, np.ndarray], np.ndarray]

#: Orders of the items, by epoch: all are legal.
ORDERS: dict[str, Order] = {
    "a fresh permutation each epoch": lambda rng, epoch, y: rng.permutation(len(y)),
    "turned by seven each epoch": lambda rng, epoch, y: np.roll(np.arange(len(y)), 7 * epoch),
    "there and back": lambda rng, epoch, y: np.arange(len(y))[:: (-1) ** epoch],
    "like labels together": lambda rng, epoch, y: np.argsort(
        (y + epoch) % 2 + rng.random(len(y)) * 0.5
    ),
}


def learn(order: Order, seed: int, *, at_zero: float) -> float:
    """Return the share of held-out items with the right label, from the start of the check."""
    ids, y, E, params, held, held_y = make_problem()
    rng = np.random.default_rng(seed)
    for epoch in range(EPOCHS):
        rows = order(rng, epoch, y)
        for start in range(0, len(rows), BATCH_SIZE):
            batch = rows[start : start + BATCH_SIZE]
            x = embed(E, ids[batch])
            k, h, _, o = forward(x, *[params[name] for name in ("H", "b_H", "U", "b_U")])
            dz = logits_grad(o, y[batch])
            dk = hidden_grad(dz, params["U"]) * np.where(k == 0, at_zero, k > 0)
            names = ("H", "b_H", "U", "b_U")
            grads = dict(zip(names, batch_gradients(x, h, dk, dz), strict=True))
            dE = embed_backward(input_grad(dk, params["H"]), ids[batch], len(E))
            E, params = E - RATE * dE, sgd_update(params, grads, RATE)
    o = forward(embed(E, held), *[params[name] for name in ("H", "b_H", "U", "b_U")])[3]
    return float(np.mean(o.argmax(axis=1) == held_y))


def main(seeds: int) -> None:
    """Print the table."""
    print(f"share of right labels among held-out sentences, {seeds} seeds; the bar is {RIGHT:g}")
    print(f"{'order':<34}{'ReLU at 0':>10}{'least':>8}{'5 %':>8}{'mean':>8}")
    started, runs = time.process_time(), 0
    for name, order in ORDERS.items():
        for at_zero in (1.0, 0.0):
            shares = np.array([learn(order, seed, at_zero=at_zero) for seed in range(seeds)])
            runs += seeds
            low = np.quantile(shares, 0.05)
            print(f"{name:<34}{at_zero:>10g}{shares.min():8.2f}{low:8.2f}{shares.mean():8.2f}")
    print(f"{(time.process_time() - started) / runs:.2f} s of processor time for each")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
