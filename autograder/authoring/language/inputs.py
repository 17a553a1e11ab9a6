"""Say which inputs a question tries: Hypothesis strategies whose shapes agree.

A shape is written as in the notes, ``"t d"``; every letter is one length, drawn once for an
example, so that all arrays of the example agree. Lengths of different meaning differ where a
transposed or swapped matrix would otherwise pass. Numbers are halves, so that they print short and
add up exactly.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder.authoring.language.where import calling_line
from autograder.errors import RubricError

__all__ = [
    "Inputs",
    "Letter",
    "away_from_zero",
    "constant",
    "drawn_from",
    "labels",
    "extreme",
    "far_apart_rows",
    "length",
    "one_of",
    "probabilities",
    "real",
    "record",
    "with_zeros",
    "word_ids",
]

Lengths = Mapping[str, int]

#: How many lengths a letter is drawn from that an exam says nothing of; each is another than those
#: of all other letters of the example.
USUAL_CHOICES = 3


@dataclass(frozen=True)
class Letter:
    """What a letter of the notes counts, and how long it is.

    Attributes
    ----------
    counts : str
        What there are so many of, as a plural noun such as ``"items"``; messages say it.
    lengths : tuple of int
        What it is drawn from, smallest first.
    unlike : str
        Letters that it never agrees with in length, parted by spaces: a square matrix hides a
        missing transpose.
    """

    counts: str
    lengths: tuple[int, ...]
    unlike: str = ""
    where: str = field(default_factory=calling_line, kw_only=True, compare=False)

    def __post_init__(self) -> None:
        is_right = isinstance(self.lengths, tuple) and self.lengths
        if not is_right or not all([isinstance(n, int) and n > 0 for n in self.lengths]):
            raise RubricError(
                f"the lengths of the {self.counts} are {self.lengths!r}; write some numbers, such"
                " as (2, 3)",
                where=self.where,
            )


Letters = Mapping[str, Letter]


@dataclass(frozen=True)
class Spec:
    """How one argument is drawn, once the lengths are known.

    Attributes
    ----------
    letters : str
        The lengths that it needs.
    draw : callable
        From the lengths to a Hypothesis strategy.
    shape : str or dict
        The array's shape in letters, for whoever has the argument and wants the lengths; a dict of
        shapes for a dict of arrays, ``"=t"`` for the integer that t stands for, empty for others.
    """

    letters: str
    draw: Callable[[Lengths], st.SearchStrategy[Any]]
    shape: str | Mapping[str, Any] = ""

    def __post_init__(self) -> None:
        if not isinstance(self.letters, str):
            raise RubricError(
                f"the shape is {self.letters!r}; write a text, such as 't d'", where=calling_line()
            )
        for word in self.letters.split():
            if not re.fullmatch(r"\w+(\*\w+)*", word):
                raise RubricError(
                    f"{word} is not a length: write a number, a letter or a product, such as n*e",
                    where=calling_line(),
                )


def _draw_whole_numbers(
    shape: str, low: int, high: int, change: Callable[[np.ndarray], np.ndarray]
) -> Spec:
    """Return a spec of an array of integers, changed as a whole: quick to draw."""

    def draw(lengths: Lengths) -> st.SearchStrategy[Any]:
        elements = st.integers(low, high)
        size = _read_shape(shape, lengths)
        return npst.arrays(np.int64, size, elements=elements, fill=st.nothing()).map(change)

    return Spec(shape, draw, shape)


def _read_shape(shape: str, lengths: Lengths) -> tuple[int, ...]:
    return tuple([_multiply(word, lengths) for word in shape.split()])


def _multiply(word: str, lengths: Lengths) -> int:
    """Return the length that a number, a letter or a product of letters (``n*e``) stands for."""
    factors = [int(factor) if factor.isdigit() else lengths[factor] for factor in word.split("*")]
    return math.prod(factors)


def real(shape: str, *, size: float = 3) -> Spec:
    """Return a spec of a float64 array of halves between ``-size`` and ``size``."""
    return _draw_whole_numbers(shape, -int(2 * size), int(2 * size), lambda i: i / 2)


def away_from_zero(shape: str, *, size: float = 3) -> Spec:
    """Return a spec like `real` without any entry nearer to 0 than a quarter.

    Where a function has a kink at 0, a right gradient fails finite differences near it, and its
    value at 0 is a convention.
    """
    bound = int(2 * size)
    return _draw_whole_numbers(
        shape, -bound, bound, lambda i: i / 2 + np.where(i >= 0, 0.25, -0.25)
    )


#: So large, on either side, that a naive exponential overflows.
EXTREMES = np.array([sign * x for x in (1.0, 40.0, 750.0, 9999.0, 900000.0) for sign in (1, -1)])


def extreme(shape: str) -> Spec:
    """Return a spec of numbers most of which are very large, on either side."""
    return _draw_whole_numbers(shape, 0, len(EXTREMES) - 1, lambda i: EXTREMES[i])


def far_apart_rows(shape: str, *, shift: float = 1000) -> Spec:
    """Return a spec of numbers up to `shift` in size whose rows lie far from one another."""

    def draw(lengths: Lengths) -> st.SearchStrategy[Any]:
        rows = st.lists(
            st.sampled_from([0.0, shift - 6, 6 - shift]),
            min_size=_read_shape(shape, lengths)[0],
            max_size=_read_shape(shape, lengths)[0],
        )
        near = _draw_whole_numbers(shape, -6, 6, lambda i: i.astype(np.float64)).draw(lengths)
        return st.tuples(rows, near).map(lambda pair: np.array(pair[0])[:, None] + pair[1])

    return Spec(shape, draw, shape)


def with_zeros(shape: str) -> Spec:
    """Return a spec of halves up to 2 in size of which at least one is 0."""

    def first_zero(whole: np.ndarray) -> np.ndarray:
        array = whole / 2
        array.flat[0] = 0.0
        return array

    return _draw_whole_numbers(shape, -4, 4, first_zero)


def labels(shape: str, *, below: str | int) -> Spec:
    """Return a spec of an int64 array of labels from 0 to the length `below`, less one."""

    def draw(lengths: Lengths) -> st.SearchStrategy[Any]:
        last = _multiply(str(below), lengths) - 1
        return _draw_whole_numbers(shape, 0, last, lambda i: i).draw(lengths)

    return Spec(f"{shape} {below}", draw, shape)


def word_ids(shape: str, *, below: str | int) -> Spec:
    """Return a spec of labels of which one occurs twice in one item, and again in another."""

    def draw(lengths: Lengths) -> st.SearchStrategy[Any]:
        return labels(shape, below=below).draw(lengths).map(_repeat_a_word)

    return Spec(f"{shape} {below}", draw, shape)


def _repeat_a_word(words: np.ndarray) -> np.ndarray:
    words = words.copy()
    words[0, -1] = words[0, 0]
    words[-1, 0] = words[0, 0]
    return words


def probabilities(shape: str) -> Spec:
    """Return a spec of rows of positive numbers that add up to 1."""
    return _draw_whole_numbers(shape, 1, 8, lambda i: i / i.sum(axis=1, keepdims=True))


def length(letter: str) -> Spec:
    """Return a spec of the integer that `letter` stands for."""
    return Spec(letter, lambda lengths: st.just(_multiply(letter, lengths)), f"={letter}")


def constant(value: Any) -> Spec:
    """Return a spec that always gives `value`."""
    return Spec("", lambda _: st.just(value))


def one_of(*values: Any) -> Spec:
    """Return a spec of one of `values`, the simplest first."""
    if not values:
        raise RubricError(
            "one_of() has nothing to draw from: name the values", where=calling_line()
        )
    return Spec("", lambda _: st.sampled_from(values))


def drawn_from(strategy: st.SearchStrategy[Any]) -> Spec:
    """Return a spec of what a Hypothesis strategy draws: texts, say, or lists of them.

    Numbers, texts, arrays, and lists, tuples and dicts of these can be arguments.
    """
    if not isinstance(strategy, st.SearchStrategy):
        raise RubricError(
            f"drawn_from() takes a strategy of Hypothesis, such as text(), not {strategy!r}",
            where=calling_line(),
        )
    return Spec("", lambda _: strategy)


def record(**fields: Spec) -> Spec:
    """Return a spec of a dict with these fields."""

    def draw(lengths: Lengths) -> st.SearchStrategy[Any]:
        return st.fixed_dictionaries({name: spec.draw(lengths) for name, spec in fields.items()})

    letters = " ".join(spec.letters for spec in fields.values())
    return Spec(letters, draw, {name: spec.shape for name, spec in fields.items()})


@dataclass(frozen=True)
class Inputs:
    """The arguments of a question, by name and in order, with shapes that agree.

    Attributes
    ----------
    specs : mapping of str to Spec
        One for each parameter of the function.
    fixed : mapping of str to int
        Lengths that are not drawn.
    choices : mapping of str to tuple of int
        Lengths that a letter is drawn from, smallest first, where others are wanted than the exam
        says.
    adjust : callable or None
        Applied to the drawn arguments (as a dict) last, where one argument depends on another;
        returns the dict to use, or None to draw again.

    Examples
    --------
    >>> from autograder.authoring import Inputs, real
    >>> inputs = Inputs.of(x=real("n p"), w=real("p 1"))
    >>> one_item = inputs.fixing(n=1)
    >>> wide = inputs.choosing(p=(8, 9))
    """

    specs: Mapping[str, Spec]
    fixed: Mapping[str, int] = field(default_factory=dict)
    choices: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    adjust: Callable[[dict[str, Any]], dict[str, Any] | None] | None = None
    where: str = field(default_factory=calling_line, kw_only=True, compare=False)

    @classmethod
    def of(cls, **specs: Spec) -> "Inputs":
        """Return inputs with these arguments."""
        for name, spec in specs.items():
            if not isinstance(spec, Spec):
                raise RubricError(
                    f"{name} is {spec!r}, which does not say how to draw it: write"
                    f" constant({spec!r}) or another spec",
                    where=calling_line(),
                )
        return cls(specs)

    def fixing(self, **lengths: int) -> "Inputs":
        """Return the same inputs with some lengths fixed."""
        self._require_letters(lengths)
        return self._replace(fixed={**self.fixed, **lengths})

    def choosing(self, **choices: Sequence[int]) -> "Inputs":
        """Return the same inputs with some lengths drawn from others, the smallest first."""
        self._require_letters(choices)
        drawn = {letter: tuple(lengths) for letter, lengths in choices.items()}
        return self._replace(choices={**self.choices, **drawn})

    def replacing(self, **specs: Spec) -> "Inputs":
        """Return the same inputs with some arguments drawn otherwise."""
        unknown = [name for name in specs if name not in self.specs]
        if unknown:
            raise RubricError(
                f"there is no argument {unknown[0]} to replace, only {', '.join(self.specs)}",
                where=calling_line(),
            )
        return self._replace(specs={**self.specs, **specs})

    def adjusted(self, adjust: Callable[[dict[str, Any]], dict[str, Any] | None]) -> "Inputs":
        """Return the same inputs with a last step that makes the arguments fit each other."""
        return self._replace(adjust=adjust)

    def _replace(self, **changes: Any) -> "Inputs":
        return replace(self, where=calling_line(), **changes)

    def _require_letters(self, letters: Mapping[str, Any]) -> None:
        known = _list_letters(self.specs)
        for letter in letters:
            if letter not in known:
                raise RubricError(
                    f"no shape of these inputs has the letter {letter}, only {', '.join(known)}",
                    where=calling_line(),
                )

    def require_lengths(self, words: Sequence[str]) -> None:
        """Require that a call's arguments tell what the letters of some words stand for.

        That is, some shape has each letter by itself.
        """
        known = self._letters_by_themselves()
        for letter in "*".join(words).replace("-", "").split("*"):
            if not letter.isdigit() and letter not in known:
                raise RubricError(
                    f"no shape of these inputs has the letter {letter} by itself, only"
                    f" {', '.join(known)}",
                    where=calling_line(),
                )

    def length_of(self, word: str, arguments: Mapping[str, Any]) -> int:
        """Return the length that a word such as ``t``, ``n*e`` or ``-t`` stands for in a call.

        Of the arguments, by name, the first that has a letter in its shape tells its length.
        """
        places = self._letters_by_themselves().items()
        lengths = {letter: np.shape(arguments[name])[axis] for letter, (name, axis) in places}
        size = _multiply(word.removeprefix("-"), lengths)
        return -size if word.startswith("-") else size

    def list_undeclared(self, letters: Letters) -> list[str]:
        """Return the letters that labels are `below` and whose lengths are said nowhere."""
        said = {*letters, *self.fixed, *self.choices}
        bounds = {
            letter
            for spec in self.specs.values()
            for letter in {*_list_letters({"": spec})} - {*re.findall(r"\w+", str(spec.shape))}
        }
        return sorted(bounds - said)

    def _letters_by_themselves(self) -> dict[str, tuple[str, int]]:
        """Return the first argument, and its axis, that is as long as a letter says."""
        places: dict[str, tuple[str, int]] = {}
        for name, spec in self.specs.items():
            words = spec.shape.split() if isinstance(spec.shape, str) else []
            for axis, word in enumerate(words):
                if word in _list_letters({name: spec}):
                    places.setdefault(word, (name, axis))
        return places

    def strategy(self, letters: Letters) -> st.SearchStrategy[tuple[Any, ...]]:
        """Return the Hypothesis strategy of the arguments, as a tuple; `letters` are the exam's."""
        return _draw_arguments(self, letters, {})


@st.composite
def _draw_arguments(
    draw: st.DrawFn, inputs: Inputs, letters: Letters, made: dict[tuple[int, ...], Any]
) -> tuple[Any, ...]:
    """Draw lengths, then arguments; what is `made` once, a strategy for these lengths, is kept."""
    lengths = dict(inputs.fixed)
    # Letters that the exam does not know come last, and keep away from all others.
    for letter in sorted(_list_letters(inputs.specs), key=lambda letter: letter not in letters):
        lengths[letter] = draw(st.sampled_from(_choose_lengths(letter, lengths, inputs, letters)))
    place = tuple(lengths.values())
    if place not in made:
        made[place] = {name: spec.draw(dict(lengths)) for name, spec in inputs.specs.items()}
    drawn = {name: draw(strategy) for name, strategy in made[place].items()}
    if inputs.adjust is not None:
        adjusted = inputs.adjust(drawn)
        assume(adjusted is not None)
        drawn = adjusted or {}
    return tuple(drawn.values())


def _list_letters(specs: Mapping[str, Spec]) -> list[str]:
    words = " ".join(spec.letters for spec in specs.values()).replace("*", " ").split()
    return [letter for letter in dict.fromkeys(words) if not letter.isdigit()]


def _choose_lengths(
    letter: str, lengths: Lengths, inputs: Inputs, letters: Letters
) -> tuple[int, ...]:
    """Return what a letter's length is drawn from, where others have theirs already."""
    if letter in inputs.fixed:
        return (inputs.fixed[letter],)
    others = {other: length for other, length in lengths.items() if other != letter}
    if letter not in letters:
        if letter in inputs.choices:
            return inputs.choices[letter]
        free = [n for n in range(2, 3 + USUAL_CHOICES + len(others)) if n not in others.values()]
        return tuple(free[:USUAL_CHOICES])
    unlike = letters[letter].unlike.split()
    taken = {
        length
        for other, length in others.items()
        if other in unlike or (other in letters and letter in letters[other].unlike.split())
    }
    several = inputs.choices.get(letter, letters[letter].lengths)
    return tuple([length for length in several if length not in taken])
