"""Word embeddings as input features, and the gradient that reaches the embedding table.

The notes' section 1.4. Word ids run from 0 here, while the notes count words from 1.
"""

import numpy as np


def embed(E: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Look up the words of each item, side by side.

    Parameters
    ----------
    E : np.ndarray, shape (V, e), float64
        Embedding table, one word per row. Not modified.
    ids : np.ndarray, shape (t, n), int
        Word ids, 0 to V - 1, one item per row.

    Returns
    -------
    np.ndarray, shape (t, n*e), float64
        The features x: the n embeddings of each item in one row, in the order of its words.

    Notes
    -----
    x = E j_1; E j_2; ...; E j_n, section 1.4. Multiplying E by the one-hot vector of a word picks
    that word's row.

    Examples
    --------
    >>> import numpy as np
    >>> from embeddings import embed
    >>> E = np.array([[0.0, 0.5], [1.0, 1.5], [2.0, 2.5]])
    >>> embed(E, np.array([[2, 0], [1, 1]]))
    array([[2. , 2.5, 0. , 0.5],
           [1. , 1.5, 1. , 1.5]])
    """
    return E[ids].reshape(len(ids), -1)


def input_grad(dk: np.ndarray, H: np.ndarray) -> np.ndarray:
    """Carry the gradient back to the features.

    Parameters
    ----------
    dk : np.ndarray, shape (t, v), float64
        Gradient dl/dk of each item. Not modified.
    H : np.ndarray, shape (d, v), float64
        Hidden weights.

    Returns
    -------
    np.ndarray, shape (t, d), float64
        Gradient dl/df of each item. Not averaged.

    Notes
    -----
    k = f H + b_H, so entry [s, i] is the sum over j of dl/dk_sj H_ij. This goes one layer further
    back than section 1.3; section 1.4 needs it.

    Examples
    --------
    >>> import numpy as np
    >>> from embeddings import input_grad
    >>> input_grad(np.array([[1.0, -1.0]]), np.array([[2.0, 1.0], [0.0, 3.0], [4.0, 4.0]]))
    array([[ 1., -3.,  0.]])
    """
    return dk @ H.T


def embed_backward(dx: np.ndarray, ids: np.ndarray, vocab_size: int) -> np.ndarray:
    """Collect the gradient of each word.

    Parameters
    ----------
    dx : np.ndarray, shape (t, n*e), float64
        Gradient dl/dx of each item, not averaged. Not modified.
    ids : np.ndarray, shape (t, n), int
        Word ids, 0 to vocab_size - 1, one item per row.
    vocab_size : int
        The number of rows of the embedding table, V.

    Returns
    -------
    np.ndarray, shape (vocab_size, e), float64
        Gradient of the embedding table, the mean over the t items.

    Notes
    -----
    A word's row is the sum of dl/dx over every place where the word occurs, in one item or in
    several, divided by t (the number of items, not of words). The row of a word that does not occur
    is 0. This is what lets training update E (section 1.4).

    Examples
    --------
    Word 1 occurs twice in the second item, word 2 not at all:

    >>> import numpy as np
    >>> from embeddings import embed_backward
    >>> dx = np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])
    >>> embed_backward(dx, np.array([[3, 0], [1, 1]]), 4)
    array([[1.5, 2. ],
           [6. , 7. ],
           [0. , 0. ],
           [0.5, 1. ]])
    """
    t, n = ids.shape
    dE = np.zeros((vocab_size, dx.shape[1] // n))
    # dE[ids] += ... would keep only the last occurrence of a word. add.at adds them all.
    np.add.at(dE, ids, dx.reshape(t, n, -1))
    return dE / t
