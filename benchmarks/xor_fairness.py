"""Measure when xor training converges, over many initial seeds and legal orders of minibatches.

The check `train.train.converges` asks for a mean loss of at most 0.1 after a number of epochs. This
prints how many epochs the slowest of 500 initial seeds needs under each way to order the
minibatches, with either value of ReLU'(0), so that the limits in `rubric/train.py` can
be seen to be fair. All seeds train at once, as one array with a leading axis.

Run it with ``python benchmarks/xor_fairness.py`` from the project's folder.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "solution")]

from datasets import load  # noqa: E402
from train import init_params  # noqa: E402

SEEDS, HIDDEN_UNITS, LEARNING_RATE, LARGEST_LOSS, EPOCHS = 500, 32, 0.2, 0.1, 200

Order = Callable[[np.random.Generator, int], np.ndarray]

#: Orders of the four items, one for each seed, shape (SEEDS, 4): all are legal.
ORDERS: dict[str, Order] = {
    "a fresh permutation each epoch": lambda rng, epoch: rng.permuted(
        np.tile(np.arange(4), (SEEDS, 1)), axis=1
    ),
    "turned by one each epoch": lambda rng, epoch: np.tile(
        np.roll(np.arange(4), epoch), (SEEDS, 1)
    ),
    "there and back": lambda rng, epoch: np.tile(np.arange(4)[:: (-1) ** epoch], (SEEDS, 1)),
    "like labels together": lambda rng, epoch: np.tile(
        np.array([[0, 3, 1, 2], [1, 2, 0, 3]][epoch % 2]), (SEEDS, 1)
    ),
}


def stacked_params() -> dict[str, np.ndarray]:
    """Return the initial parameters of all seeds, each with a leading axis of seeds."""
    drawn = [init_params(2, HIDDEN_UNITS, 2, seed) for seed in range(SEEDS)]
    return {name: np.stack([params[name] for params in drawn]) for name in drawn[0]}


def probabilities(f: np.ndarray, p: dict[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    """Return k, h and o for all seeds; f has shape (SEEDS, t, 2)."""
    k = f @ p["H"] + p["b_H"]
    h = np.maximum(k, 0)
    z = h @ p["U"] + p["b_U"]
    e = np.exp(z - z.max(axis=2, keepdims=True))
    return k, h, e / e.sum(axis=2, keepdims=True)


def step(f: np.ndarray, T: np.ndarray, p: dict[str, np.ndarray], *, one_at_zero: bool) -> None:
    """Move all parameters, in place, by one minibatch for each seed."""
    k, h, o = probabilities(f, p)
    t = f.shape[1]
    dz = (o - T) / t
    gate = k >= 0 if one_at_zero else k > 0
    dk = (dz @ p["U"].transpose(0, 2, 1)) * gate
    p["H"] -= LEARNING_RATE * f.transpose(0, 2, 1) @ dk
    p["b_H"] -= LEARNING_RATE * dk.sum(axis=1, keepdims=True)
    p["U"] -= LEARNING_RATE * h.transpose(0, 2, 1) @ dz
    p["b_U"] -= LEARNING_RATE * dz.sum(axis=1, keepdims=True)


def epochs_needed(order: Order, batch_size: int, *, one_at_zero: bool) -> np.ndarray:
    """Return for each seed after which epoch the loss stays below the limit (inf: never)."""
    xor = load("xor")
    T = np.eye(2)[xor.y]
    params, rng = stacked_params(), np.random.default_rng(0)
    last_above = np.zeros(SEEDS)
    everything = np.broadcast_to(xor.f, (SEEDS, 4, 2))
    for epoch in range(EPOCHS):
        places = order(rng, epoch)
        for start in range(0, 4, batch_size):
            rows = places[:, start : start + batch_size]
            step(xor.f[rows], T[rows], params, one_at_zero=one_at_zero)
        o = probabilities(everything, params)[2]
        loss = -np.log((o * T).sum(axis=2)).mean(axis=1)
        last_above[loss > LARGEST_LOSS] = epoch + 1
    return np.where(last_above == EPOCHS, np.inf, last_above + 1)


def table() -> Iterator[tuple[str, int, str, np.ndarray]]:
    """Yield every way to train, with the epochs that each seed needs."""
    for name, order in ORDERS.items():
        for batch_size in (1, 2, 3, 4):
            for one_at_zero in (True, False):
                needed = epochs_needed(order, batch_size, one_at_zero=one_at_zero)
                yield name, batch_size, "1" if one_at_zero else "0", needed


def main() -> None:
    print(f"{SEEDS} initial seeds, {HIDDEN_UNITS} hidden units, learning rate {LEARNING_RATE}")
    print(f"{'order':<32}{'batch':>6}{'ReLU(0)':>9}{'converged':>11}{'median':>8}{'slowest':>9}")
    for name, batch_size, at_zero, needed in table():
        share = f"{np.isfinite(needed).sum()}/{SEEDS}"
        print(
            f"{name:<32}{batch_size:>6}{at_zero:>9}{share:>11}"
            f"{np.median(needed):>8.0f}{needed.max():>9.0f}"
        )


if __name__ == "__main__":
    main()
