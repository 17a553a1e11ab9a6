"""Whatever a student returns becomes arrays or a few words, and can always cross the boundary."""

import dataclasses
import decimal
import fractions
from collections import OrderedDict, UserDict, deque, namedtuple
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.core.codec import ARRAY_DTYPES, MAX_AXES, MAX_ITEMS, decode, encode
from autograder.core.results import MAX_CHARACTERS, MAX_RESULTS, plain_result

fixed = settings(derandomize=True, deadline=None, max_examples=150)


def crossed(value: Any, structure: Any = "array") -> Any:
    """Return what the judge gets to see of `value`."""
    return decode(encode(plain_result(value, structure)))


class Raising:
    """An object that can't be made an array."""

    def __array__(self, *args: Any, **options: Any) -> np.ndarray:
        raise RuntimeError("no array today")


class Lying:
    """An object whose array is none."""

    def __array__(self, *args: Any, **options: Any) -> Any:
        return 3


class Arraylike:
    """An object with an honest array."""

    def __array__(self, *args: Any, **options: Any) -> np.ndarray:
        return np.array([1.0, 2.0])


class Subclass(np.ndarray):
    pass


Pair = namedtuple("Pair", ["W", "b"])

#: Each value, the array that it counts as, and the name of the type it had.
ARRAYS = {
    "array": (np.array([[1.0, 2.0]]), [[1.0, 2.0]], "float64"),
    "number": (2.5, 2.5, "float64"),
    "integer": (2, 2, "int64"),
    "truth value": (True, True, "bool"),
    "numpy number": (np.float32(0.5), 0.5, "float32"),
    "numpy truth value": (np.bool_(True), True, "bool"),
    "list": ([1.0, 2.0], [1.0, 2.0], "float64"),
    "tuple": ((1.0, 2.0), [1.0, 2.0], "float64"),
    "nested lists": ([[1, 2], [3, 4]], [[1, 2], [3, 4]], "int64"),
    "list of truth values": ([True, False], [True, False], "bool"),
    "list of numpy numbers": ([np.float32(0.5)], [0.5], "float32"),
    "list of arrays": ([np.ones(2), np.zeros(2)], [[1, 1], [0, 0]], "float64"),
    "tuple around an array": ((np.ones(2),), [[1, 1]], "float64"),
    "named tuple": (Pair(1.0, 2.0), [1.0, 2.0], "float64"),
    "empty list": ([], [], "float64"),
    "empty rows": ([[]], [[]], "float64"),
    "no axes": (np.array(1.0), 1.0, "float64"),
    "nan and infinity": (np.array([np.nan, -np.inf]), [np.nan, -np.inf], "float64"),
    "matrix": (np.array([[1, 2]]).view(np.matrix), [[1, 2]], "int64"),
    "masked array": (np.ma.masked_array([1.0, 2.0], [True, False]), [1.0, 2.0], "float64"),
    "subclass": (np.ones(2).view(Subclass), [1.0, 1.0], "float64"),
    "object with an array": (Arraylike(), [1.0, 2.0], "float64"),
    "transposed": (np.array([[1.0, 2.0]]).T, [[1.0], [2.0]], "float64"),
    "reversed": (np.arange(3.0)[::-1], [2.0, 1.0, 0.0], "float64"),
    "float16": (np.array([0.5], np.float16), [0.5], "float16"),
    "float32": (np.array([0.5], np.float32), [0.5], "float32"),
    "longdouble": (np.array([0.5], np.longdouble), [0.5], np.dtype(np.longdouble).name),
    "other byte order": (np.array([0.5], ">f8"), [0.5], "float64"),
    "int8": (np.array([-1], np.int8), [-1], "int8"),
    "uint8": (np.array([255], np.uint8), [255], "uint8"),
    "uint64": (np.array([3], np.uint64), [3], "uint64"),
    "large uint64": (np.array([2**64 - 1, 3], np.uint64), [2.0**64, 3], "uint64"),
    "integer beyond 64 bits": (2**70, 2.0**70, "object"),
    "objects that are numbers": (np.array([1, 0.5], object), [1, 0.5], "object"),
    "fractions": ([fractions.Fraction(1, 2)], [0.5], "object"),
    "decimals": ([decimal.Decimal("0.5")], [0.5], "object"),
}


@pytest.mark.parametrize(("value", "numbers", "name"), ARRAYS.values(), ids=ARRAYS.keys())
def test_numbers_of_every_kind_count_as_an_array(value: Any, numbers: Any, name: str) -> None:
    array, type_name = crossed(value)
    assert type(array) is np.ndarray
    assert array.dtype in ARRAY_DTYPES
    assert type_name == name
    expected = np.array(numbers)
    assert array.shape == expected.shape
    assert np.array_equal(array, expected, equal_nan=True)


#: Each value, and the words that the judge gets instead of an array.
WORDS = {
    "text": ("1.0", "a str"),
    "bytes": (b"1.0", "a bytes"),
    "numpy text": (np.str_("1.0"), "a str_"),
    "bytearray": (bytearray(b"12"), "a bytearray"),
    "memory": (memoryview(b"12"), "a memoryview"),
    "dict": ({"o": 1.0}, "a dict"),
    "ordered dict": (OrderedDict(o=1.0), "an OrderedDict"),
    "mapping": (UserDict(o=1.0), "an UserDict"),
    "set": ({1.0}, "a set"),
    "frozen set": (frozenset({1.0}), "a frozenset"),
    "generator": ((x for x in [1.0]), "a generator"),
    "map": (map(abs, [1.0]), "a map"),
    "zip": (zip([1.0], strict=True), "a zip"),
    "range": (range(3), "a range"),
    "iterator": (iter([1.0]), "a list_iterator"),
    "queue": (deque([1.0]), "a deque"),
    "function": (abs, "a builtin_function_or_method"),
    "lambda": (lambda z: z, "a function"),
    "class": (np.ndarray, "a type"),
    "module": (np, "a module"),
    "object": (object(), "an object"),
    "complex number": (1j, "a complex"),
    "decimal": (decimal.Decimal(1), "a Decimal"),
    "not implemented": (NotImplemented, "a NotImplementedType"),
    "dots": (..., "an ellipsis"),
    "exception": (ValueError("x"), "a ValueError"),
    "an array that is none": (Lying(), "a Lying"),
    "ragged list": ([[1.0, 2.0], [3.0]], "a list whose rows have different lengths"),
    "ragged tuple": ((1.0, [2.0]), "a tuple whose rows have different lengths"),
    "ragged arrays": ([np.ones(2), np.ones(3)], "a list whose rows have different lengths"),
    "complex array": (np.array([1j]), "an array of type complex128"),
    "text array": (np.array(["a"]), "an array of text"),
    "list of texts": (["1.0", "2.0"], "an array of text"),
    "bytes array": (np.array([b"a"]), "an array of bytes"),
    "dates": (np.array(["2020"], "datetime64[Y]"), "an array of type datetime64[Y]"),
    "records": (np.zeros(1, [("a", "f8")]), "an array of records"),
    "list of None": ([None, None], "an array of objects that are not numbers"),
    "list with None": ([1.0, None], "an array of objects that are not numbers"),
    "list of dicts": ([{}, {}], "an array of objects that are not numbers"),
    "object array of texts": (
        np.array(["1.0"], object),
        "an array of objects that are not numbers",
    ),
    "integer beyond all": (10**400, "an array of objects that are not numbers"),
    "too many axes": (np.ones((1,) * 9), f"one array of shape {(1,) * 9}"),
    "empty and absurd": (np.ones((0, MAX_ITEMS + 1)), f"one array of shape (0, {MAX_ITEMS + 1})"),
}


@pytest.mark.parametrize(("value", "words"), WORDS.values(), ids=WORDS.keys())
def test_anything_else_is_said_in_a_few_words(value: Any, words: str) -> None:
    assert crossed(value) == words


def test_none_stays_none_in_every_place() -> None:
    assert crossed(None) is None
    assert crossed(None, ("array", "array")) is None
    assert crossed(None, {"H": "array"}) is None
    assert crossed((None, 1.0), ("array", "array"))[0] is None
    assert crossed({"H": None}, {"H": "array"}) == {"H": None}


def test_what_raises_while_it_becomes_an_array_is_the_students_exception() -> None:
    with pytest.raises(RuntimeError, match="no array today"):
        plain_result(Raising(), "array")


def test_a_list_that_holds_itself_is_said_in_words() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert crossed(loop).startswith("a list")


def test_long_names_are_cut() -> None:
    thing = type("T" * 1000, (), {})()
    assert crossed(thing) == f"a {'T' * MAX_CHARACTERS}"


def test_the_students_array_is_not_handed_on_in_another_state() -> None:
    array = np.arange(3)
    assert plain_result(array, "array")[0].tolist() == array.tolist() == [0, 1, 2]


# ---- several results

SEVERAL = ("array", "array")


@pytest.mark.parametrize(
    "value",
    [
        (np.ones(2), np.zeros(2)),
        [np.ones(2), np.zeros(2)],
        ([1.0, 1.0], (0.0, 0.0)),
        np.array([[1.0, 1.0], [0.0, 0.0]]),
        Pair(np.ones(2), np.zeros(2)),
    ],
    ids=["tuple", "list", "tuple of lists", "array of rows", "named tuple"],
)
def test_several_results_come_as_a_tuple_or_a_list(value: Any) -> None:
    first, second = crossed(value, SEVERAL)
    assert (first[0].tolist(), second[0].tolist()) == ([1.0, 1.0], [0.0, 0.0])


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.0, "a float"),
        ("Wb", "a str"),
        ({"W": 1.0, "b": 2.0}, "a dict"),
        ({1.0, 2.0}, "a set"),
        ((x for x in (1.0, 2.0)), "a generator"),
        (np.ones((3, 2)), "one array of shape (3, 2)"),
        (np.array(1.0), "one array of shape ()"),
        ([1.0] * (MAX_RESULTS + 1), f"a list of {MAX_RESULTS + 1} items"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_are_not_several_results_is_said_in_words(value: Any, words: str) -> None:
    assert crossed(value, SEVERAL) == words


@pytest.mark.parametrize("count", [0, 1, 3, MAX_RESULTS])
def test_another_number_of_results_is_kept_to_be_reported(count: int) -> None:
    assert len(crossed([1.0] * count, SEVERAL)) == count


def test_one_of_several_may_be_no_array() -> None:
    assert crossed((1.0, "b"), SEVERAL)[1] == "a str"


# ---- dicts


@pytest.mark.parametrize("kind", [dict, OrderedDict, UserDict])
def test_a_dict_of_results_is_any_mapping(kind: Any) -> None:
    got = crossed(kind({"H": [1.0], "U": "x"}), {"H": "array", "U": "array"})
    assert got["H"][0].tolist() == [1.0]
    assert got["U"] == "a str"


@pytest.mark.parametrize(
    ("value", "words"), [([("H", 1.0)], "a list"), (np.ones(2), "one array of shape (2,)")]
)
def test_what_is_no_mapping_is_said_in_words(value: Any, words: str) -> None:
    assert crossed(value, {"H": "array"}) == words


def test_keys_of_every_kind_become_text() -> None:
    got = crossed({1: 1.0, None: 2.0, "\ud800": 3.0, "k" * 500: 4.0}, {"H": "array"})
    assert list(got) == ["1", "None", "?", "k" * MAX_CHARACTERS]


def test_more_keys_than_any_result_has_are_cut() -> None:
    many = {str(number): 1.0 for number in range(1000)}
    assert len(crossed(many, {"H": "array"})) == MAX_RESULTS


def test_a_dict_may_be_one_of_several_results() -> None:
    got = crossed(({"H": [1.0]}, [0.5, 0.25]), ({"H": "array"}, "array"))
    assert got[0]["H"][0].tolist() == [1.0]
    assert got[1][0].tolist() == [0.5, 0.25]


# ---- everything


@dataclasses.dataclass
class Record:
    H: Any


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text()
    | st.binary()
    | hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0)),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text() | st.integers(), inner)
        | inner.map(Record)
        | inner.map(lambda value: (value for _ in range(2)))
    ),
    max_leaves=6,
)
structures = st.sampled_from(
    ["array", ("array", "array"), {"H": "array"}, ({"H": "array"}, "array")]
)


@fixed
@given(anything, structures)
def test_everything_that_can_be_returned_can_cross(value: Any, structure: Any) -> None:
    with np.errstate(all="ignore"):
        content = encode(plain_result(value, structure))
    assert encode(decode(content)) == content


@fixed
@given(hnp.arrays(st.sampled_from(ARRAY_DTYPES), hnp.array_shapes(min_dims=0, min_side=0)))
def test_an_array_of_a_plain_type_crosses_bit_by_bit(array: np.ndarray) -> None:
    assert array.ndim <= MAX_AXES
    back, name = crossed(array)
    assert (name, back.dtype, back.shape) == (str(array.dtype), array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()
