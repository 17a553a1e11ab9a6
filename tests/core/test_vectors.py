"""Results as vectors of numbers: many of them in little place, and compared at once."""

from typing import Any

import numpy as np
import pytest

from autograder.core.codec import encode
from autograder.core.compare import is_same_answer
from autograder.core.vectors import bundle, is_among, unbundle


def leaf(numbers: Any, dtype: str = "float64") -> tuple[np.ndarray, str]:
    return np.asarray(numbers, dtype=dtype), dtype


def training(number: float) -> tuple[Any, ...]:
    params = {"b": leaf([[number, 1e-3 * number]]), "H": leaf([[1.0], [number]])}
    return params, leaf([number, 2.0])


MANY = tuple([training(n / 7) for n in range(40)])


def test_a_bundle_gives_the_same_answers_back_in_less_place() -> None:
    bundled = bundle(MANY)
    assert len(encode(bundled)) < len(encode(MANY)) / 4
    again = unbundle(bundled)
    assert len(again) == len(MANY)
    assert all([is_same_answer(*pair) for pair in zip(MANY, again, strict=True)])
    assert [*again[0][0]["b"][0].shape] == [1, 2]


@pytest.mark.parametrize(
    "results",
    [
        None,
        (),
        {"raises": "ValueError"},
        (training(1.0),),
        (leaf([1.0]), leaf([[1.0]])),
        (leaf([1]), leaf([1, 2])),
        (leaf([1], "float32"), leaf([2], "float32")),
        (leaf([1.0]), None),
    ],
)
def test_what_does_not_differ_in_its_numbers_alone_is_left_as_it_is(results: Any) -> None:
    assert bundle(results) is results
    assert unbundle(results) is results


def test_infinite_and_missing_numbers_survive() -> None:
    some = (leaf([np.inf, 1.0]), leaf([np.nan, -np.inf]))
    assert all([is_same_answer(*pair) for pair in zip(some, unbundle(bundle(some)), strict=True)])


def test_one_among_many_is_found_whatever_its_shape() -> None:
    assert is_among(training(3 / 7), MANY)
    assert not is_among(training(3.01 / 7), MANY)
    assert not is_among(leaf([1.0]), MANY)
    rows = tuple([leaf([[float(n), np.nan]]) for n in range(20)])
    assert is_among(leaf([7.0, np.nan]), rows)
    assert not is_among(leaf([7.0, 0.0]), rows)
    assert is_among(leaf([7.0, np.nan]), rows[7:8])
