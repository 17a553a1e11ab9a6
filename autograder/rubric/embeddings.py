"""Word embeddings, forward and backward (notes, section 1.4; ids run from 0 here)."""

import numpy as np

from autograder.language.inputs import Inputs, labels, length, real, word_ids
from autograder.language.words import Gradient, Part
from embeddings import embed as right_embed

PART = Part("embeddings", "Word embeddings", notes="1.4")

LOOKUP = Inputs.of(E=real("V e"), ids=labels("t n", below="V"))

embed = PART.question(
    "embed",
    points=3.5,
    inputs=LOOKUP,
    edges=[
        LOOKUP.fixing(t=1),
        LOOKUP.fixing(n=1, e=3),
        LOOKUP.replacing(ids=word_ids("t n", below="V")),
    ],
    returns="x",
)


@embed.mistake(
    "summed", "The n embeddings are added up; they are set side by side, n * e numbers for an item."
)
def _(E, ids):
    return E[ids].sum(axis=1)


@embed.mistake(
    "averaged",
    "The n embeddings are averaged; they are set side by side, n * e numbers for an item.",
)
def _(E, ids):
    return E[ids].mean(axis=1)


@embed.mistake(
    "interleaved",
    "The embeddings are interleaved: first each word's first number, then each word's second.",
)
def _(E, ids):
    return E[ids].transpose(0, 2, 1).reshape(len(ids), -1)


@embed.mistake("ids-from-one", "The ids are taken to start at 1; here they start at 0.")
def _(E, ids):
    return E[ids - 1].reshape(len(ids), -1)


@embed.mistake(
    "last-word-only", "Only the last word's embedding is used; all n stand side by side."
)
def _(E, ids):
    return E[ids[:, -1]]


TO_INPUT = Inputs.of(dk=real("t v"), H=real("d v"))

input_grad = PART.question(
    "input_grad",
    points=3,
    inputs=TO_INPUT,
    edges=[TO_INPUT.fixing(t=1)],
    returns="dl/df",
    proof=Gradient(
        of=lambda dk, H, point: (dk * (point @ H)).sum(),
        at=lambda dk, H: np.ones((len(dk), len(H))),
    ),
)


@input_grad.mistake(
    "divided-by-t", "This is divided by t already; the average is taken once, in the update."
)
def _(dk, H):
    return dk @ H.T / len(dk)


@input_grad.mistake(
    "transposed", "This is the transpose: each item is a row, each feature a column."
)
def _(dk, H):
    return H @ dk.T


@input_grad.mistake("sign", "The sign is wrong.")
def _(dk, H):
    return -dk @ H.T


BACK = Inputs.of(dx=real("t n*e"), ids=word_ids("t n", below="V"), vocab_size=length("V"))

embed_backward = PART.question(
    "embed_backward",
    points=5.5,
    inputs=BACK,
    edges=[BACK.fixing(t=1), BACK.replacing(ids=labels("t n", below="V")).fixing(V=6)],
    returns="dl/dE",
    proof=Gradient(
        of=lambda dx, ids, vocab_size, point: (dx * right_embed(point, ids)).sum() / len(ids),
        at=lambda dx, ids, vocab_size: np.zeros((vocab_size, dx.shape[1] // ids.shape[1])),
    ),
)


def _collected(dx, ids, vocab_size):
    """Sum of each word's gradients over the batch."""
    e = dx.shape[1] // ids.shape[1]
    total = np.zeros((vocab_size, e))
    np.add.at(total, ids.ravel(), dx.reshape(-1, e))
    return total


@embed_backward.mistake(
    "not-divided-by-t", "This is the sum over the batch; the mean over its t items is asked for."
)
def _(dx, ids, vocab_size):
    return _collected(dx, ids, vocab_size)


@embed_backward.mistake(
    "divided-by-t-and-n",
    "This is divided by t and by n as well; the average runs over the t items, not their words.",
)
def _(dx, ids, vocab_size):
    return _collected(dx, ids, vocab_size) / ids.size


@embed_backward.mistake(
    "divided-by-occurrences", "Each word's sum is divided by how often the word occurs, not by t."
)
def _(dx, ids, vocab_size):
    counts = np.bincount(ids.ravel(), minlength=vocab_size)
    return _collected(dx, ids, vocab_size) / np.maximum(counts, 1)[:, None]


@embed_backward.mistake(
    "repeated-words-overwritten",
    "A word that occurs more than once keeps one occurrence only; all of them are collected.",
)
def _(dx, ids, vocab_size):
    e = dx.shape[1] // ids.shape[1]
    gradient = np.zeros((vocab_size, e))
    gradient[ids.ravel()] = dx.reshape(-1, e)
    return gradient / len(ids)


@embed_backward.mistake("sign", "The sign is wrong.")
def _(dx, ids, vocab_size):
    return -_collected(dx, ids, vocab_size) / len(ids)


@embed_backward.mistake(
    "last-position-only", "Only the last of the n positions passes its gradient on."
)
def _(dx, ids, vocab_size):
    e = dx.shape[1] // ids.shape[1]
    return _collected(dx[:, -e:], ids[:, -1:], vocab_size) / len(ids)


@embed_backward.mistake("ids-from-one", "The ids are taken to start at 1; here they start at 0.")
def _(dx, ids, vocab_size):
    return _collected(dx, ids - 1, vocab_size) / len(ids)
