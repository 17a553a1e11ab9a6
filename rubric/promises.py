"""What the docstrings promise, one by one, and the calls that are about each.

``verify`` grades, for each, a function that is right everywhere else: some check has to notice.
"""

import numpy as np

from autograder.authoring import Promise
from rubric.activations import BETA, SLOPE

__all__ = ["PROMISES"]

#: Beyond these, a naive exponential overflows, and gradients are clipped.
HUGE, STEEP = 710, 5

#: Between these, a function of x has nearly reached its limit, but not within the tolerance.
NEARLY = (5, 10)

ELEMENTWISE = {
    "separability": ("step",),
    "activations": (
        *("sigmoid", "tanh", "relu", "leaky_relu", "gelu", "swish"),
        *("sigmoid_grad", "tanh_grad", "relu_grad", "leaky_relu_grad", "gelu_grad", "swish_grad"),
    ),
}


def _lies_between(x, low, high):
    return ((low < x) & (x < high)).any()


#: What the docstring of each elementwise function promises of x, any finite numbers.
ANY_NUMBERS = {
    "large and positive": lambda x: (x > HUGE).any(),
    "large and negative": lambda x: (x < -HUGE).any(),
    "small and positive": lambda x: _lies_between(x, 0, 0.01),
    "small and negative": lambda x: _lies_between(x, -0.01, 0),
    "column after column in memory": lambda x: len(x) > 1 and x.strides[0] < x.strides[-1],
    "one row": lambda x: len(x) == 1,
    "several rows": lambda x: len(x) > 1,
}

#: What that of each activation function promises, too: these are smooth, or have two slopes.
NEARLY_AT_THE_LIMIT = {
    "nearly at the limit, positive": lambda x: _lies_between(x, *NEARLY),
    "nearly at the limit, negative": lambda x: _lies_between(-x, *NEARLY),
}

#: Arguments with defaults: large numbers with each value.
WITH_VALUES = [
    *[(name, "beta", value) for name in ("swish", "swish_grad") for value in BETA],
    *[(name, "slope", value) for name in ("leaky_relu", "leaky_relu_grad") for value in SLOPE],
]


def _is_large_with(parameter, value, sign):
    if parameter == "beta":
        return lambda x, beta: beta == value and (sign * x > HUGE).any()
    return lambda x, slope: slope == value and (sign * x > HUGE).any()


def _is_steep(**arrays):
    return any([np.abs(array).max() > STEEP for array in arrays.values()])


def _has_two_alike(ids):
    return any([len(set(words)) < len(words) for words in ids.tolist()])


def _all_words(texts):
    return {word for words in texts for word in words}


def _frequencies(texts):
    return [sum([words.count(word) for words in texts]) for word in _all_words(texts)]


#: The other promises, by function: sizes from 1 on, any numbers, what a batch may hold or lack.
OTHERS = {
    "separability.affine": {
        "any number of items: one": lambda x: len(x) == 1,
        "any number of features: one": lambda x: x.shape[1] == 1,
        "any number of results: one": lambda W: W.shape[1] == 1,
        "several of each": lambda W: min(W.shape) > 1,
        "column after column in memory": lambda x: len(x) > 1 and x.strides[0] < x.strides[1],
    },
    "separability.compose_affine": {
        "any sizes: one number between the maps": lambda W1: len(W1) == 1,
        "any sizes: one feature": lambda W0: len(W0) == 1,
        "any sizes: all equal": lambda W0, W1: len({*W0.shape, *W1.shape}) == 1,
    },
    "separability.step": {"0.0 at 0": lambda x: (x == 0).any()},
    "activations.swiglu": {
        "finite for every finite input: x W large and positive": lambda x, W: (x @ W > HUGE).any(),
        "finite for every finite input: x W large and negative": lambda x, W: (x @ W < -HUGE).any(),
        "any number of items: one": lambda x: len(x) == 1,
        "any number of features: one": lambda x: x.shape[1] == 1,
    },
    "forward.softmax": {
        "however large the logits: the largest": lambda z: (z > 100_000).any(),
        "however large the logits: far below 0": lambda z: (z.max(axis=1) < -HUGE).any(),
        "however large the logits: far apart in a row": lambda z: (np.ptp(z, axis=1) > HUGE).any(),
        "however large the logits: rows far apart": lambda z: np.ptp(z.max(axis=1)) > HUGE,
        "any number of items: one": lambda z: len(z) == 1,
        "any number of items: as many as labels": lambda z: z.shape[0] == z.shape[1],
        "column after column in memory": lambda z: len(z) > 1 and z.strides[0] < z.strides[1],
    },
    "forward.cross_entropy": {
        "a probability of exactly 0, not the label's": lambda o: (o == 0).any(),
        "a label that is certain": lambda o, y: (o[np.arange(len(y)), y] == 1).any(),
        "a label that is very unlikely": lambda o, y: (o[np.arange(len(y)), y] < 2e-6).any(),
        "the loss of each item: one": lambda o: len(o) == 1,
        "labels from 0: the first": lambda y: (y == 0).any(),
        "labels to m - 1: the last": lambda o, y: (y == o.shape[1] - 1).any(),
        "the same label twice": lambda y: len(set(y.tolist())) < len(y),
    },
    "forward.forward": {
        "any number of items: one": lambda f: len(f) == 1,
        "any number of features: one": lambda f: f.shape[1] == 1,
        "any number of hidden units: one": lambda U: len(U) == 1,
    },
    "softmax_ce.one_hot": {
        "labels that do not occur: the last": lambda y, m: y.max() < m - 1,
        "labels that do not occur: the first": lambda y: y.min() > 0,
        "m at least 1": lambda m: m == 1,
        "any number of items: one": lambda y: len(y) == 1,
        "the same label twice": lambda y: len(set(y.tolist())) < len(y),
    },
    "softmax_ce.loss_grad": {
        "a probability of exactly 0, not the label's": lambda o: (o == 0).any(),
        "a label that is very unlikely": lambda o, y: (o[np.arange(len(y)), y] < 2e-6).any(),
        "any number of items: one": lambda o: len(o) == 1,
        "labels from 0: the first": lambda y: (y == 0).any(),
        "labels to m - 1: the last": lambda o, y: (y == o.shape[1] - 1).any(),
    },
    "softmax_ce.softmax_jacobian": {
        "any number of items: one": lambda o: len(o) == 1,
        "any number of items: as many as labels": lambda o: o.shape[0] == o.shape[1],
        "two labels": lambda o: o.shape[1] == 2,
        "more labels": lambda o: o.shape[1] > 2,
    },
    "softmax_ce.logits_grad": {
        "a probability of exactly 0, not the label's": lambda o: (o == 0).any(),
        "any number of items: one": lambda o: len(o) == 1,
        "labels from 0: the first": lambda y: (y == 0).any(),
        "labels to m - 1: the last": lambda o, y: (y == o.shape[1] - 1).any(),
        "the same label twice": lambda y: len(set(y.tolist())) < len(y),
    },
    "smoothing.smooth_labels": {
        "labels that do not occur: the last": lambda y, m: y.max() < m - 1,
        "m at least 2": lambda m: m == 2,
        "more labels": lambda m: m > 2,
        "epsilon at least 0": lambda epsilon: epsilon == 0,
        "any number of items: one": lambda y: len(y) == 1,
        "the same label twice": lambda y: len(set(y.tolist())) < len(y),
    },
    **{
        f"smoothing.{name}": {
            "a label that is very unlikely": lambda o, y: (o[np.arange(len(y)), y] < 2e-6).any(),
            "another label that is very unlikely": lambda o, y: (
                (o < 2e-6).any(axis=1) & (o[np.arange(len(y)), y] > 2e-6)
            ).any(),
            "epsilon at least 0": lambda epsilon: epsilon == 0,
            "any number of items: one": lambda o: len(o) == 1,
            "two labels": lambda o: o.shape[1] == 2,
            "more labels": lambda o: o.shape[1] > 2,
        }
        for name in ("smoothed_cross_entropy", "smoothed_logits_grad")
    },
    "relu_backward.hidden_grad": {
        "a steep gradient": lambda dz: _is_steep(dz=dz),
        "any number of items: one": lambda dz: len(dz) == 1,
        "any number of hidden units: one": lambda U: len(U) == 1,
        "as many hidden units as labels": lambda U: U.shape[0] == U.shape[1],
        "column after column in memory": lambda U: len(U) > 1 and U.strides[0] < U.strides[1],
    },
    "relu_backward.relu_backward": {
        "a steep gradient": lambda dh: _is_steep(dh=dh),
        "a large pre-activation": lambda k: _is_steep(k=k),
        "a small positive pre-activation": lambda k: _lies_between(k, 0, 0.01),
        "a small negative pre-activation": lambda k: _lies_between(k, -0.01, 0),
        "any number of items: one": lambda k: len(k) == 1,
    },
    "updates.batch_gradients": {
        "a steep gradient of the hidden layer": lambda dk: _is_steep(dk=dk),
        "a steep gradient of the output layer": lambda dz: _is_steep(dz=dz),
        "any number of items: one": lambda f: len(f) == 1,
        "any number of features: one": lambda f: f.shape[1] == 1,
        "any number of hidden units: one": lambda h: h.shape[1] == 1,
        "any number of labels: one": lambda dz: dz.shape[1] == 1,
        "column after column in memory": lambda f: len(f) > 1 and f.strides[0] < f.strides[1],
    },
    "updates.sgd_update": {
        "a steep gradient": lambda grads: _is_steep(**grads),
        "any parameters: two": lambda params: len(params) == 2,
        "any parameters: four": lambda params: len(params) == 4,
        "any names": lambda params: "U" not in params,
        "gradients by name, in another order": lambda params, grads: [*params] != [*grads],
    },
    "embeddings.embed": {
        "any number of items: one": lambda ids: len(ids) == 1,
        "any number of words: one": lambda ids: ids.shape[1] == 1,
        "any length of an embedding: one": lambda E: E.shape[1] == 1,
        "a word twice in an item": _has_two_alike,
        "ids from 0: the first": lambda ids: (ids == 0).any(),
        "ids to V - 1: the last": lambda E, ids: (ids == len(E) - 1).any(),
    },
    "embeddings.input_grad": {
        "a steep gradient": lambda dk: _is_steep(dk=dk),
        "any number of items: one": lambda dk: len(dk) == 1,
        "any number of features: one": lambda H: len(H) == 1,
        "as many features as hidden units": lambda H: H.shape[0] == H.shape[1],
    },
    "embeddings.embed_backward": {
        "a steep gradient": lambda dx: _is_steep(dx=dx),
        "any number of items: one": lambda ids: len(ids) == 1,
        "any number of words: one": lambda ids: ids.shape[1] == 1,
        "any length of an embedding: one": lambda dx, ids: dx.shape[1] == ids.shape[1],
        "a word twice in an item": _has_two_alike,
        "the last word does not occur": lambda ids, vocab_size: ids.max() < vocab_size - 1,
        "ids from 0: the first": lambda ids: (ids == 0).any(),
    },
    "train.train": {
        "epochs at least 0: none": lambda epochs: epochs == 0,
        "epochs at least 0: several": lambda epochs: epochs > 1,
        "batch_size at least 1: one": lambda batch_size: batch_size == 1,
        "batch_size at least 1: more than there are items": lambda y, batch_size: (
            batch_size > len(y)
        ),
        "a smaller last minibatch": lambda y, batch_size: 0 < len(y) % batch_size < len(y),
        "any features: large ones, whose gradients are steep": lambda f: np.abs(f).max() > 10,
        "any number of features: one": lambda f: f.shape[1] == 1,
    },
    "train.train_embeddings": {
        "epochs at least 0: none": lambda epochs: epochs == 0,
        "epochs at least 0: several": lambda epochs: epochs > 1,
        "batch_size at least 1: one": lambda batch_size: batch_size == 1,
        "batch_size at least 1: more than there are items": lambda y, batch_size: (
            batch_size > len(y)
        ),
        "a smaller last minibatch": lambda y, batch_size: 0 < len(y) % batch_size < len(y),
        "any embeddings: large ones, whose gradients are steep": lambda E: np.abs(E).max() > 10,
        "a word twice in an item": _has_two_alike,
    },
    "train.predict": {
        "any number of items: one": lambda f: len(f) == 1,
        "any number of features: one": lambda f: f.shape[1] == 1,
        "two labels": lambda params: params["U"].shape[1] == 2,
        "more labels": lambda params: params["U"].shape[1] > 2,
    },
    "text.build_vocab": {
        "at most size words: fewer": lambda texts, size: len(_all_words(texts)) < size,
        "at most size words: more": lambda texts, size: len(_all_words(texts)) > size,
        "equally frequent words": lambda texts: (
            len(set(_frequencies(texts))) < len(_frequencies(texts))
        ),
        "a capital letter": lambda texts: any([word != word.lower() for word in _all_words(texts)]),
        "a text without words": lambda texts: [] in texts,
        "several texts": lambda texts: len(texts) > 1,
    },
    "text.encode": {
        "of any number: none": lambda words: not words,
        "of any number: fewer than n": lambda words, n: 0 < len(words) < n,
        "of any number: n": lambda words, n: len(words) == n,
        "of any number: more than n": lambda words, n: len(words) > n,
        "n at least 1: one": lambda n: n == 1,
        "unknown words": lambda words, vocab: not {*words} <= vocab.keys(),
        "known words alone": lambda words, vocab: bool(words) and {*words} <= vocab.keys(),
    },
    "text.classify": {
        "any number of windows: one": lambda ids: len(ids) == 1,
        "any number of words: one": lambda ids: ids.shape[1] == 1,
        "two labels": lambda params: params["U"].shape[1] == 2,
        "more labels": lambda params: params["U"].shape[1] > 2,
    },
    "text.nearest": {
        "k at least 1: one": lambda k: k == 1,
        "at most V - 1: all others": lambda E, k: k == len(E) - 1,
        "rows of zeros": lambda E: not np.abs(E).sum(axis=1).all(),
        "equal rows": lambda E: len(np.unique(E, axis=0)) < len(E),
        "a row that is equal to the word's": lambda E, word: (
            (E - E[word]).any(axis=1).sum() < len(E) - 1
        ),
        "any embeddings: long ones": lambda E: np.abs(E).max() > 10,
    },
}

PROMISES = (
    *[
        Promise(f"{file}.{name}", text, when)
        for file, names in ELEMENTWISE.items()
        for name in names
        for text, when in {
            **ANY_NUMBERS,
            **(NEARLY_AT_THE_LIMIT if file == "activations" else {}),
        }.items()
    ],
    *[
        Promise(
            f"activations.{name}",
            f"any finite x, with {parameter} {value}: large and {word}",
            _is_large_with(parameter, value, sign),
        )
        for name, parameter, value in WITH_VALUES
        for word, sign in (("positive", 1), ("negative", -1))
    ],
    *[
        Promise(function, text, when)
        for function, promises in OTHERS.items()
        for text, when in promises.items()
    ],
)
