"""Put numpy's messages about shapes in the notes' letters, and say what to do about them.

numpy says ``operands could not be broadcast together with shapes (2,3) (3,2)``. The key knows the
shapes of a call's arguments in letters, so a message can say which of them don't fit. What to do
follows from the shapes and from the student's line together; where nothing tells causes apart, the
general sentence is said.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from autograder.core.message import Label, Row
from autograder.judge.letters import CallLetters, Shape, lengths_of, write_shape

__all__ = ["shape_rows"]


def shape_rows(
    message: str,
    shapes: Mapping[str, Any],
    named: Mapping[str, Any],
    *,
    right: Iterable[Shape] = (),
    line: str = "",
    is_own: bool = False,
) -> list[Row]:
    """Return the rows for a message about shapes, nothing for another one.

    The `line` is the student's that numpy complains of, where `is_own` tells whether it is one of
    the function itself: in another one, the same names may be something else. `right` are the
    shapes of the results.
    """
    for pattern, decide in _RULES:
        match = pattern.search(message[:600])
        if match:
            arguments = dict(_list_arguments(shapes, named))
            lengths = lengths_of(shapes, named)
            given = dict(_take_out_of_dicts(named))
            letters = CallLetters(arguments, lengths, given, tuple(right), line, is_own)
            unfit, sentence = decide(match, letters)
            said = "; ".join(filter(None, [unfit, letters.listed()]))
            rows = [Row(Label.SHAPES, said)] if said else []
            return [*rows, Row(Label.TO_DO, sentence)]
    return []


def _take_out_of_dicts(named: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in named.items():
        if isinstance(value, dict):
            yield from [(f'{name}["{key}"]', item) for key, item in value.items()]
        else:
            yield name, value


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


def _broadcast(match: re.Match[str], letters: CallLetters) -> _Said:
    shapes = [_parse_shape(text) for text in re.findall(_SHAPE, match[1])]
    pairs = list(itertools.combinations(shapes, 2))
    first, second = next((pair for pair in pairs if not _fit(*pair)), pairs[0])
    unfit = f"{letters.of_shape(first)} does not fit {letters.of_shape(second)}"
    return unfit, _advise_on_broadcast(first, second, letters)


def _fit(first: Shape, second: Shape) -> bool:
    pairs = zip(first[::-1], second[::-1], strict=False)
    return all([1 in pair or pair[0] == pair[1] for pair in pairs])


def _list_unfit(first: Shape, second: Shape) -> list[int]:
    """Return the lengths that one of two shapes alone has."""
    return [n for n in (*first, *second) if (n in first) != (n in second)]


def _advise_on_broadcast(first: Shape, second: Shape, letters: CallLetters) -> str:
    sizes = (*first, *second)
    special = letters.find_written(sizes) or letters.find_counted(sizes)
    special = (
        special or letters.find_foreign(sizes) or letters.find_either(_list_unfit(first, second))
    )
    if special:
        return special
    short, long = sorted([first, second], key=len)
    if len(short) == 1 and len(long) == 2 and short[0] == long[0]:
        whole = letters.find_used_whole(short)
        if whole:
            return (
                f"{whole} has one number for each row: use it to pick entries, as in"
                f" x[np.arange(len({whole})), {whole}], or make it one-hot first"
            )
        return "one of them has one axis fewer: sum, mean and max keep theirs with keepdims=True"
    is_product = len(first) == len(second) == 2 and first[1] == second[0]
    if is_product and first != second[::-1] and re.search(r"(?<!\*)\*(?!\*)", letters.line):
        return "* works entry by entry; @ is the matrix product, for which these shapes fit"
    if first == second[::-1]:
        return "transpose one of them (.T), or write @ if you mean the matrix product"
    return (
        "+, -, * and / work entry by entry, so the lengths of each axis have to be equal or 1:"
        " print both shapes; @ is the matrix product"
    )


def _in_place(match: re.Match[str], letters: CallLetters) -> _Said:
    first, second = _parse_shape(match[1]), _parse_shape(match[2])
    unfit = f"{letters.of_shape(second)} does not fit {letters.of_shape(first)}"
    return (
        unfit,
        "+= and other operators in place can't enlarge an array: write x = x + ... instead",
    )


_PRODUCT = (
    "in A @ B the last length of A has to equal the first length of B: change their order,"
    " or transpose one of them (.T)"
)
_ENTRIES = (
    "both have the same shape: * multiplies them entry by entry, {product} is the matrix product"
)
_EITHER = (
    "the product entry by entry is *; in A @ B, the matrix product, the last length of A has to"
    " equal the first length of B"
)


def _matmul(match: re.Match[str], letters: CallLetters) -> _Said:
    shape = rows, columns = int(match[1]), int(match[2])
    unfit = f"{letters.said(columns)} does not fit {letters.said(rows)}"
    written = letters.find_written((columns, rows)) or letters.find_either((columns, rows))
    pair = letters.are_multiplied()
    if written or pair == (shape, shape):
        is_right = shape in letters.right
        return unfit, written or (_ENTRIES.format(product="@") if is_right else _EITHER)
    # Entry by entry, two arrays of this shape would give the right shape.
    given = [value.shape for value in letters.named.values() if isinstance(value, np.ndarray)]
    may_be_either = pair is None and shape in letters.right and shape in given
    return unfit, _EITHER if may_be_either else _PRODUCT


def _aligned(match: re.Match[str], letters: CallLetters) -> _Said:
    first, second = _parse_shape(match[1]), _parse_shape(match[2])
    unfit = f"{letters.of_shape(first)} does not fit {letters.of_shape(second)}"
    sentence = _PRODUCT
    if first == second and len(first) > 1:
        sentence = _ENTRIES.format(product="dot") if first in letters.right else _EITHER
    sizes = (*first, *second)
    return unfit, (
        letters.find_written(sizes) or letters.find_either(_list_unfit(first, second)) or sentence
    )


def _reshape(match: re.Match[str], letters: CallLetters) -> _Said:
    shape = _parse_shape(match[2])
    written = letters.find_written(shape) or letters.find_foreign(shape)
    shown = letters.of_shape(shape)
    if "newaxis" in match[2] or "," not in match[2]:  # so numpy writes a -1, and none in front
        words = match[2].strip("()").replace("newaxis", "-1").split(",")
        shown = write_shape(
            [w.strip() for w in (words if "newaxis" in match[2] else ["-1", *words])]
        )
    return f"{match[1]} numbers do not fit {shown}", written or (
        "the product of the lengths has to be the count of numbers: take them from .shape of"
        " the arguments; one may be -1, for the rest"
    )


def _joined(match: re.Match[str], letters: CallLetters) -> _Said:
    sizes = [letters.said(int(match[2])), letters.said(int(match[3]))]
    return f"along axis {match[1]}, {sizes[0]} does not fit {sizes[1]}", (
        "all lengths have to be equal, except along the axis where the parts are joined: print"
        " the shapes of the parts"
    )


def _stacked(_match: re.Match[str], _letters: CallLetters) -> _Said:
    return "", "stack needs parts of one shape: print their shapes; concatenate joins others"


def _assigned(match: re.Match[str], letters: CallLetters) -> _Said:
    first, second = _parse_shape(match[1]), _parse_shape(match[2])
    sizes = (*first, *second)
    special = letters.find_written(sizes) or letters.find_counted(sizes)
    special = (
        special or letters.find_foreign(sizes) or letters.find_either(_list_unfit(first, second))
    )
    return f"{letters.of_shape(first)} does not fit {letters.of_shape(second)}", special or (
        "both sides of the = need the same shape: print both, and look at how the array was made"
    )


def _indexed(match: re.Match[str], letters: CallLetters) -> _Said:
    first, second = _parse_shape(match[1]), _parse_shape(match[2])
    sizes = (*first, *second)
    written = letters.find_written(sizes) or letters.find_either(sizes)
    return f"indices {letters.of_shape(first)} do not fit {letters.of_shape(second)}", written or (
        "one index for each item: np.arange(len(y)) beside y picks entry y[s] of row s"
    )


def _out_of_bounds(match: re.Match[str], letters: CallLetters) -> _Said:
    index, axis, size = match[1], match[2], int(match[3])
    said = letters.said(size)
    counts = [int(count) for count in re.findall(r"range\((\d{1,9})\)", letters.line)]
    special = _find_double_brackets(letters.line) or letters.find_written(counts)
    special = special or letters.find_either(counts)
    return f"index {index} on axis {axis} of length {said}", special or (
        "indices run from 0 to the length minus 1: look at where this one comes from: a range with"
        " another length (is a number written in it?), a count from 1, or another axis"
    )


def _find_double_brackets(line: str) -> str:
    """Say what ``x[[rows, columns]]`` picks, where the line has it with anything but numbers."""
    while "(" in line and (shorter := re.sub(r"\([^()\[\]]*\)", "", line)) != line:
        line = shorter
    match = re.search(r"(\w+)\[\[([^\[\],]+),([^\[\],]+)\]\]", line)
    if match is None or (match[2] + match[3]).replace(" ", "").isdigit():
        return ""
    return (
        f"{match[1]}[[a, b]] picks whole rows, those of a and those of b: write {match[1]}[a, b]"
        " for the entries in these rows and columns"
    )


def _mask(match: re.Match[str], letters: CallLetters) -> _Said:
    sizes = [letters.said(int(match[2])), letters.said(int(match[3]))]
    return f"axis {match[1]} has {sizes[0]}, the mask {sizes[1]}", (
        "a mask needs the shape of what it picks from: compare the array itself, as in x[x > 0]"
    )


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], CallLetters], _Said]], ...] = tuple(
    [
        (re.compile(pattern), decide)
        for pattern, decide in (
            (rf"indexing arrays could not be broadcast .*?{_SHAPE} {_SHAPE}", _indexed),
            (
                rf"could not be broadcast together with .*?((?:{_SHAPE} ){{1,5}}{_SHAPE})",
                _broadcast,
            ),
            (rf"output operand with shape {_SHAPE} .* broadcast shape {_SHAPE}", _in_place),
            (
                r"mismatch in its core dimension .*\(size (\d{1,9}) is different from (\d{1,9})\)",
                _matmul,
            ),
            (rf"shapes {_SHAPE} and {_SHAPE} not aligned", _aligned),
            (
                r"cannot reshape array of size (\d{1,9}) into shape"
                r" (\((?:\d{1,9}|newaxis|[, ])*\))",
                _reshape,
            ),
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
