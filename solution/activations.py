"""The nonlinear activation functions g and their derivatives, entry by entry.

The notes' section 1.2. Each function takes an array of any shape and returns a new one of the same
shape (only ``swiglu`` maps rows to rows), finite for every finite input.
"""

import math

import numpy as np

# math.erfc takes one number at a time. otypes also makes an empty array come out as float64.
_erfc = np.vectorize(math.erfc, otypes=[float])

# Beyond 40 standard deviations the normal density and its tail are exactly 0 in float64 (they are
# below 1e-347, and the smallest positive float64 is 5e-324).
_NORMAL_EDGE = 40.0


def _times(beta: float, x: np.ndarray) -> np.ndarray:
    """Multiply without a warning: an infinite product is as good as a huge one to a sigmoid."""
    with np.errstate(over="ignore"):
        return beta * x


def _normal_cdf(x: np.ndarray) -> np.ndarray:
    """Return the probability that a standard normal variable is at most x."""
    # 1 + erf cancels in the lower tail: it rounds to 0 from about x = -8.3 down. erfc does not.
    return 0.5 * _erfc(-x / math.sqrt(2.0))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Squash each entry into (0, 1).

    Parameters
    ----------
    x : np.ndarray, any shape, float64
        Any finite numbers. Not modified.

    Returns
    -------
    np.ndarray, the shape of x, float64
        The logistic sigmoid of each entry, finite for every finite entry.

    Notes
    -----
    sigmoid(x) = 1 / (1 + e^-x) = e^x / (e^x + 1), section 1.2. The two forms are equal, but each
    overflows on one side: e^710 is too large for float64.

    Examples
    --------
    >>> import numpy as np
    >>> from activations import sigmoid
    >>> sigmoid(np.array([[0.0, 1.0, -1000.0]])).round(3)
    array([[0.5  , 0.731, 0.   ]])
    """
    # e^-|x| never overflows. It is e^-x of the notes' first form where x >= 0, e^x of the second
    # elsewhere.
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1.0 + e)


def tanh(x: np.ndarray) -> np.ndarray:
    """Squash each entry into (-1, 1).

    Parameters
    ----------
    x : np.ndarray, any shape, float64
        Any finite numbers. Not modified.

    Returns
    -------
    np.ndarray, the shape of x, float64
        The hyperbolic tangent of each entry, finite for every finite entry.

    Notes
    -----
    tanh(x) = (e^x - e^-x) / (e^x + e^-x), section 1.2. Computed this way, it overflows from
    |x| = 710 on.

    Examples
    --------
    >>> import numpy as np
    >>> from activations import tanh
    >>> tanh(np.array([[0.0, 1.0, -1000.0]])).round(3)
    array([[ 0.   ,  0.762, -1.   ]])
    """
    return np.tanh(x)


def relu(x: np.ndarray) -> np.ndarray:
    """Keep what is at least 0, replace the rest with 0.

    Parameters
    ----------
    x : np.ndarray, any shape, float64
        Any finite numbers. Not modified.

    Returns
    -------
    np.ndarray, the shape of x, float64
        The entry where it is at least 0, else 0.

    Notes
    -----
    ReLU, the rectified linear unit, section 1.2.

    Examples
    --------
    >>> import numpy as np
    >>> from activations import relu
    >>> relu(np.array([[-2.0, 0.0, 3.0]]))
    array([[0., 0., 3.]])
    """
    return np.maximum(x, 0.0)


def leaky_relu(x: np.ndarray, slope: float = 0.01) -> np.ndarray:
    """Multiply the negative entries by a slope.

    Parameters
    ----------
    x : np.ndarray, any shape, float64
        Any finite numbers. Not modified.
    slope : float, default 0.01
        The gradient for negative entries.

    Returns
    -------
    np.ndarray, the shape of x, float64
        The entry where it is at least 0, else slope times the entry.

    Notes
    -----
    Leaky ReLU, section 1.2. Its slope for negative entries is small, but not 0.

    Examples
    --------
    >>> import numpy as np
    >>> from activations import leaky_relu
    >>> leaky_relu(np.array([[-2.0, 0.0, 3.0]]))
    array([[-0.02,  0.  ,  3.  ]])
    >>> leaky_relu(np.array([[-2.0, 0.0, 3.0]]), 0.5)
    array([[-1.,  0.,  3.]])
    """
    return np.where(x >= 0, x, slope * x)


def gelu(x: np.ndarray) -> np.ndarray:
    """Weight each entry by the normal distribution.

    Parameters
    ----------
    x : np.ndarray, any shape, float64
        Any finite numbers. Not modified.

    Returns
    -------
    np.ndarray, the shape of x, float64
        Each entry x times Phi(x), finite for every finite entry.

    Notes
    -----
    Phi is the cumulative distribution of the standard normal: Phi(x) = (1 + erf(x / sqrt(2))) / 2.
    Section 1.2 names it. Implement the exact function, not its approximation by tanh. numpy has no
    erf. The standard library has one, ``math.erf``, for one number at a time.

    Examples
    --------
    >>> import numpy as np
    >>> from activations import gelu
    >>> gelu(np.array([[-1.0, 0.0, 1.0, 10.0]])).round(3)
    array([[-0.159,  0.   ,  0.841, 10.   ]])
    """
    return x * _normal_cdf(x)


def swish(x: np.ndarray, beta: float = 1.0) -> np.ndarray:
    """Weight each entry by its own sigmoid.

    Parameters
    ----------
    x : np.ndarray, any shape, float64
        Any finite numbers. Not modified.
    beta : float, default 1.0
        The hyperparameter, a factor inside the sigmoid.

    Returns
    -------
    np.ndarray, the shape of x, float64
        Each entry x times sigmoid(beta x), finite for every finite entry.

    Notes
    -----
    Section 1.2, which counts it among the variants of ReLU.

    Examples
    --------
    >>> import numpy as np
    >>> from activations import swish
    >>> swish(np.array([[-1.0, 0.0, 1.0]])).round(3)
    array([[-0.269,  0.   ,  0.731]])
    >>> swish(np.array([[-1.0, 0.0, 1.0]]), 2.0).round(3)
    array([[-0.119,  0.   ,  0.881]])
    """
    return x * sigmoid(_times(beta, x))


def swiglu(x: np.ndarray, W: np.ndarray, V: np.ndarray) -> np.ndarray:
    """Gate one linear map of x by another's swish.

    Parameters
    ----------
    x : np.ndarray, shape (t, p), float64
        One item per row. Not modified.
    W : np.ndarray, shape (p, q), float64
        Weights of the gate.
    V : np.ndarray, shape (p, q), float64
        Weights of what is gated.

    Returns
    -------
    np.ndarray, shape (t, q), float64
        Swish (with beta 1) of the matrix product x W, times the matrix product x V, entry by entry.

    Notes
    -----
    Section 1.2 calls it a combination of Swish and GELU. It is Swish and a gated linear unit.

    Examples
    --------
    >>> import numpy as np
    >>> from activations import swiglu
    >>> x = np.array([[1.0, 2.0]])
    >>> swiglu(x, np.array([[1.0], [0.0]]), np.array([[0.0], [1.0]])).round(3)
    array([[1.462]])
    """
    return swish(x @ W) * (x @ V)


def sigmoid_grad(x: np.ndarray) -> np.ndarray:
    """Differentiate the sigmoid at each entry.

    Parameters
    ----------
    x : np.ndarray, any shape, float64
        Where to take the derivative: the sigmoid's input, not its value. Not modified.

    Returns
    -------
    np.ndarray, the shape of x, float64
        The derivative at each entry, finite for every finite entry.

    Notes
    -----
    With s = sigmoid(x), the derivative is s (1 - s). Section 1.2.

    Examples
    --------
    >>> import numpy as np
    >>> from activations import sigmoid_grad
    >>> sigmoid_grad(np.array([[0.0, 1.0, -1000.0]])).round(3)
    array([[0.25 , 0.197, 0.   ]])
    """
    # 1 - s rounds to 0 from x = 37 on. With e = e^-|x|, s (1 - s) = e / (1 + e)^2 on both sides.
    e = np.exp(-np.abs(x))
    return e / (1.0 + e) ** 2


def tanh_grad(x: np.ndarray) -> np.ndarray:
    """Differentiate tanh at each entry.

    Parameters
    ----------
    x : np.ndarray, any shape, float64
        Where to take the derivative: the input of tanh, not its value. Not modified.

    Returns
    -------
    np.ndarray, the shape of x, float64
        The derivative at each entry, finite for every finite entry.

    Notes
    -----
    The derivative is 1 - tanh(x)^2. Section 1.2.

    Examples
    --------
    >>> import numpy as np
    >>> from activations import tanh_grad
    >>> tanh_grad(np.array([[0.0, 1.0, -1000.0]])).round(3)
    array([[1.  , 0.42, 0.  ]])
    """
    # 1 - tanh^2 cancels in the tails. It is 1 / cosh^2, here with e^-|x| because cosh overflows.
    e = np.exp(-np.abs(x))
    return (2.0 * e / (1.0 + e**2)) ** 2


def relu_grad(x: np.ndarray) -> np.ndarray:
    """Differentiate ReLU at each entry.

    Parameters
    ----------
    x : np.ndarray, any shape, float64
        Where to take the derivative. Not modified.

    Returns
    -------
    np.ndarray, the shape of x, float64
        1.0 where x >= 0, else 0.0.

    Notes
    -----
    At 0, where ReLU has a kink, the derivative is 1, as the notes define it (section 1.3, dh/dk,
    and the footnote of section 1.2). Many libraries take 0 there.

    Examples
    --------
    >>> import numpy as np
    >>> from activations import relu_grad
    >>> relu_grad(np.array([[-2.0, 0.0, 3.0]]))
    array([[0., 1., 1.]])
    """
    return np.where(x >= 0, 1.0, 0.0)


def leaky_relu_grad(x: np.ndarray, slope: float = 0.01) -> np.ndarray:
    """Differentiate leaky ReLU at each entry.

    Parameters
    ----------
    x : np.ndarray, any shape, float64
        Where to take the derivative. Not modified.
    slope : float, default 0.01
        The gradient for negative entries.

    Returns
    -------
    np.ndarray, the shape of x, float64
        1.0 where x >= 0, else the slope.

    Notes
    -----
    At 0 the derivative is 1, as the notes define ReLU's (section 1.2 and its footnote).

    Examples
    --------
    >>> import numpy as np
    >>> from activations import leaky_relu_grad
    >>> leaky_relu_grad(np.array([[-2.0, 0.0, 3.0]]))
    array([[0.01, 1.  , 1.  ]])
    """
    return np.where(x >= 0, 1.0, slope)


def gelu_grad(x: np.ndarray) -> np.ndarray:
    """Differentiate GELU at each entry.

    Parameters
    ----------
    x : np.ndarray, any shape, float64
        Where to take the derivative. Not modified.

    Returns
    -------
    np.ndarray, the shape of x, float64
        The derivative of the exact GELU at each entry, finite for every finite entry.

    Notes
    -----
    By the product rule it is Phi(x) + x phi(x), where Phi is the cumulative distribution of the
    standard normal (see ``gelu``) and phi its density, phi(x) = e^(-x^2 / 2) / sqrt(2 pi).

    Examples
    --------
    >>> import numpy as np
    >>> from activations import gelu_grad
    >>> gelu_grad(np.array([[-1.0, 0.0, 1.0, 1000.0]])).round(3)
    array([[-0.083,  0.5  ,  1.083,  1.   ]])
    """
    # The derivative is exactly 0 or 1 beyond the edge, where the square would overflow at last.
    x = np.clip(x, -_NORMAL_EDGE, _NORMAL_EDGE)
    density = np.exp(-0.5 * x**2) / math.sqrt(2.0 * math.pi)
    return _normal_cdf(x) + x * density


def swish_grad(x: np.ndarray, beta: float = 1.0) -> np.ndarray:
    """Differentiate swish at each entry.

    Parameters
    ----------
    x : np.ndarray, any shape, float64
        Where to take the derivative. Not modified.
    beta : float, default 1.0
        The hyperparameter, a factor inside the sigmoid.

    Returns
    -------
    np.ndarray, the shape of x, float64
        The derivative with respect to x (not beta) at each entry, finite for every finite entry.

    Notes
    -----
    With s = sigmoid(beta x), the product rule gives s + beta x s (1 - s).

    Examples
    --------
    >>> import numpy as np
    >>> from activations import swish_grad
    >>> swish_grad(np.array([[-1.0, 0.0, 1.0]])).round(3)
    array([[0.072, 0.5  , 0.928]])
    """
    beta_x = _times(beta, x)
    # x comes last: where beta x overflows, the sigmoid's derivative is 0, and infinity * 0 is nan.
    return sigmoid(beta_x) + beta * sigmoid_grad(beta_x) * x
