"""Name a function's shapes in the letters of its own docstring, which is what a student reads.

The rubric draws the inputs of many functions with the homework's letters; a docstring may call the
same lengths by others (``shape (p, q)``), or say ``any shape``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["list_any_shape", "rename_letters"]

_SHAPE = re.compile(r"^\s*(\w+) : [^\n(]*?\bshape \(([\w*, ]*)\)", re.M)
_ANY = re.compile(r"^\s*(\w+) : [^\n(]*?\bany shape\b", re.M)


def rename_letters(shapes: Mapping[str, Any], docstring: str) -> dict[str, Any]:
    """Return the parameters' `shapes` in the letters of the `docstring`.

    They stay as they are where the docstring gives one letter two meanings, or two letters one.

    Examples
    --------
    >>> from autograder.authoring.compiler.written_shapes import rename_letters
    >>> rename_letters({"x": "a b"}, "x : np.ndarray, shape (c, 2*d), float64")
    {'x': 'a b'}
    >>> rename_letters({"x": "a b", "n": "=a"}, "x : np.ndarray, shape (c, d), float64")
    {'x': 'c d', 'n': '=c'}
    """
    named: dict[str, set[str]] = {}
    for own, written in _pair_words(shapes, docstring):
        named.setdefault(own, set()).add(written)
    meanings = [word for words in named.values() for word in words]
    kept = {*_list_letters(shapes)} - named.keys()
    if len(meanings) != len(named) or len({*meanings} - kept) != len(named):
        return dict(shapes)
    return {
        name: _rename(shape, {own: words.copy().pop() for own, words in named.items()})
        for name, shape in shapes.items()
    }


def list_any_shape(shapes: Mapping[str, Any], docstring: str) -> tuple[str, ...]:
    """Return the parameters of which the docstring says ``any shape``: they have no letters."""
    said = _ANY.findall(docstring)
    return tuple([name for name in shapes if name in said])


def _pair_words(shapes: Mapping[str, Any], docstring: str) -> Iterator[tuple[str, str]]:
    """Yield each letter of the rubric's with the docstring's in its place."""
    of_parameters = re.split(r"^\s*Returns\s*$", docstring, maxsplit=1, flags=re.M)[0]
    for name, said in _SHAPE.findall(of_parameters):
        shape = shapes.get(name, "")
        words = [word.strip() for word in said.split(",") if word.strip()]
        if isinstance(shape, str) and len(shape.split()) == len(words):
            for own, written in zip(shape.split(), words, strict=True):
                if own.isalpha() and written.isalpha():
                    yield own, written


def _list_letters(shapes: Mapping[str, Any]) -> Iterator[str]:
    for shape in shapes.values():
        if isinstance(shape, Mapping):
            yield from _list_letters(shape)
        else:
            yield from re.findall(r"[A-Za-z]+", shape)


def _rename(shape: Any, names: Mapping[str, str]) -> Any:
    if isinstance(shape, Mapping):
        return {name: _rename(inner, names) for name, inner in shape.items()}
    return re.sub(r"[A-Za-z]+", lambda match: names.get(match[0], match[0]), shape)
