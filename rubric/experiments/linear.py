"""The linear model that the network is compared with: one weight for each word in each place.

It sees the same windows and is trained in the same way, by softmax and cross-entropy in
minibatches; it is the grader's own, so that it is right whatever the student's functions do.
"""

import numpy as np

__all__ = ["Linear"]


class Linear:
    """A linear model of windows: z_s = b + W[place, word] summed over the places.

    Parameters
    ----------
    ids : numpy.ndarray, shape (t, n)
        The windows to learn.
    y : numpy.ndarray, shape (t,)
        Their labels.
    m, size : int
        How many labels and how many ids there are.
    """

    def __init__(self, ids: np.ndarray, y: np.ndarray, m: int, size: int) -> None:
        self._ids = self._place(ids, size)
        self._T = np.eye(m)[y]
        self._W = np.zeros((ids.shape[1] * size, m))
        self._b = np.zeros(m)
        self._size = size

    @staticmethod
    def _place(ids: np.ndarray, size: int) -> np.ndarray:
        return ids + size * np.arange(ids.shape[1])

    def run_epoch(self, lr: float, batch_size: int, seed: int) -> None:
        """Train for one epoch."""
        order = np.random.default_rng(seed).permutation(len(self._ids))
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            z = self._score(self._ids[batch])
            o = np.exp(z - z.max(axis=1, keepdims=True))
            dz = (o / o.sum(axis=1, keepdims=True) - self._T[batch]) * (lr / len(batch))
            np.subtract.at(self._W, self._ids[batch], dz[:, None, :])
            self._b -= dz.sum(axis=0)

    def measure(self, ids: np.ndarray, y: np.ndarray) -> float:
        """Return which share of windows has the right label."""
        z = self._score(self._place(ids, self._size))
        return float(np.mean(z.argmax(axis=1) == y))

    def _score(self, placed: np.ndarray) -> np.ndarray:
        scores: np.ndarray = self._b + self._W[placed].sum(axis=1)
        return scores
