"""What runs in the worker: the student's functions, called as a program of their own would.

The texts come as lines, and stay here as ids; from outside come the numbers of each epoch.
"""

import numpy as np

#: The model and the data between two calls.
_now: dict = {}


def read_texts(training, checking, size, n):
    """Make the vocabulary of the training texts; encode them, and others to check with.

    Parameters
    ----------
    training, checking : tuple of (str, np.ndarray of shape (t,))
        A text a line, words separated by spaces, and the labels.
    size, n : int
        Words in the vocabulary, and in a window.

    Returns
    -------
    ids, others : np.ndarray, shape (t, n)
        The windows of both.
    words : np.ndarray, shape (count,)
        The id of each word of the training texts, the words in alphabetical order.
    """
    from text import build_vocab

    texts = _split(training[0])
    vocab = build_vocab(texts, size)
    _now.clear()
    _now.update(vocab=vocab, n=n)
    _now["training"] = _encode(texts), np.array(training[1])
    _now["checking"] = _encode(_split(checking[0])), np.array(checking[1])
    known = sorted({word for words in texts for word in words})
    ids = np.array([vocab.get(word, 1) for word in known])
    return _now["training"][0], _now["checking"][0], ids


def begin(E, v, m, seed):
    """Begin with embeddings, and with parameters of the student's own."""
    from train import init_params

    _now.update(E=np.array(E), params=init_params(_now["n"] * E.shape[1], v, m, seed))


def run_epoch(lr, batch_size, seed):
    """Train for one epoch; return the loss, and which share of both texts has the right label."""
    from train import train_embeddings

    ids, y = _now["training"]
    _now["E"], _now["params"], losses = train_embeddings(
        ids, y, _now["E"], _now["params"], lr, 1, batch_size, seed
    )
    return losses[-1], _measure("training"), _measure("checking")


def finish():
    """Return the embeddings and the parameters."""
    return _now["E"], _now["params"]


def resume(E, params, words, ids, n):
    """Take a model up again; words are one text, a line each."""
    vocab = dict(zip(words.split("\n"), ids.tolist(), strict=True))
    vocab |= {"<pad>": 0, "<unk>": 1}
    _now.clear()
    _now.update(vocab=vocab, n=n, E=np.array(E), params=params)


def label(lines):
    """Return the labels of texts, a line each."""
    from text import classify

    return classify(_encode(_split(lines)), _now["E"], _now["params"])


def find_nearest(words, k):
    """Return the ids of the k words nearest to each of some words, given as ids."""
    from text import nearest

    return np.array([nearest(_now["E"], int(word), k) for word in words])


def _split(lines):
    return [line.split() for line in lines.split("\n")]


def _encode(texts):
    from text import encode

    return np.array([encode(words, _now["vocab"], _now["n"]) for words in texts])


def _measure(which):
    from text import classify

    ids, y = _now[which]
    return float(np.mean(np.asarray(classify(ids, _now["E"], _now["params"])) == y))
