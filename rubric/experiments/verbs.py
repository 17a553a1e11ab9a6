"""The verbs ``train``, ``classify`` and ``sweep``: what they take, and what they say."""

import itertools
import os
from argparse import ArgumentTypeError
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np

from autograder.pictures.experiment import Experiment, OwnVerb, Program, StoppedError

from .data import Texts, read_lines, read_texts
from .page import draw_sweep, draw_training
from .runs import AT_WORK, FUNCTIONS, Epoch, Run, Settings, read_labels, train
from .saved import read_model, save_model

__all__ = ["VERBS"]

#: How many nearest words are shown, of how many words: one in so many of the frequent ones.
NEAREST, SHOWN, EACH = 4, 12, 5


def _count(word: str) -> int:
    if not word.isdecimal() or not 1 <= int(word) <= 100_000:
        raise ArgumentTypeError(f"{word!r} is no whole number from 1 to 100000")
    return int(word)


def _rate(word: str) -> float:
    try:
        rate = float(word)
    except ValueError:
        rate = 0.0
    if not 0 < rate < 1000:
        raise ArgumentTypeError(f"{word!r} is no learning rate: a number above 0, such as 0.3")
    return rate


def _several(read: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    return lambda words: tuple(dict.fromkeys([read(word) for word in words.split(",")]))


Taken = tuple[tuple[str, ...], dict[str, Any]]


def _take(*names: str, **about: Any) -> Taken:
    return names, about


_DATA = _take(
    "--data",
    required=True,
    metavar="DATA",
    help="negation, windows, a FILE.tsv with a text and a label on each line, or a plain text",
)
_SETTINGS = (
    _take("-f", dest="n", type=_count, metavar="N", help="words in a window (default: all)"),
    _take("-b", dest="batch_size", type=_count, default=16, help="items in a minibatch"),
    _take("-e", dest="epochs", type=_count, default=40, help="epochs"),
    _take("--embedding", dest="e", type=_count, default=8, help="numbers for a word"),
    _take("--vocabulary", dest="size", type=_count, default=2000, help="words that have an id"),
)
_HTML = _take(
    "--html", dest="html", type=Path, metavar="FILE", help="also write a page of pictures"
)


# ---- train


def run_train(
    experiment: Experiment,
    data: str,
    *,
    v: int,
    lr: float,
    seed: int,
    output: Path | None,
    **chosen: Any,
) -> str:
    """Train a network on texts, and say how each epoch went."""
    texts = read_texts(experiment.homework.root, data)
    settings = _settle(texts, chosen, v=v, lr=lr, seed=seed)
    _say_data(experiment, texts, settings)
    experiment.say("epoch    loss  training  held out    linear")
    with experiment.start(AT_WORK, FUNCTIONS) as program:
        with experiment.show_progress(settings.epochs, "training") as step:

            def listen(number: int, epoch: Epoch) -> None:
                step()
                if number in (1, settings.epochs) or number % max(settings.epochs // 15, 1) == 0:
                    experiment.say(_say_epoch(number, epoch))

            run = train(program, texts, texts.held_out, settings, listen)
        right = read_labels(program, list(texts.test.texts), len(texts.labels)) == texts.test.y
        experiment.say(
            f"\nOn {len(right)} texts that were looked at once, now: {np.mean(right):.2f} right.\n"
        )
        nearest = _find_nearest(experiment, program, run)
    for word, near in nearest.items():
        experiment.say(f"{word}: {', '.join(near)}")
    if output is not None:
        save_model(output, run, texts.labels)
        experiment.say(f"The model is in {output}.")
    return draw_training(texts, run, nearest)


def _settle(texts: Texts, chosen: dict[str, Any], **more: Any) -> Settings:
    return Settings(**{**chosen, "n": chosen["n"] or texts.n, **more})


def _say_data(experiment: Experiment, texts: Texts, settings: Settings) -> None:
    experiment.say(
        f"{texts.name}: {len(texts.training.y)} texts to train on, {len(texts.held_out.y)} held"
        f" out, {len(texts.test.y)} for the end; labels {', '.join(texts.labels)}"
    )
    experiment.say(
        f"{settings.v} hidden units, learning rate {settings.lr:g}, windows of {settings.n} words,"
        f" {settings.e} numbers a word, minibatches of {settings.batch_size}"
    )


def _say_epoch(number: int, epoch: Epoch) -> str:
    return (
        f"{number:5}  {epoch.loss:6.3f}  {epoch.training:8.2f}  {epoch.held_out:8.2f}"
        f"  {epoch.linear:8.2f}"
    )


def _find_nearest(experiment: Experiment, program: Program, run: Run) -> dict[str, list[str]]:
    """Return the words nearest to some; none where `nearest` is not right yet, and say so."""
    ids = {row: word for word, row in run.words.items()}
    k = min(NEAREST, len(run.E) - 1)
    chosen = sorted(ids)[:: EACH if len(ids) > SHOWN * EACH else 1][:SHOWN]
    try:
        tree = program.call("find_nearest", np.array(chosen), k)
        rows = np.asarray(tree[0]).reshape(len(chosen), k)
    except StoppedError as stopped:
        experiment.say(f"There are no nearest words: {stopped}.")
        return {}
    except (TypeError, ValueError, IndexError):
        experiment.say(f"There are no nearest words: nearest does not return {k} ids.")
        return {}
    near = [[ids.get(int(one), "") for one in row] for row in rows]
    return {ids[row]: [w for w in own if w] for row, own in zip(chosen, near, strict=True)}


# ---- classify


def run_classify(experiment: Experiment, model: Path, texts: Path) -> str:
    """Print the label of each text of a file, one a line, by a saved network."""
    saved = read_model(model)
    lines = read_lines(texts)
    with experiment.start(AT_WORK, FUNCTIONS) as program:
        words = "\n".join(saved.words)
        program.call("resume", saved.E, saved.params, words, saved.ids, saved.n)
        y = read_labels(program, lines, len(saved.labels))
    for label, line in zip(y, lines, strict=True):
        experiment.say(f"{saved.labels[label]}\t{line}")
    return ""


# ---- sweep


def run_sweep(
    experiment: Experiment,
    data: str,
    *,
    v: Sequence[int],
    lr: Sequence[float],
    seeds: int,
    **chosen: Any,
) -> str:
    """Train with each choice from several seeds, and show the held-out shares in a table."""
    texts = read_texts(experiment.homework.root, data)
    first = _settle(texts, chosen, v=v[0], lr=lr[0], seed=0)
    _say_data(experiment, texts, first)
    pairs = list(itertools.product(lr, v))
    todo = [
        replace(first, lr=rate, v=units, seed=seed)
        for rate, units in pairs
        for seed in range(seeds)
    ]
    came = _run_all(experiment, texts, todo)
    shares = {pair: [came[s] for s in todo if (s.lr, s.v) == pair] for pair in pairs}
    _say_sweep(experiment, lr, v, shares)
    return draw_sweep(texts, lr, v, shares)


def _run_all(
    experiment: Experiment, texts: Texts, todo: Sequence[Settings]
) -> dict[Settings, float]:
    """Return what each comes to, held out; as many at once as there are processors."""
    came: dict[Settings, float] = {}
    count = min(len(todo), os.cpu_count() or 1)
    with ExitStack() as stack:
        free: SimpleQueue[Any] = SimpleQueue()
        for _ in range(count):
            program = stack.enter_context(experiment.start(AT_WORK, FUNCTIONS))
            program.load()  # workers start one after the other
            free.put(program)
        step = stack.enter_context(experiment.show_progress(len(todo), "training"))

        def run(settings: Settings) -> float:
            program = free.get()
            try:
                done = train(program, texts, texts.held_out, settings, lambda *_: None)
                return done.epochs[-1].held_out
            finally:
                free.put(program)

        pool = ThreadPoolExecutor(count)
        try:
            for settings, share in zip(todo, pool.map(run, todo), strict=True):
                came[settings] = share
                step()
        finally:  # what has not begun never does, and what runs ends with its worker
            pool.shutdown(wait=False, cancel_futures=True)
    return came


def _say_sweep(
    experiment: Experiment,
    lr: Sequence[float],
    v: Sequence[int],
    shares: dict[tuple[float, int], list[float]],
) -> None:
    runs = len(next(iter(shares.values())))
    experiment.say(
        f"\nHeld out, the mean share of right labels of {runs} seeds, and the least and most:"
    )
    head = "".join([f"{f'{units} hidden':>20}" for units in v])
    experiment.say(f"{'rate':>8}{head}")
    for rate in lr:
        cells = [f"{_say_spread(shares[rate, units]):>20}" for units in v]
        experiment.say(f"{rate:8g}{''.join(cells)}")
    rate, units = max(shares, key=lambda pair: float(np.mean(shares[pair])))
    experiment.say(
        f"\nBest: learning rate {rate:g}, {units} hidden units. Others whose range reaches its mean"
        " may be as good: the seeds differ as much."
    )


def _say_spread(shares: Sequence[float]) -> str:
    return f"{np.mean(shares):.2f} ({min(shares):.2f}-{max(shares):.2f})"


VERBS = (
    OwnVerb(
        "train",
        "Train a network on texts with your own functions; worth no points.",
        run_train,
        (
            _DATA,
            _take("-u", dest="v", type=_count, default=16, metavar="V", help="hidden units"),
            _take("-l", dest="lr", type=_rate, default=0.5, metavar="RATE", help="learning rate"),
            *_SETTINGS,
            _take("--seed", type=int, default=0, help="of the beginning and of each order"),
            _take("-o", dest="output", type=Path, metavar="FILE", help="keep the model"),
        ),
    ),
    OwnVerb(
        "classify",
        "Label texts with a model that 'train' kept.",
        run_classify,
        (
            _take("-m", dest="model", type=Path, required=True, metavar="FILE", help="the model"),
            _take(
                "-i",
                dest="texts",
                type=Path,
                required=True,
                metavar="FILE",
                help="the texts, one on each line",
            ),
        ),
    ),
    OwnVerb(
        "sweep",
        "Train with several learning rates and sizes, and compare what is held out.",
        run_sweep,
        (
            _DATA,
            _take(
                "-u",
                dest="v",
                type=_several(_count),
                default=(16,),
                metavar="V,...",
                help="hidden units, several with commas",
            ),
            _take(
                "-l",
                dest="lr",
                type=_several(_rate),
                default=(0.1, 0.3, 1.0),
                metavar="RATE,...",
                help="learning rates",
            ),
            *_SETTINGS,
            _take("--seeds", type=_count, default=3, help="how often each is trained"),
        ),
    ),
)
