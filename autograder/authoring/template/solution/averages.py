"""Averages: the mean of some items, and the items minus their mean."""

# The solution stays with the staff. Students get signatures and docstrings ('stubs'), each body
# replaced by a line that raises: what the docstrings say is the specification.

import numpy as np


def mean(x: np.ndarray) -> np.ndarray:
    """Average the items, feature by feature.

    Parameters
    ----------
    x : np.ndarray, shape (n, p)
        One item per row, n at least 1.

    Returns
    -------
    np.ndarray, shape (1, p)
    """
    return x.sum(axis=0, keepdims=True) / len(x)


def center(x: np.ndarray) -> np.ndarray:
    """Subtract the mean of the items from each of them.

    Parameters
    ----------
    x : np.ndarray, shape (n, p)
        One item per row, n at least 1; not modified.

    Returns
    -------
    np.ndarray, shape (n, p)
    """
    return x - mean(x)
