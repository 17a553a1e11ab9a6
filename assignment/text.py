"""Words in a window: from a sentence to ids, from ids to a label, and which words are alike.

The notes' section 1.4 takes the ids of n words as given; here they are made. The label of a window
comes from your own `embed` and `forward`.
"""

import numpy as np

from embeddings import embed
from forward import forward


def build_vocab(texts: list[list[str]], size: int) -> dict[str, int]:
    """Give each frequent word an id.

    Parameters
    ----------
    texts : list of list of str
        The training texts, each a list of its words. Not modified.
    size : int
        The most words that get an id of their own.

    Returns
    -------
    dict of str to int
        ``<pad>`` is 0, ``<unk>`` is 1; then at most `size` words, the most frequent first, from 2
        on. Words that are equally frequent come in alphabetical order, Python's order of strings.

    Notes
    -----
    V, the number of rows of E, is the length of this dict. The words ``<pad>`` and ``<unk>`` do not
    occur in texts.

    Examples
    --------
    >>> from text import build_vocab
    >>> build_vocab([["it", "was", "not", "bad"], ["it", "was", "good"], ["was", "it"]], 3)
    {'<pad>': 0, '<unk>': 1, 'it': 2, 'was': 3, 'bad': 4}
    """
    raise NotImplementedError("text.build_vocab: give each frequent word an id")


def encode(words: list[str], vocab: dict[str, int], n: int) -> np.ndarray:
    """Turn a text into a window of ids.

    Parameters
    ----------
    words : list of str
        The words of one text, of any number. Not modified.
    vocab : dict of str to int
        What `build_vocab` returned.
    n : int
        How many ids there are to be, at least 1.

    Returns
    -------
    np.ndarray, shape (n,), int
        The ids of the first n words, unknown ones as 1; a shorter text is filled up with 0 on the
        right.

    Notes
    -----
    An unknown word keeps its place: what stands where in the window is all that the network sees.

    Examples
    --------
    >>> from text import encode
    >>> vocab = {"<pad>": 0, "<unk>": 1, "was": 2, "it": 3}
    >>> encode(["it", "was", "odd"], vocab, 5)
    array([3, 2, 1, 0, 0])
    >>> encode(["it", "was", "odd"], vocab, 2)
    array([3, 2])
    """
    raise NotImplementedError("text.encode: turn a text into a window of ids")


def classify(ids: np.ndarray, E: np.ndarray, params: dict[str, np.ndarray]) -> np.ndarray:
    """Label windows of words.

    Parameters
    ----------
    ids : np.ndarray, shape (t, n), int
        Word ids, one window per row.
    E : np.ndarray, shape (V, e), float64
        Embedding table.
    params : dict of str to np.ndarray
        ``H``, ``b_H``, ``U``, ``b_U``, for features of n*e numbers. Neither is modified.

    Returns
    -------
    np.ndarray, shape (t,), int
        The most probable label of each window.

    Notes
    -----
    The features x of a window are its embeddings side by side, section 1.4, and the rest is the
    network of section 1.1.

    Examples
    --------
    >>> import numpy as np
    >>> from text import classify
    >>> E = np.array([[0.0], [0.0], [1.0], [3.0]])
    >>> params = {"H": np.array([[1.0], [-1.0]]), "b_H": np.zeros((1, 1))}
    >>> params |= {"U": np.array([[1.0, -1.0]]), "b_U": np.array([[0.0, 1.0]])}
    >>> classify(np.array([[3, 2], [2, 3]]), E, params)
    array([0, 1])
    """
    raise NotImplementedError("text.classify: label windows of words")


def nearest(E: np.ndarray, word: int, k: int) -> np.ndarray:
    """Find the words that are most like a word.

    Parameters
    ----------
    E : np.ndarray, shape (V, e), float64
        Embedding table. Not modified.
    word : int
        The id of the word; its row is not all zeros.
    k : int
        How many to find, at most V - 1.

    Returns
    -------
    np.ndarray, shape (k,), int
        The ids of the k nearest rows by cosine, nearest first, without the word itself. Rows that
        are all zeros have no direction: they come last. Equal rows come by their ids.

    Notes
    -----
    The cosine of rows a and b is a . b / (|a| |b|): the length of a row does not count.

    Examples
    --------
    >>> import numpy as np
    >>> from text import nearest
    >>> E = np.array([[0.0, 0.0], [1.0, 1.0], [5.0, 4.0], [1.0, 0.0], [-2.0, -2.0]])
    >>> nearest(E, 1, 4)
    array([2, 3, 4, 0])
    """
    raise NotImplementedError("text.nearest: find the words that are most like a word")
