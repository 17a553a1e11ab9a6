"""Right replies are told without being read: exactly those that a reading would find right."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.core.codec import decode, encode
from autograder.core.compare import FLOAT64_TOLERANCE
from autograder.core.right_replies import RightReplies, pack_replies
from autograder.core.vectors import RightAnswers, pack

REQUEST = 7
RELATIVE, ABSOLUTE = FLOAT64_TOLERANCE


def leaf(numbers: Any, dtype: str = "float64") -> tuple[np.ndarray, str]:
    return np.array(numbers, dtype=dtype), dtype


TREES = (
    leaf([[1.0, -2.0], [0.0, 1e-12]]),
    (leaf(3.5), {"H": leaf([1e300]), "y": leaf([1, 2], "int64")}, leaf([True], "bool")),
    leaf(np.zeros((0, 3))),
    leaf([5.0, 6.0]),
)

#: Of the last call, other numbers are right as well.
RIGHT = RightReplies(decode(encode(pack_replies(TREES, {3}))))


def reply(value: Any, call: int, **changes: Any) -> bytes:
    return encode({"value": value, "changed": (), "to": REQUEST, "at": call} | changes)


HONEST = [reply(tree, call) for call, tree in enumerate(TREES)]


def is_told(value: Any, call: int, **changes: Any) -> bool:
    """Tell whether a reply is told to be right, in its place among honest ones."""
    frames = [*HONEST[:call], reply(value, call, **changes), *HONEST[call + 1 :]]
    told = RIGHT.find_right(frames, REQUEST)
    assert [one for place, one in enumerate(told) if place != call] == [True] * (len(TREES) - 1)
    return told[call]


def test_what_a_right_function_returns_is_right() -> None:
    assert RIGHT.find_right(HONEST, REQUEST) == [True] * len(TREES)


def test_fewer_replies_are_told_as_well() -> None:
    assert RIGHT.find_right(HONEST[:2], REQUEST) == [True, True]
    assert RIGHT.find_right([], REQUEST) == []


def test_a_reply_to_another_request_is_not_right() -> None:
    assert RIGHT.find_right(HONEST, REQUEST + 1) == [False] * len(TREES)


def test_a_reply_in_another_place_is_not_right() -> None:
    assert RIGHT.find_right([HONEST[0], HONEST[0]], REQUEST) == [True, False]


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("sign", [1, -1])
def test_each_number_is_held_to_its_bound(place: int, sign: int) -> None:
    right = TREES[0][0]
    bound = ABSOLUTE + RELATIVE * abs(right.flat[place])
    for share, is_near in ((0.999, True), (1.001, False)):
        other = right.copy()
        other.flat[place] += sign * share * bound
        assert is_told((other, "float64"), 0) == is_near


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_never_right(number: float) -> None:
    assert not is_told(leaf([[1.0, number], [0.0, 1e-12]]), 0)


OTHERS: dict[str, tuple[Any, int]] = {
    "another shape": (leaf([1.0, -2.0, 0.0, 1e-12]), 0),
    "a transposed one": (leaf([[1.0, 0.0], [-2.0, 1e-12]]), 0),
    "float32": ((TREES[0][0].astype(np.float32), "float32"), 0),
    "what was of another type": ((TREES[0][0], "object"), 0),
    "nothing": (None, 0),
    "text": ("one array of shape (2, 2)", 0),
    "two for one": ((TREES[0], TREES[0]), 0),
    "another integer": ((leaf(3.5), {"H": leaf([1e300]), "y": leaf([1, 3], "int64")}), 1),
    "a key more": ((leaf(3.5), {"H": leaf([1e300]), "b": leaf(0.0)}, leaf([True], "bool")), 1),
    "another truth": ((*TREES[1][:2], leaf([False], "bool")), 1),
    "another empty shape": (leaf(np.zeros((3, 0))), 2),
    "a longer one where numbers are open": (leaf([5.0, 6.0, 7.0]), 3),
}


@pytest.mark.parametrize(("value", "call"), OTHERS.values(), ids=OTHERS.keys())
def test_another_form_is_not_right(value: Any, call: int) -> None:
    assert not is_told(value, call)


@pytest.mark.parametrize(
    "change", [{"changed": (0,)}, {"at": 1}, {"to": 0}, {"to": REQUEST + 2**40}, {"more": None}]
)
def test_what_stands_around_the_numbers_is_held_to_the_byte(change: dict[str, Any]) -> None:
    assert is_told(TREES[0], 0)
    assert not is_told(TREES[0], 0, **change)


@pytest.mark.parametrize("numbers", [[0.0, -1.0], [np.nan, np.inf]])
def test_numbers_that_others_judge_are_left_open(numbers: list[float]) -> None:
    assert is_told(leaf(numbers), 3)
    assert RIGHT.open == {3}


@settings(derandomize=True, deadline=None)
@given(st.lists(st.floats(width=64), min_size=4, max_size=4), st.integers(-3, 3))
def test_what_is_told_is_what_a_reading_finds(numbers: list[float], shift: int) -> None:
    """Also for numbers some roundings away from the right ones."""
    right = np.array(TREES[0][0])
    moved = right * (1 + shift * RELATIVE / 2) + shift * ABSOLUTE / 2
    for got in (np.array(numbers).reshape(2, 2), moved):
        match = RightAnswers(pack((TREES[0],)), ()).match((got, "float64"))
        assert is_told((got, "float64"), 0) == (match is not None)
