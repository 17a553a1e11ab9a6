"""The parameters' gradients, averaged over the minibatch, and one step of gradient descent.

The notes' section 1.3: the update of a batch takes the average over its items.
"""

import numpy as np


def batch_gradients(
    f: np.ndarray, h: np.ndarray, dk: np.ndarray, dz: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Average the parameters' gradients.

    Parameters
    ----------
    f : np.ndarray, shape (t, d), float64
        Input features, one item per row.
    h : np.ndarray, shape (t, v), float64
        Hidden activation.
    dk : np.ndarray, shape (t, v), float64
        Gradient dl/dk of each item, not averaged.
    dz : np.ndarray, shape (t, m), float64
        Gradient dl/dz of each item, not averaged.

    Returns
    -------
    dH : np.ndarray, shape (d, v), float64
        Gradient of the hidden weights.
    db_H : np.ndarray, shape (1, v), float64
        Gradient of the hidden bias, with the leading 1.
    dU : np.ndarray, shape (v, m), float64
        Gradient of the output weights.
    db_U : np.ndarray, shape (1, m), float64
        Gradient of the output bias, with the leading 1.

    Notes
    -----
    All four, the biases' too, are means over the t items. Entry [i, j] of dH is (1/t) times the sum
    over s of f_si dl/dk_sj, and of dU the same with h and dl/dz. A bias is added without a factor,
    so its gradient is the mean of dl/dk or dl/dz itself. Section 1.3. No argument is modified.

    Examples
    --------
    >>> import numpy as np
    >>> from updates import batch_gradients
    >>> f, h = np.array([[1.0], [3.0]]), np.array([[1.0, 0.0], [0.0, 2.0]])
    >>> dk, dz = np.array([[4.0, 0.0], [0.0, 2.0]]), np.array([[2.0], [-1.0]])
    >>> dH, db_H, dU, db_U = batch_gradients(f, h, dk, dz)
    >>> dH, db_H
    (array([[2., 3.]]), array([[2., 1.]]))
    >>> dU, db_U
    (array([[ 1.],
           [-1.]]), array([[0.5]]))
    """
    t = len(f)
    dH = f.T @ dk / t
    db_H = dk.sum(axis=0, keepdims=True) / t
    dU = h.T @ dz / t
    db_U = dz.sum(axis=0, keepdims=True) / t
    return dH, db_H, dU, db_U


def sgd_update(
    params: dict[str, np.ndarray], grads: dict[str, np.ndarray], lr: float
) -> dict[str, np.ndarray]:
    """Step every parameter against its gradient.

    Parameters
    ----------
    params : dict[str, np.ndarray]
        Parameters by name, any shapes, float64. Neither the dict nor its arrays are modified.
    grads : dict[str, np.ndarray]
        The gradient of each parameter, under the same name and in the same shape.
    lr : float
        Learning rate, the notes' lambda.

    Returns
    -------
    dict[str, np.ndarray]
        A new dict with the keys of ``params`` and new arrays, each of its parameter's shape.

    Notes
    -----
    The four updates of section 1.3: every parameter moves by lambda times its gradient, downhill.

    Examples
    --------
    >>> import numpy as np
    >>> from updates import sgd_update
    >>> sgd_update({"b_U": np.array([[1.0, 2.0]])}, {"b_U": np.array([[4.0, -4.0]])}, 0.5)
    {'b_U': array([[-1.,  4.]])}
    """
    return {name: param - lr * grads[name] for name, param in params.items()}
