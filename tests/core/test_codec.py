"""What crosses a boundary comes out as it went in, and nothing else comes out at all."""

import struct
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.core.codec import (
    ARRAY_DTYPES,
    MAX_AXES,
    MAX_DEPTH,
    MAX_ITEMS,
    MalformedValueError,
    decode,
    encode,
    is_shape_allowed,
)

SIZE = struct.Struct("<I")

#: The same examples on every run, however slow the machine.
fixed = settings(derandomize=True, deadline=None, max_examples=200)

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
arrays = hnp.arrays(
    st.sampled_from(ARRAY_DTYPES),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | text
    | st.binary(max_size=8)
    | arrays
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)


def is_same(a: Any, b: Any) -> bool:
    """Tell whether two values are the same, bit by bit."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        same_form = a.dtype == b.dtype and a.shape == b.shape
        return bool(same_form and a.tobytes() == b.tobytes())
    if isinstance(a, tuple):
        return len(a) == len(b) and all([is_same(*pair) for pair in zip(a, b, strict=True)])
    if isinstance(a, dict):
        return list(a) == list(b) and all([is_same(a[key], b[key]) for key in a])
    if isinstance(a, float):
        return struct.pack("<d", a) == struct.pack("<d", b)
    return bool(a == b)


def nested(depth: int) -> Any:
    """Return tuples in tuples, `depth` values deep with the innermost one."""
    value: Any = None
    for _ in range(depth - 1):
        value = (value,)
    return value


def is_refused_or_value(content: bytes) -> bool:
    """Decode, in bounded time; tell whether what comes out is exactly what `encode` writes."""
    start = time.process_time()
    try:
        value = decode(content)
        is_right = encode(value) == content
    except MalformedValueError:
        is_right = True
    return is_right and time.process_time() - start < 1.0


# ---- there and back


@fixed
@given(values)
def test_what_is_encoded_is_decoded_bit_by_bit(value: Any) -> None:
    content = encode(value)
    assert is_same(decode(content), value)
    assert encode(decode(content)) == content


@pytest.mark.parametrize("dtype", ARRAY_DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (0, 100), (5, 0, 7), (1,) * MAX_AXES])
def test_every_type_and_shape_of_array_comes_back(dtype: np.dtype, shape: tuple[int, ...]) -> None:
    array = np.arange(int(np.prod(shape))).reshape(shape).astype(dtype)
    back = decode(encode((b"\x00", array)))[1]
    assert is_same(back, array)
    assert not back.flags.writeable


def test_an_array_comes_back_in_c_order_however_it_lay() -> None:
    array = np.arange(24.0).reshape(2, 3, 4)
    for view in (array.T, array[:, ::-1, ::2], np.asfortranarray(array), np.broadcast_to(1.0, 5)):
        assert is_same(decode(encode(view)), np.ascontiguousarray(view))


def test_types_of_the_same_width_are_one() -> None:
    same = np.arange(3).astype(np.longlong if np.longlong().itemsize == 8 else np.int_)
    assert decode(encode(same)).dtype == np.int64


def test_nesting_is_decoded_as_deep_as_it_is_encoded() -> None:
    assert decode(encode(nested(MAX_DEPTH))) == nested(MAX_DEPTH)


# ---- what encode refuses


class Tuple(tuple):
    pass


class Array(np.ndarray):
    pass


@pytest.mark.parametrize(
    "value",
    [
        {1},
        1j,
        object(),
        range(3),
        np.float64(1),
        np.bool_(True),
        np.int64(1),
        Tuple((1,)),
        type("Dict", (dict,), {})(a=1),
        type("Text", (str,), {})("a"),
        type("Integer", (int,), {})(1),
        np.zeros(2).view(Array),
        np.zeros((1, 2)).view(np.matrix),
        np.ma.masked_array([1.0], [False]),
        np.zeros(2, np.complex128),
        np.zeros(2, np.int32),
        np.zeros(2, np.uint64),
        np.zeros(2, ">f8"),
        np.zeros(2, object),
        np.zeros(2, "U3"),
        np.zeros(2, np.longdouble),
        np.zeros((1,) * (MAX_AXES + 1)),
        np.zeros((0, MAX_ITEMS + 1)),
        2**63,
        -(2**63) - 1,
        {1: 2},
        {b"a": 2},
        {"\ud800": 2},
        {type("Text", (str,), {})("a"): 1},
        nested(MAX_DEPTH + 1),
    ],
    ids=lambda value: f"{type(value).__name__}-{str(value)[:12]!a}",
)
def test_anything_else_is_refused_as_the_callers_mistake(value: Any) -> None:
    with pytest.raises(TypeError, match="can't be encoded"):
        encode(value)
    with pytest.raises(TypeError, match="can't be encoded"):
        encode({"inside": (value,)})


def test_a_value_that_holds_itself_is_refused() -> None:
    loop: dict[str, Any] = {}
    loop["loop"] = loop
    with pytest.raises(TypeError, match="nested so deeply"):
        encode(loop)


def test_text_loses_what_utf8_cannot_hold() -> None:
    assert decode(encode("a\ud800b")) == "a?b"


# ---- what decode refuses

MALFORMED = {
    "nothing": b"",
    "an unknown tag": b"x",
    "a tag alone": b"i",
    "half an integer": b"i\x00\x00",
    "half a float": b"f\x00",
    "a truth value of 2": b"?\x02",
    "something left over": b"NN",
    "text that is not UTF-8": b"s" + SIZE.pack(1) + b"\xff",
    "text longer than the bytes": b"s" + SIZE.pack(2**32 - 1) + b"a",
    "bytes longer than the bytes": b"b" + SIZE.pack(5) + b"abcd",
    "a tuple of four thousand million": b"t" + SIZE.pack(2**32 - 1) + b"N",
    "a dict of four thousand million": b"d" + SIZE.pack(2**32 - 1),
    "a dict with a key twice": b"d" + SIZE.pack(2) + 2 * (SIZE.pack(1) + b"aN"),
    "a key that is not UTF-8": b"d" + SIZE.pack(1) + SIZE.pack(1) + b"\xffN",
    "a key without its value": b"d" + SIZE.pack(1) + SIZE.pack(1) + b"a",
    "nesting too deep": b"t\x01\x00\x00\x00" * MAX_DEPTH + b"N",
    "nesting far too deep": b"t\x01\x00\x00\x00" * 100_000 + b"N",
    "an array of no type": b"a\x05\x00",
    "an array of too many axes": b"a\x00" + bytes([MAX_AXES + 1]) + SIZE.pack(1) * 9 + bytes(8),
    "an array longer than the bytes": b"a\x00\x01" + SIZE.pack(2) + bytes(8),
    "an array shorter than the bytes": b"a\x00\x01" + SIZE.pack(1) + bytes(16),
    "an array of absurd length": b"a\x00\x04" + SIZE.pack(2**32 - 1) * 4 + bytes(8),
    "an empty array of absurd length": b"a\x00\x02" + SIZE.pack(0) + SIZE.pack(2**32 - 1),
    # 0 numbers, and yet more than numpy can count: it multiplies the other lengths.
    "an empty array too big to count": b"a\x00\x08"
    + SIZE.pack(0)
    + SIZE.pack(400) * 7
    + bytes(400),
    "truth values of 2": b"a\x02\x01" + SIZE.pack(3) + b"\x00\x02\x01",
    "a pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07builtin",
}


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(MalformedValueError):
        decode(content)
    with pytest.raises(MalformedValueError):
        decode(b"t" + SIZE.pack(2) + b"N" + content)


@fixed
@given(st.binary(max_size=80))
def test_random_bytes_are_refused_or_are_a_value(content: bytes) -> None:
    assert is_refused_or_value(content)


@fixed
@given(st.lists(st.sampled_from([b"t", b"d", b"a", b"\x00", b"\x01", b"\x02", b"N", b"?"])))
def test_bytes_that_look_like_values_are_refused_or_are_one(parts: list[bytes]) -> None:
    assert is_refused_or_value(b"".join(parts))


@fixed
@given(values, st.data())
def test_every_truncation_is_refused(value: Any, data: st.DataObject) -> None:
    content = encode(value)
    size = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(MalformedValueError):
        decode(content[:size])


@fixed
@given(values, st.binary(min_size=1, max_size=4))
def test_every_extension_is_refused(value: Any, more: bytes) -> None:
    with pytest.raises(MalformedValueError, match="left over"):
        decode(encode(value) + more)


@fixed
@given(values, st.data())
def test_a_flipped_bit_is_refused_or_gives_another_value(value: Any, data: st.DataObject) -> None:
    content = bytearray(encode(value))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    assert is_refused_or_value(bytes(content))
    try:
        other = decode(bytes(content))
    except MalformedValueError:
        return
    assert not is_same(other, value)


@fixed
@given(values, values, st.data())
def test_spliced_values_are_refused_or_are_one(one: Any, other: Any, data: st.DataObject) -> None:
    left, right = encode(one), encode(other)
    assume(left != right)
    spliced = left[: data.draw(st.integers(0, len(left)))]
    assert is_refused_or_value(spliced + right[data.draw(st.integers(0, len(right))) :])


def test_items_that_take_no_room_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.core.codec.MAX_ITEMS", 100)
    assert decode(encode(((),) * 99)) == ((),) * 99
    with pytest.raises(MalformedValueError, match="too many items"):
        decode(encode(((),) * 100))


def test_the_lengths_of_empty_arrays_are_bounded_together() -> None:
    assert is_shape_allowed((0, MAX_ITEMS))
    assert not is_shape_allowed((0, MAX_ITEMS + 1))
    assert is_shape_allowed((1000, 0, MAX_ITEMS // 1000))
    assert not is_shape_allowed((1001, 0, MAX_ITEMS // 1000))
    assert is_shape_allowed((MAX_ITEMS + 1,))  # its bytes bound it
    assert not is_shape_allowed((1,) * (MAX_AXES + 1))


def test_the_format_is_the_documented_one() -> None:
    value = {"a": (None, True, -2, "é", b"\0"), "f": np.array([[2.0]])}
    one = SIZE.pack(1)
    content = b"d" + SIZE.pack(2)
    content += one + b"a" + b"t" + SIZE.pack(5) + b"N" + b"?\1" + b"i" + struct.pack("<q", -2)
    content += b"s" + SIZE.pack(2) + b"\xc3\xa9" + b"b" + one + b"\0"
    content += one + b"f" + b"a" + b"\0\2" + one + one + struct.pack("<d", 2.0)
    assert encode(value) == content
