"""Training of the embedding table with the network (notes, section 1.4)."""

from typing import Any

import numpy as np

from autograder.authoring import Examples, OpenOrder, Question
from embeddings import embed, embed_backward, input_grad
from rubric.negation import LEARNS
from rubric.orders import (
    every_order,
    gradients,
    random_order,
    run_embeddings,
    stay_off_the_kink_with_embeddings,
)
from rubric.training import of_embeddings
from rubric.training_costs import find_costs
from rubric.training_mistakes import declare_shared_mistakes
from rubric.training_problems import PARAMS, SEEDS, calls, problem, steepened, training_checks
from updates import sgd_update

__all__ = ["train_embeddings"]


def _embedding_problem(t: int, v: int, m: int, *, seed: int) -> tuple[Any, ...]:
    """Return ids, y, E and params of a small problem with a word that occurs twice in an item."""
    rng = np.random.default_rng(seed)
    _, y, params = problem(t, 6, v, m, seed=seed)
    ids = rng.integers(0, 5, size=(t, 3))
    ids[0] = (4, 1, 4)
    return ids, y, np.round(rng.integers(-15, 16, size=(5, 2)) / 10 + 0.05, 2), params


WORDS = _embedding_problem(4, 4, 3, seed=14)
FEW_WORDS = _embedding_problem(3, 4, 2, seed=5)
OTHER_WORDS = _embedding_problem(4, 3, 2, seed=6)
_ids, _y, _E, _params = _embedding_problem(4, 3, 2, seed=7)
_E, _, _params = steepened(_E, _y, _params)
STEEP_WORDS = (_ids, _y, _E, _params)

train_embeddings = Question(
    "train_embeddings",
    returns=("E", {"params": PARAMS}, "losses"),
    trains=True,
    open_order=OpenOrder(
        every_order,
        results=run_embeddings,
        require=stay_off_the_kink_with_embeddings,
        draw=random_order,
    ),
    checks=[
        *training_checks(
            (0, 1),
            (2,),
            whole=Examples(
                pinned=(
                    *calls(WORDS, lr=0.5, epochs=1, batch_size=4, seeds=[0]),
                    *calls(FEW_WORDS, lr=0.25, epochs=2, batch_size=5, seeds=[1]),
                    *calls(STEEP_WORDS, lr=0.01, epochs=1, batch_size=4, seeds=[2]),
                    *calls(WORDS, lr=0.5, epochs=0, batch_size=4, seeds=[3]),
                )
            ),
            shuffled=Examples(
                pinned=(
                    *calls(WORDS, lr=0.5, epochs=2, batch_size=2, seeds=SEEDS),
                    *calls(FEW_WORDS, lr=0.5, epochs=1, batch_size=2, seeds=[0]),
                    *calls(WORDS, lr=0.5, epochs=1, batch_size=3, seeds=[0]),
                )
            ),
            hidden=Examples(
                pinned=(
                    *calls(OTHER_WORDS, lr=0.5, epochs=2, batch_size=4, seeds=[3]),
                    *calls(OTHER_WORDS, lr=0.25, epochs=1, batch_size=3, seeds=[4]),
                    *calls(FEW_WORDS, lr=0.25, epochs=1, batch_size=1, seeds=[5]),
                )
            ),
            points={
                "values": 0.5,
                "minibatches": 0.5,
                "losses": 0.25,
                "shuffling": 0.25,
                "hidden": 0.25,
                "dtype": 0.25,
                "arguments": 0.25,
            },
        ),
        LEARNS,
    ],
)


def _move_with(
    ids, y, E, params, lr, *, table_gradient=None, table_rate=1.0, new_H=False, trains_network=True
):
    """Make one step as `move_table` does, with one thing done otherwise."""
    losses, grads, dk = gradients(embed(E, ids), y, params)
    moved = sgd_update(params, grads, lr)
    dx = input_grad(dk, (moved if new_H else params)["H"])
    dE = (table_gradient or embed_backward)(dx, ids, len(E))
    return losses, E - table_rate * lr * dE, moved if trains_network else params


def _train_with(change):
    """Return training with one thing done otherwise, which may depend on a minibatch's size."""

    def wrong(ids, y, E, params, lr, order):
        def step(ids, y, E, params, lr):
            return _move_with(ids, y, E, params, lr, **change(lr, len(y)))

        return run_embeddings(ids, y, E, params, lr, order, step=step)

    return wrong


def _overwrite_repeated_words(dx, ids, vocab_size):
    e = dx.shape[1] // ids.shape[1]
    gradient = np.zeros((vocab_size, e))
    gradient[ids.ravel()] = dx.reshape(-1, e)
    return gradient / len(ids)


def _leave_the_first_word(dx, ids, vocab_size):
    gradient = embed_backward(dx, ids, vocab_size)
    gradient[0] = 0.0
    return gradient


for name, change, sentence in [
    (
        "first-word-not-trained",
        lambda lr, t: {"table_gradient": _leave_the_first_word},
        "Row 0 of E is never moved; no word is padding here, so train every row.",
    ),
    (
        "embeddings-not-trained",
        lambda lr, t: {"table_rate": 0.0},
        "E comes back unchanged; it has to be trained as well.",
    ),
    (
        "network-not-trained",
        lambda lr, t: {"trains_network": False},
        "Only E is trained; the network's own parameters have to be trained as well.",
    ),
    (
        "embeddings-ascend",
        lambda lr, t: {"table_rate": -1.0},
        "E moves along its gradient; the step goes against it.",
    ),
    (
        "learning-rate-forgotten-for-embeddings",
        lambda lr, t: {"table_rate": 1 / lr},
        "E moves by its whole gradient, without the rate lr.",
    ),
    (
        "network-updated-first",
        lambda lr, t: {"new_H": True},
        "H is updated before the embeddings' gradient is taken: all gradients belong to the"
        " parameters that made the loss.",
    ),
    (
        "repeated-words-overwritten",
        lambda lr, t: {"table_gradient": _overwrite_repeated_words},
        "A word that occurs more than once is moved for only one occurrence; all of them count.",
    ),
    (
        "embedding-gradient-summed",
        lambda lr, t: {"table_rate": t},
        "E's gradient is summed over the minibatch, not averaged.",
    ),
    (
        "embedding-gradient-averaged-twice",
        lambda lr, t: {"table_rate": 1 / t},
        "E's gradient is divided by the minibatch's size twice: it is an average already.",
    ),
]:
    train_embeddings.mistake(name, sentence, costs=find_costs(name))(_train_with(change))


@train_embeddings.mistake(
    "embedded-once",
    "The features are looked up once, before training: the network never sees the embeddings that"
    " are trained.",
    costs=find_costs("embedded-once"),
)
def _(ids, y, E, params, lr, order):
    x = embed(E, ids)
    table, losses = E, []
    for epoch in order:
        total = 0.0
        for batch in epoch:
            rows = list(batch)
            loss, grads, dk = gradients(x[rows], y[rows], params)
            dE = embed_backward(input_grad(dk, params["H"]), ids[rows], len(E))
            params, table = sgd_update(params, grads, lr), table - lr * dE
            total += np.sum(loss)
        losses.append(total / len(y))
    return [(table, params, np.array(losses))]


@train_embeddings.mistake(
    "embedded-once-an-epoch",
    "The features are looked up once for each epoch: its later minibatches see embeddings that"
    " have moved since. Look up those of each minibatch.",
    shows_in="minibatches",
    costs=find_costs("embedded-once-an-epoch"),
)
def _(ids, y, E, params, lr, order):
    table, losses = E, []
    for epoch in order:
        x, total = embed(table, ids), 0.0
        for batch in epoch:
            rows = list(batch)
            loss, grads, dk = gradients(x[rows], y[rows], params)
            dE = embed_backward(input_grad(dk, params["H"]), ids[rows], len(E))
            params, table = sgd_update(params, grads, lr), table - lr * dE
            total += np.sum(loss)
        losses.append(total / len(y))
    return [(table, params, np.array(losses))]


declare_shared_mistakes(train_embeddings, of_embeddings)
