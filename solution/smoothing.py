"""Label smoothing, extra credit: cross-entropy against labels that are not quite certain.

The remark in section 1.3 of the notes: one-hot truth is convenient and not realistic.
"""

import numpy as np

from softmax_ce import one_hot


def smooth_labels(y: np.ndarray, m: int, epsilon: float) -> np.ndarray:
    """Write labels as rows of probabilities.

    Parameters
    ----------
    y : np.ndarray, shape (t,), int
        Gold labels, 0 to m - 1. Not modified.
    m : int, at least 2
        The number of labels, including those that do not occur in y.
    epsilon : float, at least 0, below 1
        How much of each item's probability is spread over all m labels, the gold one included.

    Returns
    -------
    np.ndarray, shape (t, m), float64
        (1 - epsilon) T + epsilon / m. Each row sums to 1.

    Notes
    -----
    The footnote on label smoothing, section 1.3. Elsewhere, epsilon is sometimes spread over the
    m - 1 other labels, epsilon / (m - 1) each. Here the gold label has its share.

    Examples
    --------
    >>> import numpy as np
    >>> from smoothing import smooth_labels
    >>> smooth_labels(np.array([2, 0]), 4, 0.5)
    array([[0.125, 0.125, 0.625, 0.125],
           [0.625, 0.125, 0.125, 0.125]])
    """
    return (1.0 - epsilon) * one_hot(y, m) + epsilon / m


def smoothed_cross_entropy(o: np.ndarray, y: np.ndarray, epsilon: float) -> np.ndarray:
    """Compute each item's smoothed loss.

    Parameters
    ----------
    o : np.ndarray, shape (t, m), float64
        Label probabilities, every entry at least 1e-6. Not modified.
    y : np.ndarray, shape (t,), int
        Gold labels, 0 to m - 1.
    epsilon : float, at least 0, below 1
        As in `smooth_labels`.

    Returns
    -------
    np.ndarray, shape (t,), float64
        Loss of each item. Not averaged.

    Notes
    -----
    Minus the sum of the smoothed label times log(o_i) over all i. With epsilon 0, only -log(o_y) is
    left of it, the loss of section 1.3.

    Examples
    --------
    >>> import numpy as np
    >>> from smoothing import smoothed_cross_entropy
    >>> smoothed_cross_entropy(np.array([[0.5, 0.25, 0.25]]), np.array([0]), 0.0)
    array([0.69314718])
    >>> smoothed_cross_entropy(np.array([[0.5, 0.25, 0.25]]), np.array([0]), 0.5)
    array([0.92419624])
    """
    return -(smooth_labels(y, o.shape[1], epsilon) * np.log(o)).sum(axis=1)


def smoothed_logits_grad(o: np.ndarray, y: np.ndarray, epsilon: float) -> np.ndarray:
    """Compute dl/dz under smoothed labels.

    Parameters
    ----------
    o : np.ndarray, shape (t, m), float64
        Label probabilities, the softmax of the logits, every entry at least 1e-6. Not modified.
    y : np.ndarray, shape (t,), int
        Gold labels, 0 to m - 1.
    epsilon : float, at least 0, below 1
        As in `smooth_labels`.

    Returns
    -------
    np.ndarray, shape (t, m), float64
        Gradient of each item. Not averaged.

    Notes
    -----
    Equation (1), section 1.3, with the smoothed labels in place of T. Each row sums to 0.

    Examples
    --------
    >>> import numpy as np
    >>> from smoothing import smoothed_logits_grad
    >>> smoothed_logits_grad(np.array([[0.5, 0.25, 0.25]]), np.array([0]), 0.75)
    array([[0., 0., 0.]])
    """
    return o - smooth_labels(y, o.shape[1], epsilon)
