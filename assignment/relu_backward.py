"""The gradient carried back through the hidden layer, item by item, not yet averaged.

The notes' section 1.3: dl/dh from dl/dz, and dl/dk from dl/dh.
"""

import numpy as np

from activations import relu_grad


def hidden_grad(dz: np.ndarray, U: np.ndarray) -> np.ndarray:
    """Carry the gradient back through U.

    Parameters
    ----------
    dz : np.ndarray, shape (t, m), float64
        Gradient dl/dz of each item. Not modified.
    U : np.ndarray, shape (v, m), float64
        Output weights.

    Returns
    -------
    np.ndarray, shape (t, v), float64
        Gradient dl/dh of each item. Not averaged.

    Notes
    -----
    z = h U + b_U, so entry [s, j] is the sum over i of dl/dz_si U_ji. Section 1.3.

    Examples
    --------
    >>> import numpy as np
    >>> from relu_backward import hidden_grad
    >>> U = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> hidden_grad(np.array([[-0.5, 0.5]]), U)
    array([[0.5, 0.5, 0.5]])
    """
    raise NotImplementedError("relu_backward.hidden_grad: carry the gradient back through U")


def relu_backward(dh: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Carry the gradient back through ReLU.

    Parameters
    ----------
    dh : np.ndarray, shape (t, v), float64
        Gradient dl/dh of each item. Not modified.
    k : np.ndarray, shape (t, v), float64
        Hidden pre-activation, the input of ReLU. Not modified.

    Returns
    -------
    np.ndarray, shape (t, v), float64
        Gradient dl/dk of each item. Not averaged.

    Notes
    -----
    dl/dk is dl/dh where k >= 0, and 0 where k < 0. At k = 0 ReLU's derivative is 1, as the notes
    define it (section 1.3, dh/dk).

    Examples
    --------
    >>> import numpy as np
    >>> from relu_backward import relu_backward
    >>> relu_backward(np.array([[5.0, 6.0, 7.0]]), np.array([[-1.0, 0.0, 1.0]]))
    array([[0., 6., 7.]])
    """
    raise NotImplementedError("relu_backward.relu_backward: carry the gradient back through ReLU")
