"""Word embeddings, forward and backward (notes, section 1.4; ids run from 0 here)."""

import numpy as np

import embeddings as right
import relu_backward
import softmax_ce
from autograder.authoring import (
    Gradient,
    Inputs,
    Question,
    labels,
    length,
    real,
    word_ids,
)
from rubric.relu_backward import declare_mistakes_through_weights

__all__ = ["embed", "embed_backward", "input_grad"]


LOOKUP = Inputs.of(E=real("V e"), ids=labels("t n", below="V"))

embed = Question(
    "embed",
    points=3,
    inputs=LOOKUP,
    edges=[
        LOOKUP.fixing(t=1),
        LOOKUP.fixing(n=1, e=3),
        LOOKUP.fixing(e=1),
        LOOKUP.replacing(ids=word_ids("t n", below="V")),
    ],
    returns="x",
)


@embed.mistake(
    "summed", "The n embeddings are added up; put them side by side, n * e numbers for each item."
)
def _(E, ids):
    return E[ids].sum(axis=1)


@embed.mistake(
    "averaged",
    "The n embeddings are averaged; put them side by side, n * e numbers for each item.",
)
def _(E, ids):
    return E[ids].mean(axis=1)


@embed.mistake(
    "interleaved",
    "The embeddings are interleaved: first each word's first number, then each word's second;"
    " keep the numbers of a word together.",
)
def _(E, ids):
    return E[ids].transpose(0, 2, 1).reshape(len(ids), -1)


@embed.mistake(
    "not-joined",
    "The n embeddings of an item are still separate, (t, n, e); join them into one row, (t, n"
    " * e).",
)
def _(E, ids):
    return E[ids]


@embed.mistake(
    "words-below-each-other",
    "The words are stacked on top of each other, all first words before all second ones; the"
    " words of an item belong side by side in its row.",
)
def _(E, ids):
    return np.concatenate([E[ids[:, i]] for i in range(ids.shape[1])], axis=0)


@embed.mistake(
    "columns-of-the-table",
    "The ids pick columns of E; a word's embedding is a row, and E has one row for each word.",
)
def _(E, ids):
    return E.T[ids].reshape(len(ids), -1)


@embed.mistake(
    "first-word-only", "Only the first word's embedding is used; all n belong side by side."
)
def _(E, ids):
    return E[ids[:, 0]]


@embed.mistake("ids-from-one", "The ids are treated as if they started at 1; here they start at 0.")
def _(E, ids):
    return E[ids - 1].reshape(len(ids), -1)


@embed.mistake(
    "last-word-only", "Only the last word's embedding is used; all n belong side by side."
)
def _(E, ids):
    return E[ids[:, -1]]


@embed.way()
def _(E, ids):
    return (softmax_ce.one_hot(ids.ravel(), len(E)) @ E).reshape(len(ids), -1)


TO_INPUT = Inputs.of(dk=real("t v"), H=real("d v"))

input_grad = Question(
    "input_grad",
    points=2,
    inputs=TO_INPUT,
    edges=[
        TO_INPUT.fixing(d=2, v=2),  # square: H itself fits as well
        TO_INPUT.fixing(t=1),
        TO_INPUT.fixing(d=1),
        TO_INPUT.replacing(dk=real("t v", size=50)),  # larger than gradients are clipped at
    ],
    returns="dl/df",
    proof=Gradient(
        of=lambda dk, H, point: (dk * (point @ H)).sum(),
        at=lambda dk, H: np.ones((len(dk), len(H))),
    ),
)


declare_mistakes_through_weights(input_grad, "H", "feature", "hidden unit", "v")


@input_grad.way()
def _(dk, H):
    return relu_backward.hidden_grad(dk, H)


BACK = Inputs.of(dx=real("t n*e"), ids=word_ids("t n", below="V"), vocab_size=length("V"))

embed_backward = Question(
    "embed_backward",
    points=4.5,
    inputs=BACK,
    edges=[
        BACK.fixing(t=1),
        BACK.replacing(ids=labels("t n", below="V")).fixing(V=6),
        BACK.fixing(e=1),
        BACK.replacing(ids=labels("t n", below="V")).fixing(n=1),
        BACK.replacing(dx=real("t n*e", size=50)),  # larger than gradients are clipped at
    ],
    returns="dl/dE",
    proof=Gradient(
        of=lambda dx, ids, vocab_size, point: (dx * right.embed(point, ids)).sum() / len(ids),
        at=lambda dx, ids, vocab_size: np.zeros((vocab_size, dx.shape[1] // ids.shape[1])),
    ),
)


def _add_up(dx, ids, vocab_size):
    """Return the sum of each word's gradients over the batch."""
    e = dx.shape[1] // ids.shape[1]
    total = np.zeros((vocab_size, e))
    np.add.at(total, ids.ravel(), dx.reshape(-1, e))
    return total


embed_backward.mistakes_by_divisor(
    _add_up,
    (
        "not-divided-by-t",
        "1",
        "This is the sum over the batch; you need the mean over its t items.",
    ),
    (
        "divided-by-t-and-n",
        "t*n",
        "This is divided by t and by n as well; the average runs over the t items, not their"
        " words.",
    ),
    (
        "divided-by-n",
        "n",
        "This is divided by n, the words of an item; the average runs over the t items.",
    ),
)


@embed_backward.mistake(
    "divided-by-occurrences", "Each word's sum is divided by how often the word occurs, not by t."
)
def _(dx, ids, vocab_size):
    counts = np.bincount(ids.ravel(), minlength=vocab_size)
    return _add_up(dx, ids, vocab_size) / np.maximum(counts, 1)[:, None]


@embed_backward.mistake(
    "repeated-words-overwritten",
    "A word that occurs more than once keeps only one occurrence; add up all of them.",
)
def _(dx, ids, vocab_size):
    e = dx.shape[1] // ids.shape[1]
    gradient = np.zeros((vocab_size, e))
    gradient[ids.ravel()] = dx.reshape(-1, e)
    return gradient / len(ids)


@embed_backward.mistake(
    "repeated-words-overwritten-and-not-divided-by-t",
    "Two things: a word that occurs more than once keeps only one occurrence (add up all of"
    " them), and nothing is divided by t.",
)
def _(dx, ids, vocab_size):
    e = dx.shape[1] // ids.shape[1]
    gradient = np.zeros((vocab_size, e))
    gradient[ids.ravel()] = dx.reshape(-1, e)
    return gradient


@embed_backward.mistake(
    "repeats-within-an-item-lost",
    "A word that occurs twice in one item keeps one of the two occurrences; add up all of"
    " them, as you do across items.",
)
def _(dx, ids, vocab_size):
    e = dx.shape[1] // ids.shape[1]
    gradient = np.zeros((vocab_size, e))
    for words, row in zip(ids, dx, strict=True):
        gradient[words] += row.reshape(-1, e)
    return gradient / len(ids)


@embed_backward.mistake(
    "first-occurrence-in-an-item-only",
    "A word that occurs twice in one item keeps only the first occurrence; add up all of them,"
    " as you do across items.",
)
def _(dx, ids, vocab_size):
    e = dx.shape[1] // ids.shape[1]
    gradient = np.zeros((vocab_size, e))
    for words, row in zip(ids, dx, strict=True):
        gradient[words[::-1]] += row.reshape(-1, e)[::-1]
    return gradient / len(ids)


@embed_backward.mistake(
    "first-occurrence-counted-again",
    "A word that occurs twice in one item adds its first gradient twice, and its second never: each"
    " occurrence has a place of its own.",
)
def _(dx, ids, vocab_size):
    e = dx.shape[1] // ids.shape[1]
    gradient = np.zeros((vocab_size, e))
    for words, row in zip(ids.tolist(), dx.reshape(*ids.shape, e), strict=True):
        for word in words:
            gradient[word] += row[words.index(word)]
    return gradient / len(ids)


@embed_backward.mistake(
    "repeats-across-items-lost",
    "A word at the same position of several items keeps only one occurrence; add up all of"
    " them, as you do within one item.",
)
def _(dx, ids, vocab_size):
    e = dx.shape[1] // ids.shape[1]
    gradient = np.zeros((vocab_size, e))
    for i in range(ids.shape[1]):
        gradient[ids[:, i]] += dx[:, i * e : (i + 1) * e]
    return gradient / len(ids)


@embed_backward.mistake(
    "interleaved",
    "Each row of dx is read as if the embeddings were interleaved; each word's e numbers are"
    " next to each other.",
)
def _(dx, ids, vocab_size):
    t, n = ids.shape
    joined = dx.reshape(t, -1, n).transpose(0, 2, 1).reshape(t, -1)
    return _add_up(joined, ids, vocab_size) / t


@embed_backward.mistake(
    "vocabulary-counted-in-the-batch",
    "There are only as many rows as the largest id in this batch needs; there should be"
    " vocab_size rows.",
)
def _(dx, ids, vocab_size):
    return _add_up(dx, ids, ids.max() + 1) / len(ids)


@embed_backward.mistake(
    "sign", "The sign is wrong: this points down the loss; the gradient points up."
)
def _(dx, ids, vocab_size):
    return -_add_up(dx, ids, vocab_size) / len(ids)


@embed_backward.mistake(
    "last-position-only",
    "Only the last of the n positions passes its gradient on; every position has a word.",
)
def _(dx, ids, vocab_size):
    e = dx.shape[1] // ids.shape[1]
    return _add_up(dx[:, -e:], ids[:, -1:], vocab_size) / len(ids)


@embed_backward.mistake(
    "first-position-only",
    "Only the first of the n positions passes its gradient on; every position has a word.",
)
def _(dx, ids, vocab_size):
    e = dx.shape[1] // ids.shape[1]
    return _add_up(dx[:, :e], ids[:, :1], vocab_size) / len(ids)


@embed_backward.mistake(
    "ids-from-one", "The ids are treated as if they started at 1; here they start at 0."
)
def _(dx, ids, vocab_size):
    return _add_up(dx, ids - 1, vocab_size) / len(ids)


@embed_backward.way()
def _(dx, ids, vocab_size):
    T = softmax_ce.one_hot(ids.ravel(), vocab_size)
    return T.T @ dx.reshape(ids.size, -1) / len(ids)
