"""The perceptron: correct theta wherever its prediction is wrong, until there is no mistake."""

import numpy as np

from features import joint_features, predict


def perceptron_update(theta: np.ndarray, c: np.ndarray, y: np.ndarray, m: int) -> np.ndarray:
    """Correct theta for one text, if it predicts the wrong label.

    Parameters
    ----------
    theta : np.ndarray, shape (m*V,), float64
        The weights. Not modified.
    c : np.ndarray, shape (1, V), float64
        The counts of one text. Not modified.
    y : np.ndarray, shape (1,), int
        Its gold label. Not modified.
    m : int
        The number of labels.

    Returns
    -------
    np.ndarray, shape (m*V,), float64
        theta + f(x, y) - f(x, yhat), where yhat is the predicted label. If yhat is y, theta stays
        as it is.

    Examples
    --------
    >>> import numpy as np
    >>> from perceptron import perceptron_update
    >>> perceptron_update(np.zeros(4), np.array([[2.0, 1.0]]), np.array([1]), 2)
    array([-2., -1.,  2.,  1.])
    """
    raise NotImplementedError(
        "perceptron.perceptron_update: correct theta for one text, if it predicts the wrong label"
    )


def train_perceptron(
    c: np.ndarray, y: np.ndarray, m: int, epochs: int
) -> tuple[np.ndarray, np.ndarray]:
    """Train until an epoch passes without a mistake.

    Parameters
    ----------
    c : np.ndarray, shape (t, V), float64
        The counts of each text. Not modified.
    y : np.ndarray, shape (t,), int
        The gold labels. Not modified.
    m : int
        The number of labels.
    epochs : int
        How many epochs there are at most; at least 1.

    Returns
    -------
    theta : np.ndarray, shape (m*V,), float64
        The weights after the last epoch. They start as zeros.
    mistakes : np.ndarray, shape (epochs that were run,), int
        How many texts were predicted wrongly in each epoch, each one before its own update. The
        last number is 0 if the data can be separated and there were enough epochs.

    Notes
    -----
    In every epoch, the texts come one after the other, in the order of their rows. Each one is
    predicted with the weights as the one before has left them.

    Examples
    --------
    >>> import numpy as np
    >>> from perceptron import train_perceptron
    >>> c, y = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0, 1])
    >>> train_perceptron(c, y, 2, 10)
    (array([ 0., -1.,  0.,  1.]), array([1, 0]))
    """
    raise NotImplementedError(
        "perceptron.train_perceptron: train until an epoch passes without a mistake"
    )
