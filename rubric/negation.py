"""The notes' own problem, learned from words: sentences turned around by *not* and by *un-*.

A few adjectives are enough, so that a training takes a fraction of a second. Which windows are held
out is fixed; of a sentence that is held out no other one with the same words is trained on.
"""

import numpy as np

from autograder.authoring import Check, Examples
from datasets import load_texts
from text import build_vocab, encode
from train import init_params

__all__ = ["LEARNS", "RIGHT", "make_problem"]

#: Some adjectives of each kind.
ADJECTIVES = frozenset(("good", "kind", "happy", "selfish", "afraid", "broken"))

#: Words in a window, numbers of an embedding, hidden units; windows that are trained on.
N, WIDTH, HIDDEN, TRAINED = 5, 6, 32, 200

#: The least share of held-out windows that are to have their label, and how they are learned. With
#: 300 seeds, four legal ways to order the minibatches and either value of ReLU'(0),
#: `benchmarks/negation_fairness.py` prints how far above this bar the worst of them is.
RIGHT = 0.8
RATE, EPOCHS, BATCH_SIZE, SEED = 1.0, 100, 20, 0


def make_problem(seed: int = SEED):
    """Return ids, y, E and params to train from, then ids and y that are held out."""
    texts = load_texts("negation")
    items = [
        (text.split()[:N], label)
        for text, label in zip(texts.texts, texts.y.tolist(), strict=True)
        if ADJECTIVES & set(text.split())
    ]
    vocab = build_vocab([words for words, _ in items], 100)
    ids = np.array([encode(words, vocab, N) for words, _ in items])
    y = np.array([label for _, label in items])
    E = np.random.default_rng(seed).normal(scale=0.5, size=(len(vocab), WIDTH)).round(3)
    params = {n: p.round(3) for n, p in init_params(N * WIDTH, HIDDEN, 2, seed).items()}
    return ids[:TRAINED], y[:TRAINED], E, params, ids[TRAINED:], y[TRAINED:]


_ids, _y, _E, _params, _held, _held_y = make_problem()

LEARNS = Check(
    "learns",
    "learns negation",
    "learns",
    0.25,
    examples=Examples(pinned=((_ids, _y, _E, _params, RATE, EPOCHS, BATCH_SIZE, SEED),)),
    select=(0, 1),
    needs={"ids": _held, "y": _held_y, "share": RIGHT},
)
