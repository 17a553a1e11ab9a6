"""Minibatch gradient descent from random parameters to a trained network.

The notes' sections 1.1, 1.3 and 1.4 put together. Parameters travel as a dict with the keys
``"H"``, ``"b_H"``, ``"U"`` and ``"b_U"``. The embedding table E travels beside it.
"""

from collections.abc import Iterator

import numpy as np

from embeddings import embed, embed_backward, input_grad
from forward import cross_entropy, forward
from relu_backward import hidden_grad, relu_backward
from softmax_ce import logits_grad
from updates import batch_gradients, sgd_update


def init_params(d: int, v: int, m: int, seed: int) -> dict[str, np.ndarray]:
    """Draw small random weights and zero biases.

    Parameters
    ----------
    d : int, at least 1
        Number of input features.
    v : int, at least 1
        Number of hidden units.
    m : int, at least 1
        Number of labels.
    seed : int, at least 0
        The same seed gives the same parameters, another seed gives others.

    Returns
    -------
    dict[str, np.ndarray]
        ``"H"`` (d, v), ``"b_H"`` (1, v), ``"U"`` (v, m) and ``"b_U"`` (1, m), all float64.

    Notes
    -----
    The notes leave the starting point open (section 1.1). Equal weights would stay equal, so the
    weights are random. They are scaled by their number of inputs, so that neither layer saturates.

    Examples
    --------
    >>> from train import init_params
    >>> params = init_params(2, 8, 3, 0)
    >>> {name: param.shape for name, param in params.items()}
    {'H': (2, 8), 'b_H': (1, 8), 'U': (8, 3), 'b_U': (1, 3)}
    """
    rng = np.random.default_rng(seed)
    return {
        # He's factor 2: ReLU passes on half of what arrives, and h should be about as large as f.
        "H": rng.normal(size=(d, v)) * np.sqrt(2.0 / d),
        "b_H": np.zeros((1, v)),
        "U": rng.normal(size=(v, m)) * np.sqrt(1.0 / v),
        "b_U": np.zeros((1, m)),
    }


def _batches(rng: np.random.Generator, t: int, batch_size: int) -> Iterator[np.ndarray]:
    """Yield the item numbers of each minibatch of one freshly shuffled epoch."""
    order = rng.permutation(t)
    for start in range(0, t, batch_size):
        yield order[start : start + batch_size]


def _backpropagate(
    f: np.ndarray, y: np.ndarray, params: dict[str, np.ndarray]
) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """Return one minibatch's losses (one per item), its mean gradients by name, and dl/dk."""
    k, h, _, o = forward(f, params["H"], params["b_H"], params["U"], params["b_U"])
    dz = logits_grad(o, y)
    dk = relu_backward(hidden_grad(dz, params["U"]), k)
    dH, db_H, dU, db_U = batch_gradients(f, h, dk, dz)
    return cross_entropy(o, y), {"H": dH, "b_H": db_H, "U": dU, "b_U": db_U}, dk


def train(
    f: np.ndarray,
    y: np.ndarray,
    params: dict[str, np.ndarray],
    lr: float,
    epochs: int,
    batch_size: int,
    seed: int,
) -> tuple[dict[str, np.ndarray], list[float]]:
    """Fit the network by minibatch gradient descent.

    Parameters
    ----------
    f : np.ndarray, shape (t, d), float64
        Input features of all items.
    y : np.ndarray, shape (t,), int
        Gold labels, 0 to m - 1.
    params : dict[str, np.ndarray]
        Where to start: ``"H"``, ``"b_H"``, ``"U"``, ``"b_U"``, shaped as by ``init_params``.
    lr : float
        Learning rate.
    epochs : int, at least 0
        How often every item is seen.
    batch_size : int, at least 1
        Items in a minibatch. The last one of an epoch is smaller where t is not a multiple of it.
    seed : int, at least 0
        Seed of the shuffling. The same seed gives the same result.

    Returns
    -------
    params : dict[str, np.ndarray]
        The trained parameters, a new dict.
    losses : list[float]
        One number for each epoch: the mean loss over the t items, each item counted once, either as
        the minibatches went by or after the epoch.

    Notes
    -----
    Each epoch visits every item exactly once, in a new random order. Each
    minibatch makes one update with its mean gradient, the smaller last one too (section 1.3). No
    argument is modified.

    Examples
    --------
    >>> import numpy as np
    >>> from train import init_params, predict, train
    >>> f = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    >>> y = np.array([0, 0, 1, 1])
    >>> params, losses = train(f, y, init_params(1, 4, 2, 0), 0.5, 50, 3, 0)
    >>> len(losses), losses[-1] < losses[0]
    (50, True)
    >>> predict(f, params)
    array([0, 0, 1, 1])
    """
    rng = np.random.default_rng(seed)
    params, losses = dict(params), []
    for _ in range(epochs):
        total = 0.0
        for batch in _batches(rng, len(y), batch_size):
            batch_losses, grads, _ = _backpropagate(f[batch], y[batch], params)
            params = sgd_update(params, grads, lr)
            # Summed over items, so that a short minibatch weighs no more than its items do.
            total += batch_losses.sum()
        losses.append(float(total / len(y)))
    return params, losses


def train_embeddings(
    ids: np.ndarray,
    y: np.ndarray,
    E: np.ndarray,
    params: dict[str, np.ndarray],
    lr: float,
    epochs: int,
    batch_size: int,
    seed: int,
) -> tuple[np.ndarray, dict[str, np.ndarray], list[float]]:
    """Fit the network and its embedding table.

    Parameters
    ----------
    ids : np.ndarray, shape (t, n), int
        Word ids of all items, 0 to V - 1.
    y : np.ndarray, shape (t,), int
        Gold labels, 0 to m - 1.
    E : np.ndarray, shape (V, e), float64
        Embedding table to start from.
    params : dict[str, np.ndarray]
        Where to start: ``"H"``, ``"b_H"``, ``"U"``, ``"b_U"``, shaped as by ``init_params`` with
        d = n*e.
    lr : float
        Learning rate, of the embedding table too.
    epochs : int, at least 0
        How often every item is seen.
    batch_size : int, at least 1
        Items in a minibatch. The last one of an epoch is smaller where t is not a multiple of it.
    seed : int, at least 0
        Seed of the shuffling. The same seed gives the same result.

    Returns
    -------
    E : np.ndarray, shape (V, e), float64
        The trained embedding table.
    params : dict[str, np.ndarray]
        The trained parameters, a new dict.
    losses : list[float]
        One number for each epoch, as ``train`` gives them.

    Notes
    -----
    As ``train``, with the items' embeddings for features (section 1.4). Every minibatch updates E
    as well. All its gradients are taken at the parameters before the update. No argument is
    modified.

    Examples
    --------
    Two words, 'not' (0) and 'good' (1). An item is negative (0) where it contains 'not':

    >>> import numpy as np
    >>> from embeddings import embed
    >>> from train import init_params, predict, train_embeddings
    >>> ids, y = np.array([[0, 1], [1, 0], [1, 1]]), np.array([0, 0, 1])
    >>> E = np.array([[0.5, -0.5], [-0.5, 0.5]])
    >>> E, params, losses = train_embeddings(ids, y, E, init_params(4, 8, 2, 0), 0.5, 100, 2, 0)
    >>> predict(embed(E, ids), params)
    array([0, 0, 1])
    """
    rng = np.random.default_rng(seed)
    params, losses = dict(params), []
    for _ in range(epochs):
        total = 0.0
        for batch in _batches(rng, len(y), batch_size):
            f = embed(E, ids[batch])
            batch_losses, grads, dk = _backpropagate(f, y[batch], params)
            # Before H moves: dl/df is taken at the H that made these losses.
            dE = embed_backward(input_grad(dk, params["H"]), ids[batch], len(E))
            params = sgd_update(params, grads, lr)
            E = sgd_update({"E": E}, {"E": dE}, lr)["E"]
            total += batch_losses.sum()
        losses.append(float(total / len(y)))
    return E, params, losses


def predict(f: np.ndarray, params: dict[str, np.ndarray]) -> np.ndarray:
    """Choose the most probable label of each item.

    Parameters
    ----------
    f : np.ndarray, shape (t, d), float64
        Input features, one item per row.
    params : dict[str, np.ndarray]
        ``"H"``, ``"b_H"``, ``"U"``, ``"b_U"``, shaped as by ``init_params``. Not modified.

    Returns
    -------
    np.ndarray, shape (t,), int
        Labels, 0 to m - 1.

    Notes
    -----
    The label y whose probability o_y is the largest of the item's row, section 1.3.

    Examples
    --------
    >>> import numpy as np
    >>> from train import predict
    >>> params = {"H": np.array([[1.0, -1.0]]), "b_H": np.zeros((1, 2)),
    ...           "U": np.array([[0.0, 1.0], [1.0, 0.0]]), "b_U": np.zeros((1, 2))}
    >>> predict(np.array([[-3.0], [2.0]]), params)
    array([0, 1])
    """
    *_, o = forward(f, params["H"], params["b_H"], params["U"], params["b_U"])
    return o.argmax(axis=1)
