"""A recorded call is found by its arguments, within the tolerance of values."""

from typing import Any

import numpy as np
import pytest

from autograder.core.codec import decode, encode
from autograder.core.recorded import MAX_PERMUTED, RecordedCalls, pack_calls
from autograder.core.results import plain_arguments, plain_result

X = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]])


def recorded(*calls: Any, structure: Any = "array", **more: Any) -> RecordedCalls:
    """Return calls, pairs of arguments and result, as they come out of a key."""
    made = [(plain_arguments(given), plain_result(told, structure)) for given, told in calls]
    fields = {"defaults": (), "batch": {}, "result_axis": -1} | more
    return RecordedCalls(decode(encode(pack_calls(made, **fields))))


def found(calls: RecordedCalls, *arguments: Any) -> Any:
    """Return the numbers that are told for a call, None for none."""
    told = calls.look_up(plain_arguments(arguments))
    return None if told is None else told.tolist()


def test_a_call_is_found_by_arguments_that_differ_by_rounding() -> None:
    calls = recorded(((X,), X + 1), ((2 * X,), X + 2))
    assert found(calls, X) == (X + 1).tolist()
    assert found(calls, 2 * X * (1 + 1e-9)) == (X + 2).tolist()
    assert found(calls, X * (1 + 1e-5)) is None


def test_one_number_that_differs_is_another_call() -> None:
    other = X.copy()
    other[2, 1] += 1e-3
    assert found(recorded(((X,), X)), other) is None


def test_the_same_numbers_in_another_shape_are_another_call() -> None:
    calls = recorded(((X,), X))
    assert found(calls, X.T) is None
    assert found(calls, X[None]) is None
    assert found(calls, X, X) is None
    assert found(calls) is None


@pytest.mark.parametrize("odd", [None, "text", {1, 2}, [[1.0], [2.0, 3.0]], np.nan * X])
def test_arguments_that_are_no_numbers_find_nothing(odd: Any) -> None:
    assert found(recorded(((X,), X)), odd) is None


def test_lists_and_integers_are_taken_as_the_numbers_they_are() -> None:
    calls = recorded(((X, np.array([0, 1, 2])), X))
    assert found(calls, X.tolist(), [0, 1, 2]) == X.tolist()
    assert found(calls, X.astype(np.float32), np.array([0.0, 1, 2])) == X.tolist()


def test_a_dict_is_found_whatever_the_order_of_its_keys() -> None:
    params = {"H": X, "b": X[:1]}
    calls = recorded(((params, 0.5), params), structure={"H": "array", "b": "array"})
    told = calls.look_up(plain_arguments(({"b": X[:1], "H": X}, 0.5)))
    assert told["H"].tolist() == X.tolist()
    assert calls.look_up(plain_arguments(({"H": X}, 0.5))) is None


def test_several_results_come_back_in_their_order_with_their_types() -> None:
    calls = recorded(((X,), (X, np.array([1, 2, 3]))), structure=("array", "array"))
    first, second = calls.look_up(plain_arguments((X,)))
    assert first.tolist() == X.tolist()
    assert second.dtype == np.int64


def test_last_arguments_may_be_left_out_where_they_were_the_defaults() -> None:
    calls = recorded(((X, 0.01), X), ((X, 0.5), 2 * X), defaults=plain_arguments((0.01,)))
    assert found(calls, X) == X.tolist()
    assert found(calls, X, 0.5) == (2 * X).tolist()
    assert found(calls, X, 0.25) is None


def test_items_of_a_batch_may_come_in_another_order() -> None:
    y = np.array([0, 1, 2])
    calls = recorded(((X, y), X + 1), batch={0: 0, 1: 0}, result_axis=0)
    order = [2, 0, 1]
    assert found(calls, X[order], y[order]) == (X[order] + 1).tolist()
    assert found(calls, X[order], y) is None


def test_a_mean_over_a_batch_is_the_same_in_another_order() -> None:
    mean = X.mean(axis=0, keepdims=True)
    calls = recorded(((X,), mean), batch={0: 0})
    assert found(calls, X[::-1]) == mean.tolist()


def test_where_the_order_is_not_open_another_one_is_another_call() -> None:
    assert found(recorded(((X,), X)), X[::-1]) is None


def test_a_long_batch_is_found_in_its_own_order_alone() -> None:
    long = np.arange(2.0 * (MAX_PERMUTED + 1)).reshape(-1, 2)
    calls = recorded(((long,), long), batch={0: 0}, result_axis=0)
    assert found(calls, long) == long.tolist()
    assert found(calls, long[::-1]) is None


def test_the_nearest_of_several_calls_counts() -> None:
    calls = recorded(((X,), X), ((X + 4e-10,), X + 1))
    assert found(calls, X + 3.9e-10) == (X + 1).tolist()
