"""Features of a text and a label, their scores under theta, and the label that scores best."""

import numpy as np


def bag_of_words(ids: np.ndarray, vocab_size: int) -> np.ndarray:
    """Count how often each word of the vocabulary occurs in each text.

    Parameters
    ----------
    ids : np.ndarray, shape (t, n), int
        The n words of each text, as numbers from 0 to V - 1. Not modified.
    vocab_size : int
        V, the number of words in the vocabulary.

    Returns
    -------
    np.ndarray, shape (t, V), float64
        Entry [s, j] says how often word j occurs in text s. The order of the words is lost.

    Examples
    --------
    The text "good good not" with the vocabulary good, not, bad:

    >>> import numpy as np
    >>> from features import bag_of_words
    >>> bag_of_words(np.array([[0, 0, 1]]), 3)
    array([[2., 1., 0.]])
    """
    words = np.arange(vocab_size)
    return (ids[:, :, None] == words).sum(axis=1).astype(np.float64)


def joint_features(c: np.ndarray, y: np.ndarray, m: int) -> np.ndarray:
    """Return f(x, y): the counts of each text, in its label's block.

    Parameters
    ----------
    c : np.ndarray, shape (t, V), float64
        The counts of each text. Not modified.
    y : np.ndarray, shape (t,), int
        A label for each text, from 0 to m - 1. Not modified.
    m : int
        The number of labels.

    Returns
    -------
    np.ndarray, shape (t, m*V), float64
        Row s is m blocks of V numbers side by side. Block y_s holds c_s, and all others hold 0.

    Examples
    --------
    >>> import numpy as np
    >>> from features import joint_features
    >>> joint_features(np.array([[2.0, 1.0, 0.0]]), np.array([1]), 2)
    array([[0., 0., 0., 2., 1., 0.]])
    """
    t, V = c.shape
    f = np.zeros((t, m, V))
    f[np.arange(t), y] = c
    return f.reshape(t, m * V)


def scores(c: np.ndarray, theta: np.ndarray, m: int) -> np.ndarray:
    """Score every label of every text: theta . f(x, y).

    Parameters
    ----------
    c : np.ndarray, shape (t, V), float64
        The counts of each text. Not modified.
    theta : np.ndarray, shape (m*V,), float64
        The weights: the first V are label 0's, the next V are label 1's, and so on. Not modified.
    m : int
        The number of labels.

    Returns
    -------
    np.ndarray, shape (t, m), float64
        Entry [s, i] is the score of label i for text s.

    Examples
    --------
    >>> import numpy as np
    >>> from features import scores
    >>> scores(np.array([[2.0, 1.0, 0.0]]), np.array([1.0, 0.0, 0.0, 0.0, -1.0, 5.0]), 2)
    array([[ 2., -1.]])
    """
    return c @ theta.reshape(m, c.shape[1]).T


def predict(c: np.ndarray, theta: np.ndarray, m: int) -> np.ndarray:
    """Choose the label with the highest score, of several the smallest.

    Parameters
    ----------
    c, theta, m
        As in `scores`. Not modified.

    Returns
    -------
    np.ndarray, shape (t,), int
        A label for each text. If several labels have the highest score, the smallest of them.

    Examples
    --------
    >>> import numpy as np
    >>> from features import predict
    >>> predict(np.array([[2.0, 1.0]]), np.zeros(4), 2)
    array([0])
    """
    return scores(c, theta, m).argmax(axis=1)
