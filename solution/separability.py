"""Why a linear model is not enough: affine maps, a step between them, and xor.

The notes' section 1. Two stacked affine maps are one affine map, so depth alone gains nothing. One
step function between them is enough to separate xor.
"""

import numpy as np


def affine(x: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Apply one affine map to every row of x.

    Parameters
    ----------
    x : np.ndarray, shape (t, p), float64
        One item per row. Not modified.
    W : np.ndarray, shape (p, q), float64
        Weights.
    b : np.ndarray, shape (1, q), float64
        Bias, the same for every item.

    Returns
    -------
    np.ndarray, shape (t, q), float64
        The mapped items.

    Notes
    -----
    Entry [s, j] is b_j + sum over i of x_si W_ij. Section 1, where g is computed from f (items are
    rows here, as from section 1.1 on).

    Examples
    --------
    The features f and weights of section 1, which give the notes' table of g1 and g2:

    >>> import numpy as np
    >>> from separability import affine
    >>> f = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    >>> affine(f, np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([[-1.0, 1.0]]))
    array([[ 1., -1.],
           [ 0.,  0.],
           [ 0.,  0.],
           [-1.,  1.]])
    """
    return x @ W + b


def compose_affine(
    W0: np.ndarray, b0: np.ndarray, W1: np.ndarray, b1: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Fold two affine maps into one.

    Parameters
    ----------
    W0 : np.ndarray, shape (p, q), float64
        Weights of the map that is applied first.
    b0 : np.ndarray, shape (1, q), float64
        Bias of the map that is applied first.
    W1 : np.ndarray, shape (q, r), float64
        Weights of the map that is applied second.
    b1 : np.ndarray, shape (1, r), float64
        Bias of the map that is applied second.

    Returns
    -------
    W : np.ndarray, shape (p, r), float64
        Weights of the one map equal to both.
    b : np.ndarray, shape (1, r), float64
        Its bias, with the leading 1.

    Notes
    -----
    For every x, ``affine(x, W, b)`` equals ``affine(affine(x, W0, b0), W1, b1)``. Section 1 derives
    W' and b' for a column x. Here an item is a row, which reverses the order of the factors.

    Examples
    --------
    >>> import numpy as np
    >>> from separability import compose_affine
    >>> W0, b0 = np.array([[1.0, 2.0]]), np.array([[0.0, 1.0]])
    >>> W1, b1 = np.array([[3.0], [4.0]]), np.array([[5.0]])
    >>> W, b = compose_affine(W0, b0, W1, b1)
    >>> W, b
    (array([[11.]]), array([[9.]]))
    """
    return W0 @ W1, b0 @ W1 + b1


def step(x: np.ndarray) -> np.ndarray:
    """Mark the positive entries with 1.0.

    Parameters
    ----------
    x : np.ndarray, any shape, float64
        Any finite numbers. Not modified.

    Returns
    -------
    np.ndarray, the shape of x, float64
        1.0 where x > 0, else 0.0. So 0.0 at 0.

    Notes
    -----
    The nonlinear step function at the end of section 1.

    Examples
    --------
    >>> import numpy as np
    >>> from separability import step
    >>> step(np.array([[-2.0, 0.0, 0.5]]))
    array([[0., 0., 1.]])
    """
    return np.where(x > 0, 1.0, 0.0)


def xor_by_hand() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Choose weights that solve xor by hand.

    Returns
    -------
    W : np.ndarray, shape (2, 2), float64
        Weights from the features f1, f2 to two hidden units.
    b : np.ndarray, shape (1, 2), float64
        Bias of the hidden units.
    w : np.ndarray, shape (2, 1), float64
        Weights from the stepped hidden units to the score.
    c : np.ndarray, shape (1, 1), float64
        Bias of the score.

    Notes
    -----
    The score of an item x is step(x W + b) w + c. It must be positive on the points of label a,
    (0, 0) and (1, 1), and negative on those of label b, (1, 0) and (0, 1). Many answers are right.

    This is the table of section 1: label a is where the two features are equal, the reverse of
    what most people call xor.

    Examples
    --------
    >>> import numpy as np
    >>> from separability import affine, step, xor_by_hand
    >>> f = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    >>> W, b, w, c = xor_by_hand()
    >>> np.sign(affine(step(affine(f, W, b)), w, c))
    array([[ 1.],
           [-1.],
           [-1.],
           [ 1.]])
    """
    # The notes' own weights: g1 = f1 + f2 - 1 and g2 = -g1. On (1, 1) g1 is 1, on (0, 0) g2 is 1,
    # and on the two points of label b both are exactly 0. So after the step, hidden unit 1 says
    # 'both on', hidden unit 2 says 'both off', and neither speaks for label b.
    W = np.array([[1.0, -1.0], [1.0, -1.0]])
    b = np.array([[-1.0, 1.0]])
    # The score is 'both on or both off': 1 - 1/2 on label a, 0 - 1/2 on label b.
    w = np.array([[1.0], [1.0]])
    c = np.array([[-0.5]])
    return W, b, w, c
