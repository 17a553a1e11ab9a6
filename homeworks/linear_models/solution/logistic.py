"""Logistic regression: probabilities, their loss, its gradient, and descent in minibatches."""

import numpy as np

from features import joint_features, scores


def probabilities(c: np.ndarray, theta: np.ndarray, m: int) -> np.ndarray:
    """Turn the scores of each text into probabilities that add up to 1.

    Parameters
    ----------
    c : np.ndarray, shape (t, V), float64
        The counts of each text. Not modified.
    theta : np.ndarray, shape (m*V,), float64
        The weights. Not modified.
    m : int
        The number of labels.

    Returns
    -------
    np.ndarray, shape (t, m), float64
        Entry [s, i] is P(i | x_s), proportional to exp of the score. Finite for all scores.

    Examples
    --------
    >>> import numpy as np
    >>> from logistic import probabilities
    >>> probabilities(np.array([[2.0, 1.0]]), np.zeros(4), 2)
    array([[0.5, 0.5]])
    """
    z = scores(c, theta, m)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def loss(c: np.ndarray, y: np.ndarray, theta: np.ndarray, m: int) -> float:
    """Average -log P(y | x) over the texts.

    Parameters
    ----------
    c, theta, m
        As in `probabilities`. Not modified.
    y : np.ndarray, shape (t,), int
        The gold labels. Not modified.

    Returns
    -------
    float
        The mean loss, in nats. Finite for all scores, also where P(y | x) is too small for a
        float: log of the sum of exp(z) is largest + log of the sum of exp(z - largest).

    Examples
    --------
    >>> import numpy as np
    >>> from logistic import loss
    >>> float(loss(np.array([[2.0, 1.0]]), np.array([1]), np.zeros(4), 2).round(3))
    0.693
    """
    z = scores(c, theta, m)
    largest = z.max(axis=1)
    log_sum = largest + np.log(np.exp(z - largest[:, None]).sum(axis=1))
    return (log_sum - z[np.arange(len(y)), y]).mean()


def loss_grad(c: np.ndarray, y: np.ndarray, theta: np.ndarray, m: int) -> np.ndarray:
    """Differentiate the mean loss with respect to theta.

    Parameters
    ----------
    c, y, theta, m
        As in `loss`. Not modified.

    Returns
    -------
    np.ndarray, shape (m*V,), float64
        The mean over the texts of what the model expects less what is there: the sum over all
        labels i of P(i | x) f(x, i), minus f(x, y).

    Examples
    --------
    >>> import numpy as np
    >>> from logistic import loss_grad
    >>> loss_grad(np.array([[2.0, 1.0]]), np.array([1]), np.zeros(4), 2)
    array([ 1. ,  0.5, -1. , -0.5])
    """
    p = probabilities(c, theta, m)
    expected = (p[:, :, None] * c[:, None, :]).reshape(len(c), m * c.shape[1])
    return (expected - joint_features(c, y, m)).mean(axis=0)


def sgd_step(theta: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
    """Move theta against the gradient.

    Parameters
    ----------
    theta : np.ndarray, shape (m*V,), float64
        The weights. Not modified.
    grad : np.ndarray, shape (m*V,), float64
        The gradient of the loss with respect to theta. Not modified.
    lr : float
        The learning rate.

    Returns
    -------
    np.ndarray, shape (m*V,), float64
        The weights after the step.

    Examples
    --------
    >>> import numpy as np
    >>> from logistic import sgd_step
    >>> sgd_step(np.array([1.0, 0.0]), np.array([0.5, -1.0]), 0.5)
    array([0.75, 0.5 ])
    """
    return theta - lr * grad


def train_logistic(
    c: np.ndarray,
    y: np.ndarray,
    m: int,
    lr: float,
    epochs: int,
    batch_size: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Train theta by gradient descent in minibatches.

    Parameters
    ----------
    c : np.ndarray, shape (t, V), float64
        The counts of each text. Not modified.
    y : np.ndarray, shape (t,), int
        The gold labels. Not modified.
    m : int
        The number of labels.
    lr : float
        The learning rate.
    epochs : int
        How often all texts are seen; at least 1.
    batch_size : int
        How many texts a minibatch has. The last one of an epoch may have fewer, and its gradient is
        the mean over those.

    Returns
    -------
    theta : np.ndarray, shape (m*V,), float64
        The weights after the last epoch. They start as zeros.
    losses : np.ndarray, shape (epochs,), float64
        The mean loss over all texts after each epoch.

    Notes
    -----
    The minibatches follow one another in the order of the rows: the first batch_size texts, then
    the next ones. Each one makes one step.

    Examples
    --------
    >>> import numpy as np
    >>> from logistic import train_logistic
    >>> c, y = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0, 1])
    >>> theta, losses = train_logistic(c, y, 2, 1.0, 3, 2)
    >>> losses.round(3)
    array([0.474, 0.348, 0.27 ])
    """
    theta = np.zeros(m * c.shape[1])
    losses = []
    for _ in range(epochs):
        for start in range(0, len(y), batch_size):
            rows = slice(start, start + batch_size)
            theta = sgd_step(theta, loss_grad(c[rows], y[rows], theta, m), lr)
        losses.append(loss(c, y, theta, m))
    return theta, np.array(losses)
