"""A comparison lets nothing through: not one spoiled number, not nan, not another structure."""

import math
from typing import Any

import numpy as np
import pytest

from autograder.core.compare import Difference, find_difference, is_leaf, is_same_answer, tolerance

TYPES = ["float64", "float32", "float16", "int64", "bool", "object"]


def leaf(numbers: Any, dtype: str = "float64") -> tuple[np.ndarray, str]:
    """Return a result as `autograder.core.results` makes it."""
    return np.array(numbers, dtype), dtype


def difference(got: Any, expected: Any, *, names: Any = "z") -> Difference:
    """Return the difference, which has to be there."""
    found = find_difference(got, expected, names=names)
    assert found is not None
    return found


def agrees(got: float, expected: float, dtype: str = "float64") -> bool:
    """Tell whether one number, as it came back, counts as another."""
    return find_difference((np.array([got]), dtype), leaf([expected]), names="z") is None


# ---- one number


@pytest.mark.parametrize("expected", [0.0, 1.0, -1.0, 1e-9, 123.456, -1e6])
@pytest.mark.parametrize("dtype", TYPES)
def test_a_number_agrees_up_to_the_bound_and_not_beyond(expected: float, dtype: str) -> None:
    relative, absolute = tolerance(dtype)
    bound = absolute + relative * abs(expected)
    for sign in (1, -1):
        assert agrees(expected + sign * bound * 0.999, expected, dtype)
        assert not agrees(expected + sign * bound * 1.001, expected, dtype)


def test_a_number_exactly_at_the_bound_agrees() -> None:
    _, absolute = tolerance("float64")
    for sign in (1, -1):
        assert agrees(sign * absolute, 0.0)
        assert not agrees(sign * math.nextafter(absolute, 1), 0.0)


def test_the_bound_is_taken_from_the_expected_number() -> None:
    relative, _ = tolerance("float16")
    assert agrees(100.0, 102.0, "float16")
    assert not agrees(100.0, 100.0 / (1 + 2 * relative), "float16")


def test_the_promised_tolerance_holds_for_every_type_but_the_short_floats() -> None:
    for dtype in ("float64", "int64", "bool", "object", "float128", "uint8", "a type of theirs"):
        assert tolerance(dtype) == (1e-6, 1e-9)
    for dtype in ("float32", "float16"):
        assert tolerance(dtype) > (1e-6, 1e-9)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_a_short_float_is_as_right_as_it_can_be(dtype: str) -> None:
    rng = np.random.default_rng(0)
    expected = rng.uniform(-1000, 1000, 500)
    got = (expected.astype(dtype), dtype)
    assert find_difference(got, leaf(expected), names="z") is None


@pytest.mark.parametrize("got", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("expected", [0.0, 1e300, math.nan, math.inf, -math.inf])
def test_what_is_not_finite_agrees_with_nothing(got: float, expected: float) -> None:
    assert not agrees(got, expected)


@pytest.mark.parametrize("got", [0.0, -1e308, 1e308])
@pytest.mark.parametrize("expected", [math.nan, math.inf, -math.inf])
def test_nothing_finite_agrees_with_what_is_not(got: float, expected: float) -> None:
    assert not agrees(got, expected)


def test_numbers_too_far_apart_to_subtract_differ() -> None:
    assert not agrees(1.7e308, -1.7e308)


def test_integers_and_truth_values_count_by_their_value() -> None:
    expected = leaf([[0.0, 1.0]])
    assert find_difference(leaf([[0, 1]], "int64"), expected, names="z") is None
    assert find_difference(leaf([[False, True]], "bool"), expected, names="z") is None
    assert difference(leaf([[1, 1]], "int64"), expected).index == 0
    assert difference(leaf([[False, False]], "bool"), expected).index == 1


def test_negative_zero_is_zero() -> None:
    assert agrees(-0.0, 0.0)


# ---- many numbers


@pytest.mark.parametrize("by", [1e-3, -1e-3, 1e9, -1e9, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_one_spoiled_number_is_found_wherever_it_is(size: int, by: float) -> None:
    expected = np.linspace(-3, 3, size * 2).reshape(2, size)
    for place in range(expected.size):
        got = expected.copy()
        got.flat[place] += by
        found = difference(leaf(got), leaf(expected))
        assert (found.index, found.problem, found.label) == (place, "", "")
        assert found.got is not None
        assert found.expected is not None
        assert np.array_equal(found.got, got, equal_nan=True)
        assert np.array_equal(found.expected, expected)


def test_the_first_of_several_wrong_numbers_is_found() -> None:
    assert difference(leaf([0, 9, 0, 9]), leaf([0, 0, 0, 0])).index == 1


def test_numbers_are_compared_in_c_order_whatever_the_shape() -> None:
    expected = leaf([[0.0, 1.0, 2.0]])
    for shape in ((3,), (3, 1), (1, 1, 3)):
        assert find_difference(leaf(np.arange(3.0).reshape(shape)), expected, names="z") is None
    turned = np.arange(6.0).reshape(2, 3).T
    assert difference(leaf(turned), leaf(np.arange(6.0).reshape(2, 3))).index == 1


@pytest.mark.parametrize("shape", [(), (0,), (1,), (2, 1), (2, 4), (3, 3)])
def test_another_size_is_a_difference_however_it_would_broadcast(shape: tuple[int, ...]) -> None:
    found = difference(leaf(np.zeros(shape)), leaf(np.zeros((2, 3))))
    assert found.problem == f"its shape is {shape}, expected (2, 3)"
    assert found.index == -1


def test_two_empty_results_agree() -> None:
    assert find_difference(leaf(np.zeros((0, 3))), leaf(np.zeros((0, 3))), names="z") is None


def test_nothing_that_was_compared_is_changed() -> None:
    got, expected = np.array([1.0, np.nan]), np.array([1.0, 2.0])
    got.flags.writeable = expected.flags.writeable = False
    assert difference((got, "float64"), (expected, "float64")).index == 1


# ---- structure

PAIR = (leaf([1.0]), leaf([2.0]))
PARAMS = {"H": leaf([1.0]), "U": leaf([2.0])}
NOTHING = "nothing came back (None): is a return missing?"

WRONG_STRUCTURES = {
    "None for an array": (None, leaf([1.0]), "z", NOTHING),
    "None for several": (None, PAIR, ("W", "b"), NOTHING),
    "None for a dict": (None, PARAMS, {"H": "H", "U": "U"}, NOTHING),
    "None for one of several": ((leaf([1.0]), None), PAIR, ("W", "b"), NOTHING),
    "a text for an array": (
        "a generator",
        leaf([1.0]),
        "z",
        "a generator came back where an array belongs",
    ),
    "several for an array": (
        PAIR,
        leaf([1.0]),
        "z",
        "several results came back where one array belongs",
    ),
    "a dict for an array": (
        PARAMS,
        leaf([1.0]),
        "z",
        "several results came back where one array belongs",
    ),
    "an array for several": (
        leaf([1.0, 2.0]),
        PAIR,
        ("W", "b"),
        "one array came back where 2 results are expected: W, b",
    ),
    "a text for several": (
        "a set",
        PAIR,
        ("W", "b"),
        "a set came back where 2 results are expected: W, b",
    ),
    "too few": (PAIR[:1], PAIR, ("W", "b"), "1 result came back where 2 results are expected"),
    "too many": (PAIR * 2, PAIR, ("W", "b"), "4 results came back where 2 results are expected"),
    "too few of params too": (
        (leaf([1.0]),),
        (PARAMS, leaf([1.0])),
        ({"params": {"H": "H"}}, "losses"),
        "1 result came back where 2 results are expected: params, losses",
    ),
    "an array for a dict": (
        leaf([1.0]),
        PARAMS,
        {"H": "H", "U": "U"},
        "something else came back where a dict belongs, with the keys H, U",
    ),
    "a text for a dict": (
        "a list",
        PARAMS,
        {"H": "H", "U": "U"},
        "a list came back where a dict belongs, with the keys H, U",
    ),
    "a key too few": (
        {"H": leaf([1.0])},
        PARAMS,
        {"H": "H", "U": "U"},
        "the dict that came back lacks the key U",
    ),
    "a key too many": (
        PARAMS | {"b" * 99: leaf([1.0])},
        PARAMS,
        {"H": "H", "U": "U"},
        f"the dict that came back has a key too many: {'b' * 40}",
    ),
}


@pytest.mark.parametrize(
    ("got", "expected", "names", "sentence"),
    WRONG_STRUCTURES.values(),
    ids=WRONG_STRUCTURES.keys(),
)
def test_another_structure_is_a_difference_with_its_sentence(
    got: Any, expected: Any, names: Any, sentence: str
) -> None:
    found = difference(got, expected, names=names)
    assert found.problem.startswith(sentence)
    assert found.index == -1


@pytest.mark.parametrize("place", [0, 1])
def test_a_wrong_result_among_several_is_found_and_named(place: int) -> None:
    got = list(PAIR)
    got[place] = leaf([9.0])
    found = difference(tuple(got), PAIR, names=("W", "b"))
    assert (found.label, found.index) == (("W", "b")[place], 0)
    assert find_difference(PAIR, PAIR, names=("W", "b")) is None


@pytest.mark.parametrize("key", ["H", "U"])
def test_a_wrong_result_in_a_dict_is_found_and_named(key: str) -> None:
    names = {"H": "H", "U": "U"}
    assert difference(PARAMS | {key: leaf([9.0])}, PARAMS, names=names).label == key
    assert find_difference(dict(reversed(PARAMS.items())), PARAMS, names=names) is None


def test_a_wrong_result_in_a_dict_among_several_is_found_and_named() -> None:
    expected = (PARAMS, leaf([0.5]))
    names = ({"params": {"H": "H", "U": "U"}}, "losses")
    assert find_difference(expected, expected, names=names) is None
    wrong = (PARAMS | {"U": leaf([9.0])}, leaf([0.5]))
    assert difference(wrong, expected, names=names).label == "U"
    assert difference((None, leaf([0.5])), expected, names=names).label == "params"
    assert difference((PARAMS, leaf([9.0])), expected, names=names).label == "losses"


@pytest.mark.parametrize(
    "tree",
    [
        None,
        "text",
        (),
        (np.zeros(1),),
        (np.zeros(1), np.zeros(1)),
        ("float64", np.zeros(1)),
        [np.zeros(1), "float64"],
        (np.zeros(1), "float64", "float64"),
        (leaf([1.0]), "float64"),
    ],
    ids=str,
)
def test_only_an_array_with_the_name_of_its_type_is_a_leaf(tree: Any) -> None:
    assert not is_leaf(tree)
    assert find_difference(tree, leaf([0.0]), names="z") is not None


# ---- the answer of a known mistake


def test_an_answer_is_the_same_as_itself() -> None:
    for tree in (leaf([[1.0, math.nan, math.inf, -math.inf]]), PAIR, PARAMS, (PARAMS, *PAIR)):
        assert is_same_answer(tree, tree)
        assert is_same_answer(tree, tree, shapes=False)
    assert is_same_answer("a list", "a list")
    assert is_same_answer(None, None)


@pytest.mark.parametrize("by", [1e-3, -1e-3, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", range(4))
def test_one_spoiled_number_makes_another_answer(place: int, by: float) -> None:
    wrong = np.array([[0.5, -1.0], [2.0, 3.0]])
    got = wrong.copy()
    got.flat[place] += by
    assert not is_same_answer(leaf(got), leaf(wrong))
    assert not is_same_answer(leaf(wrong), leaf(got))
    assert not is_same_answer((PARAMS, leaf(got)), (PARAMS, leaf(wrong)))
    assert not is_same_answer({"H": leaf(got)}, {"H": leaf(wrong)})


def test_an_answer_is_the_same_up_to_the_tolerance() -> None:
    assert is_same_answer(leaf([1.0 + 9e-7]), leaf([1.0]))
    assert not is_same_answer(leaf([1.0 + 2e-6]), leaf([1.0]))
    assert is_same_answer(leaf([1.0001], "float32"), leaf([1.0]))


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("got", [0.0, 5.0, -1e308, math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_the_same_only_as_itself(got: float, wrong: float) -> None:
    is_itself = got == wrong or (math.isnan(got) and math.isnan(wrong))
    assert is_same_answer(leaf([got, 1.0]), leaf([wrong, 1.0])) == is_itself


def test_shapes_count_where_they_are_asked_for() -> None:
    assert not is_same_answer(leaf([1.0, 2.0]), leaf([[1.0, 2.0]]))
    assert is_same_answer(leaf([1.0, 2.0]), leaf([[1.0, 2.0]]), shapes=False)
    assert not is_same_answer(leaf([1.0, 1.0]), leaf([1.0]), shapes=False)
    assert not is_same_answer(leaf([1.0, 1.0]), leaf([[1.0], [1.0], [1.0]]), shapes=False)
    assert not is_same_answer(leaf([1.0, 2.0]), leaf([[2.0, 1.0]]), shapes=False)
    assert is_same_answer((leaf([1.0]), *PAIR), (leaf([[1.0]]), *PAIR), shapes=False)
    assert is_same_answer({"H": leaf([1.0])}, {"H": leaf([[1.0]])}, shapes=False)


@pytest.mark.parametrize(
    ("got", "wrong"),
    [
        (None, leaf([1.0])),
        (None, "a list"),
        ("a set", "a list"),
        ("a list", leaf([1.0])),
        (PAIR, PAIR[:1]),
        (PAIR[:1], PAIR),
        (PAIR, leaf([1.0])),
        (PAIR, PARAMS),
        (PARAMS, PARAMS | {"b": leaf([1.0])}),
        (PARAMS | {"b": leaf([1.0])}, PARAMS),
        ((np.ones(1), np.ones(1)), (np.ones(1), np.ones(1))),
        (np.ones(1), np.ones(1)),
        (1, True),
    ],
    ids=str,
)
def test_answers_of_different_structure_are_never_the_same(got: Any, wrong: Any) -> None:
    assert not is_same_answer(got, wrong)


class Agreeable(np.ndarray):
    """An array that says yes to every comparison."""

    def __le__(self, other: object) -> Any:
        return np.ones(self.shape, bool)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return np.ones(self.shape, bool)


def test_an_agreeable_subclass_never_comes_out_of_the_pipe() -> None:
    from autograder.core.codec import decode, encode
    from autograder.core.results import plain_result

    result = plain_result(np.zeros(3).view(Agreeable), "array")
    assert type(result[0]) is np.ndarray
    assert difference(decode(encode(result)), leaf([1.0, 2.0, 3.0])).index == 0
