"""The gradient of softmax and cross-entropy, item by item, not yet averaged.

The notes' section 1.3, from the loss down to equation (1): dl/do, do/dz, and their product dl/dz.
"""

import numpy as np


def one_hot(y: np.ndarray, m: int) -> np.ndarray:
    """Write each label as a row with a single 1.

    Parameters
    ----------
    y : np.ndarray, shape (t,), int
        Gold labels, 0 to m - 1. Not modified.
    m : int, at least 1
        The number of labels, including those that do not occur in y.

    Returns
    -------
    np.ndarray, shape (t, m), float64
        T: 1.0 in each row at the item's label, 0.0 elsewhere.

    Notes
    -----
    T of the implementation note after equation (1), section 1.3.

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_ce import one_hot
    >>> one_hot(np.array([2, 0]), 4)
    array([[0., 0., 1., 0.],
           [1., 0., 0., 0.]])
    """
    raise NotImplementedError("softmax_ce.one_hot: write each label as a row with a single 1")


def loss_grad(o: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Compute dl/do, the gradient of the loss.

    Parameters
    ----------
    o : np.ndarray, shape (t, m), float64
        Label probabilities. They may be exactly 0, but not at an item's gold label. Not modified.
    y : np.ndarray, shape (t,), int
        Gold labels, 0 to m - 1.

    Returns
    -------
    np.ndarray, shape (t, m), float64
        Gradient dl/do of each item. Not averaged.

    Notes
    -----
    l = -log(o_y) gives dl/do_y = -1/o_y, section 1.3. The loss does not look at any other
    probability, so the other entries are 0.

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_ce import loss_grad
    >>> loss_grad(np.array([[0.5, 0.5, 0.0], [0.25, 0.25, 0.5]]), np.array([0, 1]))
    array([[-2.,  0.,  0.],
           [ 0., -4.,  0.]])
    """
    raise NotImplementedError("softmax_ce.loss_grad: compute dl/do, the gradient of the loss")


def softmax_jacobian(o: np.ndarray) -> np.ndarray:
    """Compute do/dz, the Jacobian of softmax.

    Parameters
    ----------
    o : np.ndarray, shape (t, m), float64
        Label probabilities: the values of softmax, not the logits. Not modified.

    Returns
    -------
    np.ndarray, shape (t, m, m), float64
        Entry [s, i, j] is do_i/dz_j of item s.

    Notes
    -----
    The quotient rule of section 1.3 gives do_i/dz_i = o_i (1 - o_i), and do_i/dz_j = -o_i o_j where
    i and j differ. The notes derive it for i = y, but it holds for every i.

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_ce import softmax_jacobian
    >>> softmax_jacobian(np.array([[0.5, 0.5], [0.25, 0.75]]))
    array([[[ 0.25  , -0.25  ],
            [-0.25  ,  0.25  ]],
    <BLANKLINE>
           [[ 0.1875, -0.1875],
            [-0.1875,  0.1875]]])
    """
    raise NotImplementedError("softmax_ce.softmax_jacobian: compute do/dz, the Jacobian of softmax")


def logits_grad(o: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Compute dl/dz, the gradient at the logits.

    Parameters
    ----------
    o : np.ndarray, shape (t, m), float64
        Label probabilities, the softmax of the logits. Not modified.
    y : np.ndarray, shape (t,), int
        Gold labels, 0 to m - 1.

    Returns
    -------
    np.ndarray, shape (t, m), float64
        Gradient dl/dz of each item. Not averaged.

    Notes
    -----
    Equation (1), section 1.3: o_y - 1 at the gold label, o_i elsewhere. Each row is the product of
    the item's ``loss_grad`` and ``softmax_jacobian``, and sums to 0.

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_ce import logits_grad
    >>> logits_grad(np.array([[0.5, 0.5, 0.0], [0.25, 0.25, 0.5]]), np.array([0, 1]))
    array([[-0.5 ,  0.5 ,  0.  ],
           [ 0.25, -0.75,  0.5 ]])
    """
    raise NotImplementedError("softmax_ce.logits_grad: compute dl/dz, the gradient at the logits")
