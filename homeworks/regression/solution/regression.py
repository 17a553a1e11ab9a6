"""Linear regression: a prediction, its error, the error's gradient, and a step against it."""

import numpy as np


def predict(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Predict a number for each item: x w.

    Parameters
    ----------
    x : np.ndarray, shape (n, p)
        One item per row.
    w : np.ndarray, shape (p, 1)
        The weights.

    Returns
    -------
    np.ndarray, shape (n, 1)
    """
    return x @ w


def error(x: np.ndarray, w: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Average the squared differences between predictions and targets.

    Parameters
    ----------
    x, w : np.ndarray
        As in `predict`.
    y : np.ndarray, shape (n, 1)
        What should have been predicted.

    Returns
    -------
    float
    """
    return np.mean((predict(x, w) - y) ** 2)


def error_grad(x: np.ndarray, w: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Differentiate the error with respect to w.

    Parameters
    ----------
    x, w, y : np.ndarray
        As in `error`.

    Returns
    -------
    np.ndarray, shape (p, 1)
    """
    return 2 * x.T @ (predict(x, w) - y) / len(x)


def step(w: np.ndarray, grad: np.ndarray, rate: float) -> np.ndarray:
    """Move the weights against the gradient.

    Parameters
    ----------
    w : np.ndarray, shape (p, 1)
        The weights; not modified.
    grad : np.ndarray, shape (p, 1)
        The gradient of the error with respect to w.
    rate : float
        The learning rate.

    Returns
    -------
    np.ndarray, shape (p, 1)
    """
    return w - rate * grad
