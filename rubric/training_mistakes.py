"""What goes wrong in training, of the network alone or with its embedding table: one table."""

import itertools
import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.authoring import OpenOrder, Question
from embeddings import embed_backward, input_grad
from forward import forward
from relu_backward import hidden_grad, relu_backward
from rubric.orders import Epoch, Order
from rubric.training import Training, Wrong
from rubric.training_costs import find_costs
from softmax_ce import logits_grad
from updates import batch_gradients, sgd_update

__all__ = ["declare_shared_mistakes", "scale_gradients"]

# ---- gradients

NETWORK = ("H", "b_H", "U", "b_U")

#: What is trained together, by the words for it.
GROUPS = {
    "biases": ("b_H", "b_U"),
    "weights": ("H", "U"),
    "hidden-layer": ("H", "b_H"),
    "output-layer": ("U", "b_U"),
    **{name: (name,) for name in NETWORK},
}

WORDS = {
    "biases": "the biases",
    "weights": "the weights H and U",
    "hidden-layer": "the hidden layer (H and b_H)",
    "output-layer": "the output layer (U and b_U)",
}

#: What is done to some gradients, where the others are right: a factor that may depend on the
#: number of items in the minibatch, and the sentence.
FACTORS: dict[str, tuple[Callable[[int], float], str]] = {
    "not-averaged": (
        lambda t: t,
        "The gradient of {} is summed over the minibatch; the others are averaged, and so should"
        " this be.",
    ),
    "averaged-twice": (
        lambda t: 1 / t,
        "The gradient of {} is divided by the minibatch's size twice; once, as for the others, is"
        " right.",
    ),
    "ascends": (
        lambda t: -1,
        "The step of {} goes along the gradient, uphill; the others go against theirs.",
    ),
    "not-trained": (lambda t: 0, "Nothing moves {}: it comes back as it was; train it as well."),
}


def scale_gradients(names: tuple[str, ...], factor: Callable[[int], float]) -> Wrong:
    """Return a training that multiplies some gradients by a factor of a minibatch's size."""

    def wrong(training: Training, order: Order) -> Any:
        def move(items, y, params):
            losses, grads = training.gradients(items, y, params)
            scaled = {name: factor(len(y)) * grads[name] for name in names if name in grads}
            return losses, sgd_update(params, grads | scaled, training.lr)

        return training.run(order, move=move)

    return wrong


EVERYTHING = (*NETWORK, "E")

WHOLE_GRADIENTS = [
    (
        "gradient-ascent",
        scale_gradients(EVERYTHING, lambda t: -1),
        "The parameters move along the gradient: the loss rises.",
    ),
    (
        "gradients-not-averaged",
        scale_gradients(EVERYTHING, lambda t: t),
        "The gradients are summed over the minibatch, not averaged.",
    ),
    (
        "averaged-twice",
        scale_gradients(EVERYTHING, lambda t: 1 / t),
        "The gradients are divided by the minibatch's size twice: they are averages already.",
    ),
    (
        "parameters-not-trained",
        scale_gradients(EVERYTHING, lambda t: 0),
        "The parameters come back unchanged.",
    ),
]

# ---- steps


def _step_by(rate: Callable[[Training, int], float]) -> Wrong:
    """Return a training at another learning rate, which may depend on a minibatch's size."""

    def wrong(training: Training, order: Order) -> Any:
        def move(items, y, params):
            losses, grads = training.gradients(items, y, params)
            return losses, sgd_update(params, grads, rate(training, len(y)))

        return training.run(order, move=move)

    return wrong


def _decay_the_rate(training: Training, order: Order) -> Any:
    steps = iter([training.lr / (number + 1) for number, epoch in enumerate(order) for _ in epoch])

    def move(items, y, params):
        losses, grads = training.gradients(items, y, params)
        return losses, sgd_update(params, grads, next(steps))

    return training.run(order, move=move)


def _replace_hidden_gradients(dk: Callable[..., np.ndarray]) -> Wrong:
    """Return a training that takes another dl/dk for the hidden layer, and what is before it."""

    def wrong(training: Training, order: Order) -> Any:
        def move(items, y, params):
            losses, moved = training.move(items, y, params)
            f = items if "E" not in params else params["E"][items].reshape(len(items), -1)
            k, h, _, o = forward(f, *[params[name] for name in NETWORK])
            dz = logits_grad(o, y)
            dk_made = dk(dz, k, params, moved)
            dH, db_H, _, _ = batch_gradients(f, h, dk_made, dz)
            grads = {"H": dH, "b_H": db_H}
            if "E" in params:
                dx = input_grad(dk_made, params["H"])
                grads["E"] = embed_backward(dx, items, len(params["E"]))
            return losses, moved | {n: params[n] - training.lr * grads[n] for n in grads}

        return training.run(order, move=move)

    return wrong


def _replace_hidden_layer_by_k(training: Training, order: Order) -> Any:
    def move(items, y, params):
        losses, moved = training.move(items, y, params)
        f = items if "E" not in params else params["E"][items].reshape(len(items), -1)
        k, _, _, o = forward(f, *[params[name] for name in NETWORK])
        dz = logits_grad(o, y)
        _, _, dU, _ = batch_gradients(f, k, k, dz)
        return losses, moved | {"U": params["U"] - training.lr * dU}

    return training.run(order, move=move)


def _reuse_one_gradient(training: Training, order: Order) -> Any:
    params, losses = training.start, []
    for epoch in order:
        rows = list(epoch[0])
        loss, grads = training.gradients(training.items[rows], training.y[rows], params)
        for _ in epoch:
            params = sgd_update(params, grads, training.lr)
        losses.append(np.mean(loss))
    return [(params, np.array(losses))]


def _step_from_the_epoch_start(training: Training, order: Order) -> Any:
    params, losses = training.start, []
    for epoch in order:
        start, total = params, 0.0
        for batch in epoch:
            rows = list(batch)
            loss, grads = training.gradients(training.items[rows], training.y[rows], start)
            params, total = sgd_update(params, grads, training.lr), total + np.sum(loss)
        losses.append(total / len(training.y))
    return [(params, np.array(losses))]


def _restart_each_epoch(training: Training, order: Order) -> Any:
    runs = [training.run((epoch,)) for epoch in order]
    if not runs:
        return training.run(order)
    losses = [np.concatenate([run[way][1] for run in runs]) for way in range(len(runs[-1]))]
    return [(end, loss) for (end, _), loss in zip(runs[-1], losses, strict=True)]


STEPS = [
    (
        "learning-rate-forgotten",
        _step_by(lambda training, t: 1.0),
        "The parameters move by their whole gradients, without the rate lr.",
        "values",
    ),
    (
        "learning-rate-decays",
        _decay_the_rate,
        "The learning rate shrinks from epoch to epoch; it is lr in every step.",
        "values",
    ),
    (
        "short-batch-divided-by-batch-size",
        _step_by(lambda training, t: training.lr * t / training.batch_size),
        "The smaller minibatch is divided by batch_size; it has fewer items.",
        "minibatches",
    ),
    (
        "output-layer-updated-first",
        _replace_hidden_gradients(
            lambda dz, k, params, moved: relu_backward(hidden_grad(dz, moved["U"]), k)
        ),
        "U is updated before the hidden layer's gradient is taken: all gradients belong to the"
        " parameters that made the loss.",
        "values",
    ),
    (
        "gate-forgotten",
        _replace_hidden_gradients(lambda dz, k, params, moved: hidden_grad(dz, params["U"])),
        "The hidden layer's gradient does not go back through ReLU: where k is negative, nothing"
        " passes.",
        "values",
    ),
    (
        "gate-of-the-gradient",
        _replace_hidden_gradients(
            lambda dz, k, params, moved: relu_backward(
                hidden_grad(dz, params["U"]), hidden_grad(dz, params["U"])
            )
        ),
        "The hidden layer's gradient passes where it is positive itself; it has to pass where k"
        " is.",
        "values",
    ),
    (
        "averaged-over-labels",
        _step_by(lambda training, t: training.lr / training.start["U"].shape[1]),
        "The gradients are divided by the number of labels as well; they are averaged over the"
        " items alone.",
        "values",
    ),
    (
        "output-gradient-of-k",
        _replace_hidden_layer_by_k,
        "The gradient of U is made with k; it takes h, what ReLU made of k.",
        "values",
    ),
    (
        "stale-gradient",
        _reuse_one_gradient,
        "One gradient is computed for each epoch and reused for all its minibatches; every step"
        " needs that of its own minibatch, at the parameters of that moment.",
        "minibatches",
    ),
    (
        "gradients-at-the-epoch-start",
        _step_from_the_epoch_start,
        "All gradients of an epoch are taken at the parameters that it began with; each step has to"
        " start from where the last one led.",
        "minibatches",
    ),
    (
        "every-epoch-from-the-start",
        _restart_each_epoch,
        "Every epoch begins at the parameters that were given, so only the last one counts; go on"
        " from where the last epoch ended.",
        "values",
    ),
]

# ---- which items, in which minibatches


def _go_through(change: Callable[[Training, Order], Order]) -> Wrong:
    """Return a training under an order that is made from a legal one."""
    return lambda training, order: training.run(change(training, order))


def _all_items(training: Training) -> tuple[tuple[int, ...], ...]:
    return (tuple(range(len(training.y))),)


def _split_evenly(training: Training, order: Order) -> Any:
    """Train in minibatches of equal size, as many as are needed, or as fit.

    In a listed order the items of a minibatch are sorted: with its end first as well, the items of
    these orders meet in every way.
    """
    t = len(training.y)
    runs = []
    parts = sorted({-(-t // training.batch_size), max(1, t // training.batch_size)})
    for number, turn in itertools.product(parts, (1, -1)):
        items = [[i for batch in epoch for i in batch][::turn] for epoch in order]
        split = [np.array_split(several, number) for several in items]
        runs += training.run(tuple([tuple([tuple(b.tolist()) for b in e]) for e in split]))
    return runs


def _drop_short_batches(training: Training, order: Order) -> Any:
    whole = tuple([tuple([b for b in e if len(b) == training.batch_size]) for e in order])
    if not all(whole):  # no minibatch is left: nothing is trained
        return [(training.start, np.zeros(len(order)))]
    return training.run(whole)


def _add_an_epoch(training: Training, order: Order) -> Any:
    longer = (*order, order[0] if order else _all_items(training))
    return [(end, losses[:-1]) for end, losses in training.run(longer)]


def _leave_an_epoch_out(training: Training, order: Order) -> Any:
    return [(end, np.append(loss, loss[-1:])) for end, loss in training.run(order[:-1])]


ORDERS = [
    (
        "one-epoch-too-many",
        _add_an_epoch,
        "There is one more epoch than `epochs` says.",
        "values",
    ),
    (
        "one-epoch-too-few",
        _leave_an_epoch_out,
        "There is one epoch fewer than `epochs` says.",
        "values",
    ),
    (
        "batch-size-ignored",
        _go_through(lambda training, order: tuple([_all_items(training) for _ in order])),
        "Every epoch makes one step with all items, whatever batch_size says.",
        "minibatches",
    ),
    (
        "one-item-at-a-time",
        _go_through(
            lambda training, order: tuple([tuple([(i,) for b in e for i in b]) for e in order])
        ),
        "Every item makes a step of its own, whatever batch_size says.",
        "values",
    ),
    (
        "short-batch-dropped",
        _drop_short_batches,
        "The last minibatch of an epoch is left out when it is smaller than batch_size.",
        "minibatches",
    ),
    (
        "even-batches",
        _split_evenly,
        "The items are split into minibatches of nearly equal size; each has batch_size items, and"
        " only one of an epoch may be smaller.",
        "minibatches",
    ),
    (
        "first-minibatch-only",
        _go_through(lambda training, order: tuple([epoch[:1] for epoch in order])),
        "Only the first minibatch of each epoch is trained on.",
        "minibatches",
    ),
]

#: More orders than this are not listed.
LISTED = 600


def _draw_afresh(y: np.ndarray, epochs: int, batch_size: int) -> list[Order]:
    """Return the orders in which each minibatch is drawn from all items, but for the legal ones."""
    t = len(y)
    full = (batch_size,) * -(-t // batch_size)
    cut_off = tuple([min(batch_size, t - start) for start in range(0, t, batch_size)])
    orders: list[Order] = []
    for sizes in sorted({full, cut_off}):
        batches = [list(itertools.combinations_with_replacement(range(t), n)) for n in sizes]
        if math.prod([len(several) for several in batches]) ** epochs <= LISTED:
            orders += itertools.product(itertools.product(*batches), repeat=epochs)
    return [order for order in orders if not all([_visits_each_once(epoch, t) for epoch in order])]


def _visits_each_once(epoch: Epoch, t: int) -> bool:
    """Tell whether an epoch trains as a legal one does: an item three times is that item's mean."""
    seen = [item for batch in epoch for item in _reduce(batch)]
    return sorted(seen) == list(range(t))


def _reduce(batch: tuple[int, ...]) -> list[int]:
    """Return the smallest minibatch with the same mean."""
    counts = Counter(batch)
    factor = math.gcd(*counts.values())
    return [item for item, count in counts.items() for _ in range(count // factor)]


def _draw_one_afresh(y: np.ndarray, epochs: int, batch_size: int, seed: int) -> Order:
    rng, t = np.random.default_rng(seed), len(y)
    sizes = [min(batch_size, t - start) for start in range(0, t, batch_size)]
    return tuple(
        [tuple([tuple(rng.integers(0, t, size).tolist()) for size in sizes]) for _ in range(epochs)]
    )


def _shuffle_the_items_alone(y: np.ndarray, epochs: int, batch_size: int) -> list[Order]:
    """Return the orders of the items, where some item is beside another's label."""
    orders = [*itertools.permutations(range(len(y)))]
    if len(orders) ** epochs > LISTED:
        return []
    cut = [_cut(order, batch_size) for order in orders]
    return [
        several
        for several in itertools.product(cut, repeat=epochs)
        if any([(y[[i for batch in epoch for i in batch]] != y).any() for epoch in several])
    ]


def _shuffle_the_items_once(y: np.ndarray, epochs: int, batch_size: int, seed: int) -> Order:
    rng = np.random.default_rng(seed)
    return tuple([_cut(rng.permutation(len(y)).tolist(), batch_size) for _ in range(epochs)])


def _cut(items: Any, batch_size: int) -> Epoch:
    starts = range(0, len(items), batch_size)
    return tuple([tuple(items[start : start + batch_size]) for start in starts])


def _leave_the_labels(training: Training, order: Order) -> Any:
    places = _cut(range(len(training.y)), training.batch_size)
    labels = iter([training.y[list(batch)] for _ in order for batch in places])

    def move(items, y, params):
        return training.move(items, next(labels), params)

    return training.run(order, move=move)


# ---- losses


def _report(whole: Callable[[list[Any], int], float]) -> Wrong:
    """Return a training that makes an epoch's loss otherwise from the losses of its minibatches."""
    return lambda training, order: training.run(order, whole=whole)[:1]


def _change_losses(change: Callable[[np.ndarray, Training], np.ndarray]) -> Wrong:
    """Return a training that reports something else made from the right losses."""

    def wrong(training: Training, order: Order) -> Any:
        return [(end, change(losses, training)) for end, losses in training.run(order)]

    return wrong


def _never_reset(losses: np.ndarray) -> np.ndarray:
    return np.cumsum(losses) / np.arange(1, len(losses) + 1)


def _report_every_batch(training: Training, order: Order) -> Any:
    every: list[float] = []

    def whole(losses: list[Any], t: int) -> float:
        every.extend([float(np.mean(loss)) for loss in losses])
        return 0.0

    return [(training.run(order, whole=whole)[0][0], np.array(every))]


def _report_before(training: Training, order: Order) -> Any:
    (end, _), (_, after) = training.run(order)
    return [(end, np.array([training.mean_loss(training.start), *after])[: len(after)])]


def _report_before_and_after(training: Training, order: Order) -> Any:
    (end, _), (_, after) = training.run(order)
    return [(end, np.array([training.mean_loss(training.start), *after]))]


LOSSES = [
    (
        "losses-summed",
        _change_losses(lambda losses, training: losses * len(training.y)),
        "Each loss is the sum over the items; it should be their mean.",
    ),
    (
        "losses-divided-twice",
        _change_losses(lambda losses, training: losses / len(training.y)),
        "Each loss is the mean over the items, divided by their number once more.",
    ),
    (
        "losses-divided-by-batch-size",
        _change_losses(lambda losses, training: losses * len(training.y) / training.batch_size),
        "The sum over all items is divided by batch_size; divide it by the number of items.",
    ),
    (
        "losses-negative",
        _change_losses(lambda losses, training: -losses),
        "The losses have the wrong sign: a mean loss is never negative.",
    ),
    (
        "losses-never-reset",
        _change_losses(lambda losses, training: _never_reset(losses)),
        "The losses and their count are not set back to 0 for a new epoch: each number is the mean"
        " over all epochs so far.",
    ),
    (
        "losses-added-up-over-epochs",
        _change_losses(lambda losses, training: np.cumsum(losses)),
        "The sum of the losses is not set back to 0 for a new epoch: each number has those of the"
        " epochs before in it.",
    ),
    (
        "losses-of-the-last-epoch-alone",
        _change_losses(lambda losses, training: losses[-1:]),
        "Only one loss comes back; return one for each epoch.",
    ),
    (
        "loss-of-the-last-batch",
        _report(lambda losses, t: np.mean(losses[-1])),
        "Each loss is that of the epoch's last minibatch; it should be the mean over all items.",
    ),
    (
        "loss-of-the-first-batch",
        _report(lambda losses, t: np.mean(losses[0])),
        "Each loss is that of the epoch's first minibatch; it should be the mean over all items.",
    ),
    (
        "batch-means-averaged",
        _report(lambda losses, t: np.mean([np.mean(loss) for loss in losses])),
        "The minibatches' mean losses are averaged: a smaller minibatch then weighs too much.",
    ),
    (
        "batch-means-summed",
        _report(lambda losses, t: np.sum([np.mean(loss) for loss in losses])),
        "The minibatches' mean losses are added up; you need the mean over all items.",
    ),
    (
        "batch-means-summed-and-divided-by-t",
        _report(lambda losses, t: np.sum([np.mean(loss) for loss in losses]) / t),
        "The minibatches' mean losses are added up and divided by the number of items, so they are"
        " averaged twice.",
    ),
    (
        "losses-divided-by-the-number-of-batches",
        _report(lambda losses, t: np.sum([np.sum(loss) for loss in losses]) / len(losses)),
        "The sum of the losses is divided by the number of minibatches; divide it by that of the"
        " items.",
    ),
    (
        "loss-of-every-batch",
        _report_every_batch,
        "There is one loss for each minibatch; return one for each epoch.",
    ),
    (
        "losses-before-the-epoch",
        _report_before,
        "Each loss is the one at the parameters that the epoch began with; take it as the"
        " minibatches go by, or after the epoch.",
    ),
    (
        "loss-before-the-first-epoch",
        _report_before_and_after,
        "The loss before training comes back as well; return one for each epoch.",
    ),
]


def declare_shared_mistakes(question: Question, adapt: Callable[[Wrong], Any]) -> None:
    """Declare all of them for a question; `adapt` makes a training one of its wrong functions."""
    for name, wrong, sentence in WHOLE_GRADIENTS:
        question.mistake(name, sentence, costs=find_costs(name))(adapt(wrong))
    for group, names in GROUPS.items():
        for what, (factor, sentence) in FACTORS.items():
            said = sentence.format(WORDS.get(group, group))
            name = f"{group}-{what}"
            question.mistake(name, said, costs=find_costs(name))(
                adapt(scale_gradients(names, factor))
            )
    for name, wrong, sentence, shows_in in (*STEPS, *ORDERS):
        costs = find_costs(name)
        question.mistake(name, sentence, shows_in=shows_in, costs=costs)(adapt(wrong))
    question.mistake(
        "drawn-afresh",
        "Each minibatch is drawn from all items again, so that in an epoch some items come several"
        " times and others never; every epoch goes through all items once.",
        costs=find_costs("drawn-afresh"),
    )(
        OpenOrder(
            _draw_afresh,
            results=adapt(lambda training, order: training.run(order)),
            draw=_draw_one_afresh,
        )
    )
    question.mistake(
        "labels-not-shuffled",
        "The items and their labels are not shuffled together: items are learned with others'"
        " labels.",
        costs=find_costs("labels-not-shuffled"),
    )(
        OpenOrder(
            _shuffle_the_items_alone,
            results=adapt(_leave_the_labels),
            draw=_shuffle_the_items_once,
        )
    )
    for name, wrong, sentence in LOSSES:
        question.mistake(name, sentence, shows_in="losses")(adapt(wrong))
