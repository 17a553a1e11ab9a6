"""The lengths that the notes' letters stand for in a call, and numpy's error messages put in them.

numpy says ``operands could not be broadcast together with shapes (2,3) (3,2)``. The key knows the
shapes of a call's arguments in letters, so a message can say which of them don't fit.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.core.message import Label, Row

__all__ = ["lengths_of", "shape_rows"]

#: Arguments whose shapes are listed.
MAX_LISTED = 6

Shape = tuple[int, ...]


@dataclass(frozen=True)
class _Letters:
    """The shapes of one call's arguments, in letters and in numbers."""

    arguments: dict[str, tuple[str, Shape]]
    lengths: dict[str, int]

    def of_length(self, length: int) -> str:
        """Return the one letter that has a length; the number where there is none, or several."""
        letters = [letter for letter, size in self.lengths.items() if size == length]
        return letters[0] if len(letters) == 1 else str(length)

    def of_shape(self, shape: Shape) -> str:
        """Return a shape in letters and numbers: that of an argument, or by its lengths."""
        same = {words for words, other in self.arguments.values() if other == shape}
        words = same.pop().split() if len(same) == 1 else [self.of_length(size) for size in shape]
        letters, numbers = _write_shape(words), _write_shape([str(size) for size in shape])
        return numbers if letters == numbers else f"{letters} = {numbers}"

    def said(self, length: int) -> str:
        """Return a length with its letter, if it has one."""
        letter = self.of_length(length)
        return f"{letter} = {length}" if letter != str(length) else letter

    def listed(self) -> str:
        shown = list(self.arguments.items())[:MAX_LISTED]
        said = [
            f"{name} is {_write_shape(words.split())} = {_write_shape(map(str, shape))}"
            for name, (words, shape) in shown
        ]
        return ", ".join(said)


def _write_shape(words: Any) -> str:
    """Return lengths or letters as Python writes a shape."""
    listed = list(words)
    return f"({listed[0]},)" if len(listed) == 1 else f"({', '.join(listed)})"


def shape_rows(message: str, shapes: Mapping[str, Any], named: Mapping[str, Any]) -> list[Row]:
    """Return the rows for a message about shapes, nothing for another one."""
    for pattern, decide in _RULES:
        match = pattern.search(message[:600])
        if match:
            arguments = dict(_list_arguments(shapes, named))
            letters = _Letters(arguments, lengths_of(shapes, named))
            unfit, sentence = decide(match, letters)
            said = "; ".join(filter(None, [unfit, letters.listed()]))
            rows = [Row(Label.SHAPES, said)] if said else []
            return [*rows, Row(Label.TO_DO, sentence)]
    return []


def _list_arguments(
    shapes: Mapping[str, Any], named: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[str, Shape]]]:
    for name, value in named.items():
        words = shapes.get(name, "")
        if isinstance(value, dict) and isinstance(words, Mapping):
            inner = {f'{name}["{key}"]': item for key, item in value.items()}
            yield from _list_arguments({f'{name}["{key}"]': w for key, w in words.items()}, inner)
        elif (
            isinstance(value, np.ndarray)
            and isinstance(words, str)
            and len(words.split()) == value.ndim
        ):
            yield name, (words, value.shape)


_SHAPE = r"(\((?:\d{1,9}(?:, ?\d{1,9}){0,5},?)?\))"


def _parse_shape(text: str) -> Shape:
    return tuple([int(number) for number in re.findall(r"\d+", text)])


_Said = tuple[str, str]


def _broadcast(match: re.Match[str], letters: _Letters) -> _Said:
    first, second = _parse_shape(match[1]), _parse_shape(match[2])
    unfit = f"{letters.of_shape(first)} does not fit {letters.of_shape(second)}"
    short, long = sorted([first, second], key=len)
    if len(short) == 1 and len(long) == 2 and short[0] == long[0]:
        return unfit, ("one of them lost an axis: sum, mean and max keep it with keepdims=True")
    if first == second[::-1]:
        return unfit, "transpose one of them (.T), or write @ if you mean the matrix product"
    return unfit, (
        "+, -, * and / work entry by entry, so the lengths of each axis have to be equal or 1:"
        " print both shapes; @ is the matrix product"
    )


def _in_place(match: re.Match[str], letters: _Letters) -> _Said:
    first, second = _parse_shape(match[1]), _parse_shape(match[2])
    unfit = f"{letters.of_shape(second)} does not fit {letters.of_shape(first)}"
    return (
        unfit,
        "+= and other operators in place can't enlarge an array: write x = x + ... instead",
    )


def _product(first: int, second: int, letters: _Letters) -> _Said:
    unfit = f"{letters.said(first)} does not fit {letters.said(second)}"
    return unfit, (
        "in A @ B the last length of A has to equal the first length of B: change their order,"
        " or transpose one of them (.T)"
    )


def _matmul(match: re.Match[str], letters: _Letters) -> _Said:
    return _product(int(match[2]), int(match[1]), letters)


def _aligned(match: re.Match[str], letters: _Letters) -> _Said:
    first, second = _parse_shape(match[1]), _parse_shape(match[2])
    unfit = f"{letters.of_shape(first)} does not fit {letters.of_shape(second)}"
    return unfit, _product(0, 0, letters)[1]


def _reshape(match: re.Match[str], letters: _Letters) -> _Said:
    shape = _parse_shape(match[2])
    return f"{match[1]} numbers do not fit {letters.of_shape(shape)}", (
        "the product of the lengths has to be the count of numbers: take them from .shape of"
        " the arguments; one may be -1, for the rest"
    )


def _joined(match: re.Match[str], letters: _Letters) -> _Said:
    sizes = [letters.said(int(match[2])), letters.said(int(match[3]))]
    return f"along axis {match[1]}, {sizes[0]} does not fit {sizes[1]}", (
        "all lengths have to be equal, except along the axis where the parts are joined: print"
        " the shapes of the parts"
    )


def _stacked(_match: re.Match[str], _letters: _Letters) -> _Said:
    return "", "stack needs parts of one shape: print their shapes; concatenate joins others"


def _assigned(match: re.Match[str], letters: _Letters) -> _Said:
    first, second = _parse_shape(match[1]), _parse_shape(match[2])
    return f"{letters.of_shape(first)} does not fit {letters.of_shape(second)}", (
        "both sides of the = need the same shape: print both, and look at how the array was made"
    )


def _indexed(match: re.Match[str], letters: _Letters) -> _Said:
    first, second = _parse_shape(match[1]), _parse_shape(match[2])
    return f"indices {letters.of_shape(first)} do not fit {letters.of_shape(second)}", (
        "one index for each item: np.arange(len(y)) beside y picks entry y[s] of row s"
    )


def _out_of_bounds(match: re.Match[str], letters: _Letters) -> _Said:
    index, axis, size = match[1], match[2], int(match[3])
    said = letters.said(size)
    return f"index {index} on axis {axis} of length {said}", (
        "indices run from 0 to the length minus 1: check whether it is counted from 1, or"
        " meant for another axis"
    )


def _mask(match: re.Match[str], letters: _Letters) -> _Said:
    sizes = [letters.said(int(match[2])), letters.said(int(match[3]))]
    return f"axis {match[1]} has {sizes[0]}, the mask {sizes[1]}", (
        "a mask needs the shape of what it picks from: compare the array itself, as in x[x > 0]"
    )


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], _Letters], _Said]], ...] = tuple(
    [
        (re.compile(pattern), decide)
        for pattern, decide in (
            (rf"indexing arrays could not be broadcast .*?{_SHAPE} {_SHAPE}", _indexed),
            (rf"could not be broadcast together with .*?{_SHAPE} {_SHAPE}", _broadcast),
            (rf"output operand with shape {_SHAPE} .* broadcast shape {_SHAPE}", _in_place),
            (
                r"mismatch in its core dimension .*\(size (\d{1,9}) is different from (\d{1,9})\)",
                _matmul,
            ),
            (rf"shapes {_SHAPE} and {_SHAPE} not aligned", _aligned),
            (rf"cannot reshape array of size (\d{{1,9}}) into shape {_SHAPE}", _reshape),
            (
                r"along dimension (\d), the array at index \d+ has size (\d{1,9}) and the array at"
                r" index \d+ has size (\d{1,9})",
                _joined,
            ),
            (r"all input arrays must have the same shape", _stacked),
            (
                rf"could not broadcast input array from shape {_SHAPE} into shape {_SHAPE}",
                _assigned,
            ),
            (
                rf"value array of shape {_SHAPE} .* indexing result of shape {_SHAPE}",
                _assigned,
            ),
            (
                r"index (-?\d{1,9}) is out of bounds for axis (\d) with size (\d{1,9})",
                _out_of_bounds,
            ),
            (
                r"boolean index did not match indexed array along axis (\d); size of axis is"
                r" (\d{1,9}) but size of corresponding boolean axis is (\d{1,9})",
                _mask,
            ),
        )
    ]
)


def lengths_of(shapes: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, int]:
    """Return the length of each letter that the arguments agree about."""
    words = list(_walk_shape(shapes, arguments))
    found: dict[str, set[int]] = {}
    for word, length in words:
        if "*" not in word:
            found.setdefault(word, set()).add(length)
    lengths = {letter: sizes.pop() for letter, sizes in found.items() if len(sizes) == 1}
    for word, length in words:
        if "*" in word:
            _divide(word, length, lengths)
    return lengths


def _walk_shape(shape: Any, value: Any) -> Iterator[tuple[str, int]]:
    """Yield each letter, or product of letters, with the length that it has in `value`."""
    if isinstance(shape, Mapping):
        if isinstance(value, Mapping):
            for name in shape.keys() & value.keys():
                yield from _walk_shape(shape[name], value[name])
    elif shape.startswith("="):
        if isinstance(value, int):
            yield shape[1:], value
    elif isinstance(value, np.ndarray) and value.ndim == len(shape.split()):
        for word, length in zip(shape.split(), value.shape, strict=True):
            if not word.isdigit():
                yield word, length


def _divide(word: str, length: int, lengths: dict[str, int]) -> None:
    """Add the one factor of a product that is not known yet."""
    unknown = [letter for letter in word.split("*") if letter not in lengths]
    for letter in word.split("*"):
        if letter in lengths:
            whole, rest = divmod(length, max(lengths[letter], 1))
            if rest:
                return
            length = whole
    if len(unknown) == 1:
        lengths[unknown[0]] = length
