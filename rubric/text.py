"""Words in a window: vocabulary, encoding, labels and nearest words (notes, section 1.4)."""

from collections import Counter
from typing import Any

import numpy as np
from hypothesis import strategies as st

import embeddings
import forward
from autograder.authoring import Inputs, Question, drawn_from, labels, length, one_of, real, record
from rubric.predict import is_clear

__all__ = ["build_vocab", "classify", "encode", "nearest"]

PAD, UNKNOWN = "<pad>", "<unk>"

#: Capitals come before small letters in Python's order of strings, and the shorter word first.
WORDS = ("a", "b", "un-", "was", "it", "Was", "bad", "ba")

# ---- build_vocab

TEXTS = Inputs.of(
    texts=drawn_from(
        st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5), min_size=1, max_size=4)
    ),
    size=one_of(3, 2, 4, 1),
)

#: Rare words first, a tie at the cut, a word that is frequent in one text and in no other.
UNEVEN = [["was", "bad", "it"], ["it", "b", "b", "b", "it"], ["a", "bad", "Was"]]

build_vocab = Question(
    "build_vocab",
    points=2.5,
    inputs=TEXTS,
    edges=[
        TEXTS.replacing(texts=drawn_from(st.just(UNEVEN)), size=one_of(4)),
        TEXTS.replacing(size=one_of(50)),
        TEXTS.replacing(texts=drawn_from(st.just([["bad", "bad", "bad"]]))),
        TEXTS.replacing(texts=drawn_from(st.just([["b"], [], ["a", "b"]])), size=one_of(1)),
    ],
    returns={},
    without=["dtype"],
)


def _count(texts):
    return Counter([word for words in texts for word in words])


def _rank(counts):
    return sorted(counts, key=lambda word: (-counts[word], word))


def _number(words, first=(PAD, UNKNOWN)):
    return {word: number for number, word in enumerate([*first, *words])}


for name, rule, sentence in [
    (
        "without-special-words",
        lambda texts, size: _number(_rank(_count(texts))[:size], ()),
        "<pad> and <unk> are missing: they have the ids 0 and 1, and words begin at 2.",
    ),
    (
        "without-unknown",
        lambda texts, size: _number(_rank(_count(texts))[:size], (PAD,)),
        "<unk> is missing: it has the id 1, and words begin at 2.",
    ),
    (
        "special-words-swapped",
        lambda texts, size: _number(_rank(_count(texts))[:size], (UNKNOWN, PAD)),
        "<pad> and <unk> have each other's id: <pad> is 0, <unk> is 1.",
    ),
    (
        "special-words-last",
        lambda texts, size: _number([*_rank(_count(texts))[:size], PAD, UNKNOWN], ()),
        "<pad> and <unk> come last here; they are 0 and 1, whatever words there are.",
    ),
    (
        "special-words-counted",
        lambda texts, size: _number(_rank(_count(texts))[: max(size - 2, 0)]),
        "<pad> and <unk> are counted among the `size` words: that many words have an id beside"
        " those two.",
    ),
    (
        "by-appearance",
        lambda texts, size: _number(list(_count(texts))[:size]),
        "The words are in the order in which they appear; the most frequent one comes first.",
    ),
    (
        "ties-by-appearance",
        lambda texts, size: _number([word for word, _ in _count(texts).most_common(size)]),
        "Words that are equally frequent are in the order in which they appear, as most_common"
        " gives them; put them in alphabetical order.",
    ),
    (
        "ties-backwards",
        lambda texts, size: _number(
            sorted(sorted(_count(texts), reverse=True), key=lambda w: -_count(texts)[w])[:size]
        ),
        "Words that are equally frequent are in reverse alphabetical order: sorting with"
        " reverse=True turns the words round, too.",
    ),
    (
        "rare-words-first",
        lambda texts, size: _number(
            sorted(_count(texts), key=lambda word: (_count(texts)[word], word))[:size]
        ),
        "The rarest words come first; sort by falling frequency.",
    ),
    (
        "alphabetical",
        lambda texts, size: _number(sorted(_count(texts))[:size]),
        "The words are in alphabetical order alone; the most frequent ones come first.",
    ),
    (
        "frequent-words-in-alphabetical-order",
        lambda texts, size: _number(sorted(_rank(_count(texts))[:size])),
        "The right words are chosen, but their ids follow the alphabet; the most frequent word"
        " gets 2.",
    ),
    (
        "not-cut",
        lambda texts, size: _number(_rank(_count(texts))),
        "Every word gets an id; only the `size` most frequent ones do.",
    ),
    (
        "texts-counted",
        lambda texts, size: _number(
            _rank(Counter([word for words in texts for word in dict.fromkeys(words)]))[:size]
        ),
        "This counts in how many texts a word is; count every time that it occurs.",
    ),
    (
        "first-text-only",
        lambda texts, size: _number(_rank(_count(texts[:1]))[:size]),
        "Only the first text is counted; all of them count.",
    ),
    (
        "lower-case",
        lambda texts, size: _number(
            _rank(_count([[word.lower() for word in words] for words in texts]))[:size]
        ),
        "The words are made lower case; they are taken as they are.",
    ),
    (
        "words-from-one",
        lambda texts, size: (
            {PAD: 0, UNKNOWN: 1}
            | {word: number for number, word in enumerate(_rank(_count(texts))[:size], start=1)}
        ),
        "The words' ids begin at 1, which is <unk>'s; they begin at 2.",
    ),
    (
        "frequencies",
        lambda texts, size: (
            {PAD: 0, UNKNOWN: 1}
            | {word: _count(texts)[word] for word in _rank(_count(texts))[:size]}
        ),
        "These are the words' frequencies; their ids are 2, 3, 4 and so on.",
    ),
]:
    build_vocab.mistake(name, sentence)(rule)


@build_vocab.way()
def _(texts, size):
    counts: dict[str, int] = {}
    for words in texts:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    chosen = sorted(sorted(counts), key=counts.__getitem__, reverse=True)[:size]
    return {PAD: 0, UNKNOWN: 1} | dict(zip(chosen, range(2, 2 + len(chosen)), strict=True))


# ---- encode

VOCAB = {PAD: 0, UNKNOWN: 1, "was": 2, "it": 3, "bad": 4, "un-": 5}

LINE = Inputs.of(
    words=drawn_from(
        st.lists(st.sampled_from(("it", "was", "bad", "un-", "odd", "new")), min_size=1, max_size=6)
    ),
    vocab=drawn_from(st.just(VOCAB)),
    n=length("n"),
).choosing(n=(4, 3, 5, 2))


def _pin(words, n):
    return LINE.replacing(words=drawn_from(st.just(words.split()))).fixing(n=n)


encode = Question(
    "encode",
    points=2.25,
    inputs=LINE,
    edges=[
        _pin("it odd bad", 5),
        _pin("odd was un- it new bad", 3),
        _pin("was un- bad", 3),
        _pin("", 2),
        _pin("new bad", 1),
        LINE.replacing(vocab=drawn_from(st.just({"bad": 2, UNKNOWN: 1, "new": 3, PAD: 0}))),
    ],
    returns="ids",
)


def _look_up(words, vocab, unknown=1):
    return [vocab.get(word, unknown) for word in words]


def _fill(ids, n, number=0):
    return np.array([*ids, *[number] * (n - len(ids))], dtype=np.int64)


for name, rule, sentence in [
    (
        "unknown-dropped",
        lambda words, vocab, n: _fill([vocab[w] for w in words if w in vocab][:n], n),
        "Unknown words are left out; each one gets the id 1 in its place.",
    ),
    (
        "unknown-dropped-after-the-cut",
        lambda words, vocab, n: _fill([vocab[w] for w in words[:n] if w in vocab], n),
        "Unknown words are left out; each one gets the id 1 in its place.",
    ),
    (
        "unknown-as-padding",
        lambda words, vocab, n: _fill(_look_up(words, vocab, 0)[:n], n),
        "Unknown words get the id 0, which is the padding's; they get 1.",
    ),
    (
        "unknown-after-the-last",
        lambda words, vocab, n: _fill(_look_up(words, vocab, len(vocab))[:n], n),
        "Unknown words get the first id that is free; E has no row for it. They get 1.",
    ),
    (
        "padding-on-the-left",
        lambda words, vocab, n: np.array([0] * (n - len(words)) + _look_up(words[:n], vocab)),
        "The padding is on the left; a short text is filled up on the right.",
    ),
    (
        "padded-with-unknown",
        lambda words, vocab, n: _fill(_look_up(words, vocab)[:n], n, 1),
        "Short texts are filled up with 1, the id of unknown words; padding is 0.",
    ),
    (
        "padded-with-the-last-word",
        lambda words, vocab, n: (
            _fill(_look_up(words, vocab)[:n], n, _look_up(words, vocab)[-1])
            if words
            else np.zeros(n, dtype=np.int64)
        ),
        "Short texts are filled up with their last word again; padding is 0.",
    ),
    (
        "last-words",
        lambda words, vocab, n: _fill(_look_up(words[-n:], vocab), n),
        "A long text keeps its last n words; it keeps the first.",
    ),
    (
        "not-cut",
        lambda words, vocab, n: _fill(_look_up(words, vocab), n),
        "A text of more than n words is not cut: all windows have n ids.",
    ),
    (
        "not-padded",
        lambda words, vocab, n: np.array(_look_up(words, vocab)[:n], dtype=np.int64),
        "A text of fewer than n words is not filled up: all windows have n ids.",
    ),
    (
        "ids-from-the-words-place",
        lambda words, vocab, n: _fill(list(range(2, 2 + len(words)))[:n], n),
        "The ids follow the words' places in this text; they come from vocab.",
    ),
    (
        "one-hot",
        lambda words, vocab, n: np.eye(len(vocab))[_fill(_look_up(words, vocab)[:n], n)],
        "These are one-hot rows; the ids themselves are expected.",
    ),
    (
        "one-too-few",
        lambda words, vocab, n: _fill(_look_up(words, vocab)[: n - 1], n),
        "Only n - 1 words are kept; a window has room for n.",
    ),
]:
    encode.mistake(name, sentence)(rule)


@encode.mistake(
    "unknown-words-raise",
    "Unknown words are looked up like the others, which is a KeyError; vocab.get(word, 1) gives 1"
    " for them.",
)
def _(words, vocab, n):
    return _fill([vocab[word] for word in words[:n]], n)


@encode.way()
def _(words, vocab, n):
    ids = [vocab.get(words[i], vocab[UNKNOWN]) if i < len(words) else vocab[PAD] for i in range(n)]
    return np.array(ids)


# ---- classify

WINDOWS = Inputs.of(
    ids=labels("t n", below="V"),
    E=real("V e"),
    params=record(H=real("n*e v"), b_H=real("1 v"), U=real("v m"), b_U=real("1 m")),
)


def _without_ties(arguments: dict[str, Any]) -> dict[str, Any] | None:
    x = embeddings.embed(arguments["E"], arguments["ids"])
    return arguments if is_clear(x, arguments["params"]) else None


WINDOWS = WINDOWS.adjusted(_without_ties)

classify = Question(
    "classify",
    points=1.25,
    inputs=WINDOWS,
    edges=[WINDOWS.fixing(t=1), WINDOWS.fixing(n=1, e=2)],
    returns="labels",
)


def _score(ids, E, params, activate=lambda k: np.maximum(k, 0)):
    k = embeddings.embed(E, ids) @ params["H"] + params["b_H"]
    return activate(k) @ params["U"] + params["b_U"]


for name, rule, sentence in [
    (
        "labels-from-one",
        lambda ids, E, params: _score(ids, E, params).argmax(axis=1) + 1,
        "The labels are counted from 1; here they start at 0.",
    ),
    (
        "least-probable",
        lambda ids, E, params: _score(ids, E, params).argmin(axis=1),
        "This is the least probable label.",
    ),
    (
        "over-the-batch",
        lambda ids, E, params: _score(ids, E, params).argmax(axis=0),
        "This looks for the largest entry of each column; each window is a row.",
    ),
    (
        "probabilities",
        lambda ids, E, params: forward.softmax(_score(ids, E, params)),
        "These are the probabilities; return the label with the largest one.",
    ),
    (
        "largest-probability",
        lambda ids, E, params: forward.softmax(_score(ids, E, params)).max(axis=1),
        "This is the largest probability itself; return which label has it.",
    ),
    (
        "logits",
        lambda ids, E, params: _score(ids, E, params),
        "These are the logits; return the label with the largest one.",
    ),
    (
        "no-nonlinearity",
        lambda ids, E, params: _score(ids, E, params, lambda k: k).argmax(axis=1),
        "The activation is left out on the way: the network is linear then.",
    ),
    (
        "biases-forgotten",
        lambda ids, E, params: (
            np.maximum(embeddings.embed(E, ids) @ params["H"], 0) @ params["U"]
        ).argmax(axis=1),
        "The biases are left out on the way to the logits.",
    ),
    (
        "two-way-threshold",
        lambda ids, E, params: forward.softmax(_score(ids, E, params))[:, 1] > 0.5,
        "This chooses label 1 where its probability is above one half, else label 0; there may be"
        " more than two labels.",
    ),
    (
        "one-label-for-all",
        lambda ids, E, params: np.full(
            len(ids),
            _score(ids, E, params).argmax() % params["U"].shape[1],
        ),
        "This looks for the largest entry of all windows; each has a label of its own.",
    ),
    (
        "most-active-hidden-unit",
        lambda ids, E, params: (embeddings.embed(E, ids) @ params["H"] + params["b_H"]).argmax(
            axis=1
        ),
        "This is the most active hidden unit; the label is the largest entry of o.",
    ),
    (
        "words-reversed",
        lambda ids, E, params: _score(ids[:, ::-1], E, params).argmax(axis=1),
        "The words of each window are taken from right to left.",
    ),
]:
    classify.mistake(name, sentence)(rule)


@classify.way()
def _(ids, E, params):
    x = np.concatenate([E[ids[:, place]] for place in range(ids.shape[1])], axis=1)
    o = forward.forward(x, *[params[name] for name in ("H", "b_H", "U", "b_U")])[3]
    return np.array([int(np.argmax(row)) for row in o])


# ---- nearest

TABLE = Inputs.of(E=real("V e"), word=one_of(0), k=one_of(1)).choosing(V=(5, 6, 7), e=(2, 3))

#: Cosines of rows that differ are at least so far apart: a tie is one of equal rows alone.
APART = 1e-6


def _fit_word(arguments: dict[str, Any]) -> dict[str, Any] | None:
    """Choose a word that has a direction, and how many to find, by the table."""
    E = arguments["E"]
    with_direction = np.flatnonzero(np.abs(E).sum(axis=1))
    if not len(with_direction):
        return None
    number = int(np.abs(E).sum() * 2)
    word = int(with_direction[number % len(with_direction)])
    if not _is_settled(E, word):
        return None
    return arguments | {"word": word, "k": arguments["k"] or len(E) - 1}


def _is_settled(E: np.ndarray, word: int) -> bool:
    rows = [row for row in np.unique(E, axis=0) if np.abs(row).sum()]
    cosines = sorted([row @ E[word] / np.linalg.norm(row) for row in rows])
    return bool((np.diff(cosines) > APART).all())


def _with_equal_and_zero_rows(arguments: dict[str, Any]) -> dict[str, Any] | None:
    E = arguments["E"].copy()
    E[1], E[-1], E[-2] = 0, E[0], E[2]
    return _fit_word(arguments | {"E": E})


ANY_TABLE = TABLE.adjusted(_fit_word)

nearest = Question(
    "nearest",
    points=2.5,
    inputs=ANY_TABLE.replacing(k=one_of(2, 3, 4)),
    edges=[
        TABLE.replacing(k=one_of(0)).adjusted(_with_equal_and_zero_rows).choosing(V=(6, 7)),
        TABLE.replacing(k=one_of(0)).adjusted(_with_equal_and_zero_rows).fixing(V=8),
        ANY_TABLE.replacing(k=one_of(0)),
        ANY_TABLE,
        ANY_TABLE.replacing(E=real("V e", size=50), k=one_of(3)),
    ],
    returns="ids",
)


def _cosine(E, word, *, rows=True):
    norms = np.sqrt((E**2).sum(axis=1))
    return np.where(norms == 0, -np.inf, E @ E[word] / np.where(norms == 0, 1, norms)).round(12)


def _first(scores, word, k, *, leaves_out=True):
    order = np.argsort(-scores, kind="stable")
    return (order[order != word] if leaves_out else order)[:k]


for name, rule, sentence in [
    (
        "without-norms",
        lambda E, word, k: _first((E @ E[word]).round(12), word, k),
        "These are nearest by the dot product: divide it by the length of each row, or long rows"
        " win.",
    ),
    (
        "by-distance",
        lambda E, word, k: _first(-((E - E[word]) ** 2).sum(axis=1).round(12), word, k),
        "These are nearest by the distance between the rows; the cosine asks for the direction"
        " alone.",
    ),
    (
        "word-itself",
        lambda E, word, k: np.r_[word, _first(_cosine(E, word), word, k)][:k],
        "The word itself is in the list, as its own neighbor; leave it out.",
    ),
    (
        "word-itself-beside-k",
        lambda E, word, k: np.r_[word, _first(_cosine(E, word), word, k)],
        "The word itself is in the list, beside its k neighbors; leave it out.",
    ),
    (
        "first-left-out",
        lambda E, word, k: _first(_cosine(E, word), word, len(E), leaves_out=False)[1 : k + 1],
        "The first of all is left out, as if it were the word itself; a row equal to the word's may"
        " come before it. Leave out the id of the word.",
    ),
    (
        "farthest-first",
        lambda E, word, k: _first(
            np.where(np.isinf(_cosine(E, word)), -np.inf, -_cosine(E, word)), word, k
        ),
        "These are the words that point away most; the largest cosine comes first.",
    ),
    (
        "nearest-last",
        lambda E, word, k: _first(_cosine(E, word), word, k)[::-1],
        "The right words, in reverse order: the nearest comes first.",
    ),
    (
        "zero-rows-in-the-middle",
        lambda E, word, k: _first(np.nan_to_num(_cosine(E, word), neginf=0.0), word, k),
        "A row of zeros counts as a cosine of 0 here, before the rows that point away; it has no"
        " direction and comes last.",
    ),
    (
        "zero-rows-first",
        lambda E, word, k: _first(np.nan_to_num(_cosine(E, word), neginf=np.inf), word, k),
        "A row of zeros comes first: 0 / 0 is nan, and turning a sorted list round brings nan to"
        " the front. It comes last.",
    ),
    (
        "sign-ignored",
        lambda E, word, k: _first(
            np.where(np.isinf(_cosine(E, word)), -np.inf, np.abs(_cosine(E, word))), word, k
        ),
        "The cosine's sign is dropped: a row that points the other way is far away, not near.",
    ),
    (
        "squared-norms",
        lambda E, word, k: _first(
            (E @ E[word] / np.maximum((E**2).sum(axis=1), 1e-300)).round(12)
            - np.where((E**2).sum(axis=1) == 0, 1e9, 0),
            word,
            k,
        ),
        "The dot product is divided by the squares of the lengths: take their square roots.",
    ),
    (
        "ties-backwards",
        lambda E, word, k: np.array(
            [i for i in np.lexsort((np.arange(len(E)), _cosine(E, word)))[::-1] if i != word][:k]
        ),
        "Of equal rows the one with the larger id comes first: turning a sorted list round turns"
        " ties round, too.",
    ),
    (
        "by-columns",
        lambda E, word, k: _first(
            _cosine(np.pad(E.T, ((0, max(0, len(E) - E.shape[1])), (0, 0)))[: len(E)], word % 2),
            word,
            k,
        ),
        "This compares columns of E; a word's embedding is a row.",
    ),
    (
        "cosines",
        lambda E, word, k: np.sort(np.delete(_cosine(E, word), word) / np.linalg.norm(E[word]))[
            ::-1
        ][:k],
        "These are the cosines; return the ids of the words that have them.",
    ),
    (
        "all-of-them",
        lambda E, word, k: _first(_cosine(E, word), word, len(E)),
        "All words come back; return the k nearest.",
    ),
]:
    nearest.mistake(name, sentence)(rule)


@nearest.way()
def _(E, word, k):
    lengths = [float(np.sqrt(row @ row)) for row in E]
    ranked = sorted(
        [i for i in range(len(E)) if i != word],
        key=lambda i: (
            not lengths[i],
            -round(float(E[i] @ E[word]) / lengths[i], 10) if lengths[i] else 0.0,
            i,
        ),
    )
    return np.array(ranked[:k])
