"""The letters of shapes in one call: how long each of them is, and what else its lengths tell.

Each sentence about a length is true wherever it is said: it names what the call and the student's
line have, and is empty where they do not show the cause.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["CallLetters", "Shape", "lengths_of", "write_shape"]

#: Arguments whose shapes are listed.
MAX_LISTED = 6

Shape = tuple[int, ...]

#: What an array is made with, of lengths that are written in its brackets.
_MADE = (
    r"\b(?:zeros|ones|empty|full|eye|identity|arange|range|reshape|tile|repeat|broadcast_to)"
    r"\(([^()]*(?:\([^()]*\))?)"
)


@dataclass(frozen=True)
class CallLetters:
    """The shapes of one call's arguments, in letters and in numbers.

    Attributes
    ----------
    named : dict of str to object
        All arguments, those in dicts one by one.
    right : tuple of tuple of int
        The shapes of the call's right results.
    line : str
        The student's line that numpy complains of.
    is_own : bool
        Whether it is one of the function itself, where the arguments have their names.
    """

    arguments: dict[str, tuple[str, Shape]]
    lengths: dict[str, int]
    named: dict[str, Any]
    right: tuple[Shape, ...] = ()
    line: str = ""
    is_own: bool = False

    @property
    def _own_line(self) -> str:
        return self.line if self.is_own else ""

    def known_lengths(self) -> set[int]:
        """Return every length that the call's arguments give, and their counts of numbers."""
        known = {0, 1, *self.lengths.values()}
        for value in self.named.values():
            if isinstance(value, np.ndarray):
                known |= {*value.shape, value.size}
            elif isinstance(value, int):
                known.add(int(value))
        return known

    def find_written(self, lengths: Iterable[int]) -> str:
        """Say which of these lengths is a number in the line and none of the call's."""
        known = self.known_lengths()
        for length in lengths:
            if length not in known and re.search(rf"(?<![\w.]){length}(?![\w.])", self.line):
                return (
                    f"{length} is written in this line, but no axis in this call is {length} long:"
                    " take it from the .shape of an argument"
                )
        return ""

    def find_either(self, lengths: Iterable[int]) -> str:
        """Say which of these lengths the line writes as a number, though the call has it, too."""
        calls = re.findall(_MADE, self.line)
        for length in lengths:
            if length > 1 and any([re.search(rf"(?<![\w.]){length}(?![\w.])", c) for c in calls]):
                return (
                    f"{length} is written in this line: if it stands for a length, take it from the"
                    " .shape of an argument; if not, look whether this is the right array"
                )
        return ""

    def find_counted(self, lengths: Iterable[int]) -> str:
        """Say which of these lengths follows from the largest of some integers alone."""
        known = self.known_lengths()
        for length in lengths:
            for name, value in self.named.items():
                if length not in known and _is_of_integers(value) and value.max() + 1 == length:
                    return (
                        f"no axis in this call is {length} long, but {name}.max() + 1 is"
                        f" {length}: bincount, unique and max see only what occurs in {name}"
                    )
        return ""

    def find_foreign(self, lengths: Iterable[int]) -> str:
        """Say which of these lengths follows from none of the call's, not even from two."""
        known = self.known_lengths()
        pairs = list(itertools.product(known, repeat=2))
        reached = {n for a, b in pairs for n in (a + b, a * b, a - b, a // (b or 1), a % (b or 1))}
        for length in lengths:
            if length not in reached:
                return (
                    f"no axis in this call is {length} long: if your code has the number {length},"
                    " take it from an argument's .shape instead"
                )
        return ""

    def find_used_whole(self, shape: Shape) -> str:
        """Return the integers of a shape with which the line calculates as they are."""
        line = self._own_line
        while "[" in line and (shorter := re.sub(r"\[[^\[\]]*\]", "", line)) != line:
            line = shorter  # what stands in brackets picks entries
        for name, value in self.named.items():
            if _is_of_integers(value) and value.shape == shape:
                word = re.escape(name)
                if re.search(rf"[-+*/]\s*{word}(?![\w.(])|(?<![\w.]){word}\s*[-+*/]", line):
                    return name
        return ""

    def are_multiplied(self) -> tuple[Shape, Shape] | None:
        """Return the shapes of the two arguments between which the line has an @."""
        match = re.search(r"(?<![\w.)\]])(\w+)\s*@\s*(\w+)(?![\w.(\[])", self._own_line)
        pair = [self.named.get(name) for name in match.groups()] if match else []
        first, second = pair or (None, None)
        if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
            return first.shape, second.shape
        return None

    def of_length(self, length: int) -> str:
        """Return the one letter that has a length; the number where there is none, or several."""
        letters = [letter for letter, size in self.lengths.items() if size == length]
        return letters[0] if len(letters) == 1 else str(length)

    def of_shape(self, shape: Shape) -> str:
        """Return a shape in letters and numbers: that of an argument, or by its lengths."""
        same = {words for words, other in self.arguments.values() if other == shape}
        words = same.pop().split() if len(same) == 1 else self._guess(shape)
        letters, numbers = write_shape(words), write_shape([str(size) for size in shape])
        return numbers if letters == numbers else f"{letters} = {numbers}"

    def _guess(self, shape: Shape) -> list[str]:
        """Return the letters of these lengths; none where one would stand twice."""
        words = [self.of_length(size) for size in shape]
        letters = [word for word in words if not word.isdigit()]
        return words if len({*letters}) == len(letters) else [str(size) for size in shape]

    def said(self, length: int) -> str:
        """Return a length with its letter, if it has one."""
        letter = self.of_length(length)
        return f"{letter} = {length}" if letter != str(length) else letter

    def listed(self) -> str:
        """Return the arguments' shapes, one after another."""
        shown = list(self.arguments.items())[:MAX_LISTED]
        said = [
            f"{name} is {write_shape(words.split())} = {write_shape(map(str, shape))}"
            for name, (words, shape) in shown
        ]
        return ", ".join(said)


def _is_of_integers(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "iu" and value.size > 0


def write_shape(words: Any) -> str:
    """Return lengths or letters as Python writes a shape."""
    listed = list(words)
    return f"({listed[0]},)" if len(listed) == 1 else f"({', '.join(listed)})"


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
