"""Derive the lengths that the notes' letters stand for in a call, from its arguments' shapes."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

__all__ = ["lengths_of"]


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
