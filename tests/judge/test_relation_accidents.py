"""Each relation is silent on data on which it holds by accident, and speaks where it can't."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pytest

from autograder.judge.relations import axes, batch, factors, numbers, place
from autograder.judge.relations.case import Call, Case, Example, Search
from autograder.judge.relations.explain import NUMBERS, SHAPES, WHERE, find_turned

Row = tuple[Any, Any, dict[str, Any]]

#: Shapes of results: two of them with more than two rows and columns.
MATRICES = ((2, 3), (3, 4), (4, 3), (5, 4))
SQUARES = ((2, 2), (3, 3), (4, 4))
TWO_BY_TWO = ((2, 2), (2, 2), (2, 2))


def draw(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([*shape, seed]).normal(0, 2, shape)


def as_case(
    rows: Iterable[Row], *, by_shape: bool = False, others: Any = None, **letters: str
) -> Case:
    """Return the case of some calls: what came back, what is right, the arguments."""
    examples = []
    for number, (got, right, arguments) in enumerate(rows):
        shapes = {name: shape for name, shape in letters.items() if name in arguments}
        call = Call(number, arguments, shapes, {"t": "items"})
        sides = np.asarray(got, dtype=np.float64), np.asarray(right, dtype=np.float64)
        examples.append(Example(call, *sides, (1e-6, 1e-9)))
    return Case("z", tuple(examples), by_shape, others or {})


def changed(change: Callable[..., Any], shapes: Sequence[tuple[int, ...]] = MATRICES) -> list[Row]:
    """Return calls whose right results are drawn, and came back changed."""
    rights = [draw(*shape, seed=n) for n, shape in enumerate(shapes)]
    return [(change(r), r, {"x": draw(*r.shape, seed=100 + n)}) for n, r in enumerate(rights)]


def of_argument(change: Callable[..., Any], draws: Iterable[Any]) -> list[Row]:
    """Return calls whose result is right or not by the argument x."""
    return [(change(x), np.tanh(x), {"x": x}) for x in draws]


def in_batches(change: Callable[..., Any], *shapes: tuple[int, int]) -> Case:
    rows = changed(lambda r: r, shapes)
    return as_case([(change(r), r, a) for _, r, a in rows], x="t m")


def one_hot(*labels: int, m: int = 3) -> np.ndarray:
    return np.eye(m)[list(labels)]


def with_one_item(*wrong: np.ndarray, one: np.ndarray) -> Case:
    return as_case([(one, one, {"x": one}), *[(-w, w, {"x": w}) for w in wrong]], x="t m")


def with_labels(batches: Sequence[Sequence[int]]) -> Case:
    """Return calls in which an item is right if it has the last of three labels."""
    rows = []
    for n, labels in enumerate(batches):
        o, y = np.abs(draw(len(labels), 3, seed=n)) + 0.1, np.array(labels)
        rows.append((o[:, 2], o[np.arange(len(y)), y], {"o": o, "y": y}))
    return as_case(rows, o="t m", y="t")


def with_other_labels(batches: Sequence[Sequence[int]]) -> Case:
    """Return calls in which all items are looked up in the first row."""
    rows = []
    for n, labels in enumerate(batches):
        o, y = np.abs(draw(len(labels), 3, seed=n)) + 0.1, np.array(labels)
        rows.append((o[0, y], o[np.arange(len(y)), y], {"o": o, "y": y}))
    return as_case(rows, o="t m", y="t")


def shaped(change: Callable[[np.ndarray], Any], *shapes: tuple[int, ...]) -> Case:
    return as_case(changed(change, shapes), by_shape=True)


def beside(got: str, **others: Sequence[np.ndarray]) -> Case:
    """Return a case of the result z that gives what belongs under another name."""
    rights = [draw(2, 3, seed=n) for n in range(len(others[got]))]
    rows = [(other, right, {}) for other, right in zip(others[got], rights, strict=True)]
    return as_case(rows, others={name: tuple(values) for name, values in others.items()})


BIG = [draw(n, 3, seed=n) * size for n, size in ((2, 1), (3, 1), (2, 500), (4, 500))]
RIGHT = [draw(*shape, seed=n) for n, shape in enumerate(MATRICES)]
ALIKE = [np.full((n, 3), n / 7) for n in (2, 3, 4, 5)]
PAIRS = [(2, 2), (3, 2), (4, 2), (5, 2)]
NAN = np.nan

#: Search, why it has to be silent, the case.
SILENT: list[tuple[Search, str, Case]] = [
    (
        numbers.constant,
        "only two values are right anywhere",
        as_case([(np.ones(2), s, {"x": s}) for s in ([1, -1], [-1, 1], [1, 1])]),
    ),
    (
        numbers.argument_returned,
        "the argument is zero in every call",
        as_case([(0 * r, r, {"x": 0 * r}) for r in RIGHT]),
    ),
    (
        numbers.argument_returned,
        "two arguments are the same",
        as_case([(r + 1, r, {"x": r + 1, "y": r + 1}) for r in RIGHT]),
    ),
    (
        factors.opposite_sign,
        "all but one result are zero",
        as_case([(-r, r, {}) for r in (RIGHT[0], 0 * RIGHT[1], 0 * RIGHT[2])]),
    ),
    (factors.one_length, "the length never varies", in_batches(lambda r: 2 * r, *((2, 3),) * 4)),
    (
        factors.one_length,
        "two lengths are the same in every call",
        in_batches(lambda r: len(r) * r, *SQUARES, (5, 5)),
    ),
    (
        factors.one_length,
        "all entries of each argument are alike",
        as_case([(len(x) * r, r, {"x": x}) for x, r in zip(ALIKE, RIGHT, strict=True)], x="t m"),
    ),
    (
        factors.two_lengths,
        "the lengths never vary",
        in_batches(lambda r: r.size * r, *((3, 2),) * 4),
    ),
    (
        factors.constant_factor,
        "there is one number only",
        as_case([(2 * r, r, {}) for r in (np.ones(3), np.ones(2), np.ones(4))]),
    ),
    (
        factors.constant_factor,
        "there are two labels in every call",
        in_batches(lambda r: 2 * r, *PAIRS),
    ),
    (
        factors.constant_factor,
        "all entries of each argument are alike",
        as_case([(3 * r, r, {"x": x}) for x, r in zip(ALIKE, RIGHT, strict=True)]),
    ),
    (
        factors.constant_factor,
        "all numbers are rounding alone",
        as_case([(3 * r, r, {"x": r}) for r in [1e-9 * r for r in RIGHT]]),
    ),
    (
        factors.constant_offset,
        "there are two labels in every call",
        in_batches(lambda r: r + 2, *PAIRS),
    ),
    (
        factors.constant_offset,
        "there are two numbers only",
        as_case([(r + 3, r, {}) for r in (one_hot(0, 1), one_hot(2, 1), one_hot(0))]),
    ),
    (
        numbers.another_result,
        "two other results are the same",
        beside(
            "k",
            k=[draw(2, 3, seed=n + 9) for n in range(3)],
            h=[draw(2, 3, seed=n + 9) for n in range(3)],
        ),
    ),
    (numbers.another_result, "the other result is zero", beside("k", k=[np.zeros((2, 3))] * 4)),
    (axes.transposed, "each result is one number", as_case(changed(lambda r: r.T, [(1, 1)] * 4))),
    (
        axes.transposed,
        "each result is symmetric",
        as_case([((r + r.T).T, r + r.T, {}) for r in [draw(3, 3, seed=n) for n in range(4)]]),
    ),
    (
        axes.transposed,
        "one result alone is not symmetric",
        as_case([(r.T, r, {}) for r in (draw(3, 3), np.eye(3), np.ones((2, 2)))]),
    ),
    (
        axes.reversed_order,
        "there are two rows and columns",
        as_case(changed(np.flipud, TWO_BY_TWO)),
    ),
    (
        axes.off_by_one,
        "there are two rows and columns",
        as_case(changed(lambda r: np.roll(r, 1, 1), TWO_BY_TWO)),
    ),
    (
        axes.permuted,
        "each result is a single one among zeros",
        as_case(
            [
                (one_hot(2), one_hot(0), {}),
                (one_hot(1), one_hot(2), {}),
                (one_hot(0), one_hot(1), {}),
            ]
        ),
    ),
    (axes.permuted, "there are two rows and columns", as_case(changed(np.flipud, TWO_BY_TWO))),
    (
        axes.repeated,
        "the right result is one number, the same in all calls",
        as_case([(np.ones((n, 1)), np.ones(1), {}) for n in (2, 3)]),
    ),
    (axes.one_short, "nothing is left", as_case(changed(lambda r: r[:-1], [(1, 3)] * 3))),
    (axes.one_short, "all numbers are zero", as_case([(0 * r[1:], 0 * r, {}) for r in RIGHT])),
    (
        axes.one_more,
        "all numbers are zero",
        as_case([(0 * np.vstack([r, r[:1]]), 0 * r, {}) for r in RIGHT]),
    ),
    (
        axes.summed,
        "there is one item in every call",
        as_case(changed(lambda r: r.sum(0), [(1, 3)] * 4)),
    ),
    (axes.summed, "all sums are zero", as_case([((r - r).sum(0), r - r, {}) for r in RIGHT])),
    (
        axes.not_summed,
        "there is one item in every call",
        as_case([(r[None], r, {}) for r in RIGHT]),
    ),
    (
        find_turned,
        "there are two labels in every call",
        as_case([(2 * r.T, r, {"x": r}) for r in [draw(2, 2, seed=n) for n in range(4)]], x="t m"),
    ),
    (
        numbers.function_of_right,
        "one number alone shows the square root",
        as_case([(np.sqrt(r), r, {}) for r in [0.01 ** one_hot(0, n) for n in (1, 2, 0, 1)]]),
    ),
    (
        numbers.function_of_right,
        "the decimals are rounding alone",
        as_case([(np.trunc(r), r, {}) for r in [one_hot(0, 1) - 1e-16, 1e-16 - one_hot(2)] * 2]),
    ),
    (
        numbers.function_of_right,
        "zero came back everywhere",
        as_case([(0 * r, r, {}) for r in [np.tanh(draw(2, 3, seed=n)) for n in range(4)]]),
    ),
    (
        numbers.with_argument,
        "the argument is one number, the same in all calls",
        as_case([(r + 3, r, {"b": 3.0}) for r in RIGHT]),
    ),
    (
        numbers.with_argument,
        "two arguments are the same",
        as_case([(r + a["x"], r, {"b": a["x"], **a}) for _, r, a in changed(np.abs)]),
    ),
    (
        numbers.clipped,
        "hardly a number lies between the bounds",
        as_case(
            [(np.clip(r, -0.1, 0.1), r, {}) for r in ([3.0, -4, 2], [1.0, -2, -3], [-5.0, 7, 6])]
        ),
    ),
    (
        numbers.approximation,
        "an argument is as near",
        as_case([(r * 1.002, r, {"start": r * (1 + 1e-3 * np.sin(9 * r))}) for r in RIGHT]),
    ),
    (
        numbers.approximation,
        "one number is as near",
        as_case([(r * 1.001, r, {}) for r in [0.693 + 1e-4 * r for r in RIGHT]]),
    ),
    (
        place.exact_place,
        "two arguments have the same sign everywhere",
        as_case([(np.where(r < 0, 9, r), r, {"x": r, "y": 2 * r}) for r in RIGHT]),
    ),
    (
        place.exact_place,
        "of two rows, one is the first and the last",
        as_case([(np.add(r, [[0], [1]]), r, {}) for r in [draw(2, 3, seed=n) for n in range(5)]]),
    ),
    (
        place.exact_place,
        "all that is right is in one call",
        as_case(
            [(np.where(x > 0, 9, x), x, {"x": x}) for x in (RIGHT[0], abs(RIGHT[1]), abs(RIGHT[2]))]
        ),
    ),
    (
        place.likely_place,
        "two arguments have the same sign everywhere",
        as_case([(np.where(r < -0.5, 9, r), r, {"x": r, "y": 2 * r}) for r in RIGHT]),
    ),
    (
        place.large_numbers,
        "what is right has one size",
        as_case(
            of_argument(
                lambda x: np.where(x > 1.1e-6, 9, np.tanh(x)),
                [np.array([1e-6, 1.001e-6, 0.3 + n, 0.5]) for n in range(4)],
            )
        ),
    ),
    (
        place.large_numbers,
        "what is right is in one call",
        as_case(
            of_argument(
                lambda x: np.where(x > 2, 9, np.tanh(x)),
                [np.arange(1, 1.9, 0.1), *map(abs, BIG[2:])],
            )
        ),
    ),
    (
        place.large_numbers,
        "no row is wrong alone: others beside it may make it so",
        as_case(
            [
                (np.tanh(x) * x.sum(axis=0), np.tanh(x) * x, {"x": np.hstack([x, x])})
                for x in [
                    *[np.array([[0.1 + n, 0.2 + n], [0.0, 0.0]]) for n in (0.0, 0.1, 0.2)],
                    *[10 + draw(n, 2, seed=n) for n in (2, 3, 4)],
                ]
            ],
            x="t d",
        ),
    ),
    (
        place.not_finite,
        "too few numbers are right",
        as_case(
            [(r * NAN + [[0, NAN, NAN]] * len(r), r, {}) for r in RIGHT[:1]]
            + [([NAN, 1.0], [2.0, 1.0], {})]
        ),
    ),
    (
        batch.for_one_item,
        "what has more items has far larger numbers",
        with_one_item(*[1e3 * draw(n, 3, seed=n) for n in (2, 3, 4)], one=draw(1, 3)),
    ),
    (
        batch.for_one_item,
        "what has more items has more labels, too",
        with_one_item(*[draw(n, 4, seed=n) for n in (2, 3, 4)], one=draw(1, 3)),
    ),
    (
        batch.for_one_item,
        "what has more items has two equal lengths, too",
        as_case(
            [
                (r if len(r) == 1 else -r, r, {"x": r, "W": draw(r.shape[1], v)})
                for r, v in [(draw(1, 3), 2), (draw(2, 4), 4), (draw(3, 3), 3), (draw(4, 2), 2)]
            ],
            x="t d",
            W="d v",
        ),
    ),
    (
        batch.for_one_item,
        "the one item is zero",
        with_one_item(*[draw(n, 3, seed=n) for n in (2, 3, 4)], one=np.zeros((1, 3))),
    ),
    (
        batch.for_one_item,
        "the one item has the last label, as all other items that are right",
        with_labels([[2], [2, 0, 1], [1, 0], [0, 1, 1, 2]]),
    ),
    (
        batch.for_one_item,
        "the results are whole numbers, which may be right by chance",
        as_case(
            [
                (r if len(r) == 1 else 7 - r, r, {"x": r})
                for r in [np.rint(9 * draw(n, 3)) for n in (1, 2, 3)]
            ],
            x="t m",
        ),
    ),
    (
        batch.for_one_item,
        "one row in ten is right, and the one item may be such a row",
        as_case(
            [
                (np.where(r[:, :1] > 2.5, r, r + 1), r, {"x": r})
                for r in [np.full((1, 3), 3.0) + draw(1, 3) / 9, *[draw(n, 3) for n in (9, 8, 7)]]
            ],
            x="t m",
        ),
    ),
    (
        batch.for_one_item,
        "nan came back for more items",
        as_case(
            [(r if len(r) == 1 else NAN * r, r, {"x": r}) for r in [draw(n, 3) for n in (1, 2, 3)]],
            x="t m",
        ),
    ),
    (axes.axis_missing, "the ends of one number are one", shaped(lambda r: r[0], (1, 1), (1, 1))),
    (
        axes.flattened,
        "all numbers are zero",
        as_case([(0 * r.ravel(), 0 * r, {}) for r in RIGHT], by_shape=True),
    ),
    (
        axes.other_axes,
        "all numbers are zero",
        as_case([(0 * r[..., None], 0 * r, {}) for r in RIGHT], by_shape=True),
    ),
    (axes.swapped_shape, "all results have one shape", shaped(lambda r: 7 * r.T, (2, 3), (2, 3))),
]

SILENT += [
    (
        numbers.not_whole,
        "the right results are no whole numbers, either",
        as_case(changed(lambda r: r + 0.3)),
    ),
    (
        numbers.not_whole,
        "whole numbers came back, too, where it is wrong",
        as_case([(r + 0.5 * (r > 0), r + (r < 0), {}) for r in map(np.rint, RIGHT)]),
    ),
]

SPEAKS: list[tuple[Search, Case]] = [
    (numbers.not_whole, as_case([(np.tanh(r) + 0.1, np.rint(r), {}) for r in RIGHT])),
    (numbers.constant, as_case(changed(lambda r: np.full(r.shape, 0.5)))),
    (numbers.argument_returned, as_case([(a["x"], r, a) for _, r, a in changed(np.abs)])),
    (factors.opposite_sign, as_case(changed(np.negative))),
    (factors.one_length, in_batches(lambda r: len(r) * r, *MATRICES)),
    (factors.two_lengths, in_batches(lambda r: r.size * r, *MATRICES)),
    (factors.constant_factor, in_batches(lambda r: 2 * r, *MATRICES)),
    (factors.constant_offset, in_batches(lambda r: r + 2, *MATRICES)),
    (numbers.another_result, beside("k", k=[draw(2, 3, seed=n + 9) for n in range(3)])),
    (axes.transposed, as_case(changed(np.transpose))),
    (axes.reversed_order, as_case(changed(np.flipud))),
    (axes.off_by_one, as_case(changed(lambda r: np.roll(r, 1, 0)))),
    (axes.permuted, as_case(changed(lambda r: r[[1, 0, *range(2, len(r))]]))),
    (
        axes.permuted,
        as_case([(one_hot(2, 1, 0), one_hot(0, 2, 1), {}), (one_hot(1, 2), one_hot(2, 0), {})]),
    ),
    (axes.repeated, as_case(changed(lambda r: np.stack([r, r])))),
    (axes.one_short, as_case(changed(lambda r: r[1:]))),
    (axes.one_more, as_case(changed(lambda r: np.vstack([r, r[:1] + 1])))),
    (axes.summed, as_case(changed(lambda r: r.sum(0)))),
    (axes.not_summed, as_case(changed(lambda r: np.stack([0.25 * r, 0.75 * r])))),
    (find_turned, in_batches(lambda r: -r.T, *MATRICES)),
    (numbers.function_of_right, as_case(changed(np.square))),
    (numbers.function_of_right, as_case(changed(np.trunc))),
    (numbers.with_argument, as_case([(r + a["x"], r, a) for _, r, a in changed(np.abs)])),
    (numbers.clipped, as_case(changed(lambda r: np.clip(r, -1, 1)))),
    (numbers.approximation, as_case(changed(lambda r: r * (1 + 2e-3 * np.sin(r))))),
    (place.exact_place, as_case([(np.where(r < 0, 9, r), r, {"x": r}) for r in RIGHT])),
    (place.likely_place, as_case([(np.where(r < -0.5, 9, r), r, {"x": r}) for r in RIGHT])),
    (
        place.large_numbers,
        as_case(of_argument(lambda x: np.where(abs(x) > 50, 9, np.tanh(x)), BIG)),
    ),
    (place.not_finite, as_case(changed(lambda r: np.where(r > 0, NAN, r)))),
    (batch.for_one_item, with_one_item(*[draw(n, 3, seed=n) for n in (2, 3, 4)], one=draw(1, 3))),
    (batch.for_one_item, with_other_labels([[2], [2, 0, 1], [1, 2], [0, 1, 1, 2]])),
    (axes.axis_missing, shaped(lambda r: r[0], (1, 3), (1, 4))),
    (axes.flattened, shaped(np.ravel, *MATRICES)),
    (axes.other_axes, shaped(lambda r: r[..., None], *MATRICES)),
    (axes.swapped_shape, shaped(lambda r: 7 * r.T, *MATRICES)),
]


def name_of(case: tuple[Any, ...]) -> str:
    return "-".join([case[0].__name__, *[word for word in case[1:] if isinstance(word, str)]])


@pytest.mark.parametrize("case", SILENT, ids=map(name_of, SILENT))
def test_a_relation_is_silent_where_it_may_be_an_accident(case: tuple[Search, str, Case]) -> None:
    search, _, data = case
    with np.errstate(all="ignore"):
        assert search(data) is None


@pytest.mark.parametrize("case", SPEAKS, ids=map(name_of, SPEAKS))
def test_a_relation_is_said_where_it_could_have_failed(case: tuple[Search, Case]) -> None:
    search, data = case
    with np.errstate(all="ignore"):
        assert search(data) is not None


@pytest.mark.parametrize(
    ("factor", "says"),
    [
        (
            1 / np.log(10),
            "is 0.4343 times what it should be: log10 of a number is 0.4343 times its log",
        ),
        (
            -1 / np.log(2),
            "the sign is wrong, and the size of every number is 1.443 times what it should be:"
            " log2 of a number is 1.443 times its log",
        ),
        (1 / 32, "is 0.03125 (1/32) times what it should be"),
        (0.4343, "what it should be"),
    ],
)
def test_the_factor_of_another_logarithm_is_known(factor: float, says: str) -> None:
    relation = factors.constant_factor(in_batches(lambda r: factor * r, *MATRICES))
    assert relation is not None
    assert relation.sentence.endswith(says)


def test_every_relation_is_tried_on_data_of_both_kinds() -> None:
    every = {*NUMBERS, *WHERE, *SHAPES}
    assert {case[0] for case in SILENT} == every
    assert {case[0] for case in SPEAKS} == every
