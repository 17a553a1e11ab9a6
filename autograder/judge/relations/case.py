"""One result of a function over all calls of a check: the record that relations are looked for in.

Everything in it is a float64 array of bounded size; what came back is untrusted: it may have any
shape, and nan and infinity among its numbers. What is said of it holds for every example, and could
have failed on enough of them: that is asked here, by `Case.gives`, `Case.follows` and
`Case.is_enough`, of every relation.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from autograder.judge.letters import lengths_of

__all__ = [
    "Call",
    "Case",
    "Example",
    "Relation",
    "Search",
    "count_different",
    "plain_name",
    "same",
    "take_only",
]


#: Numbers up to this, the absolute tolerance of values, are none: they may be rounding alone.
NOTHING = 1e-9

#: Different numbers that have to bear a relation out, each counted once in a call.
ENOUGH = 4


@dataclass(frozen=True)
class Relation:
    """A relation that was found: its name is short and stable, without any number.

    The sentence is for students. As it is found it is a clause, in lower case and without a full
    stop, unless it comes from a mistake of the rubric; `explain` makes a sentence of it.
    """

    name: str
    sentence: str


@dataclass(frozen=True)
class Call:
    """One call of the check: its number in its phase, its arguments by parameter.

    So are the shapes, in letters; what these count is as in `autograder.homework.key.Key`.
    """

    number: int
    arguments: Mapping[str, Any]
    shapes: Mapping[str, Any]
    letters: Mapping[str, str]

    @cached_property
    def lengths(self) -> dict[str, int]:
        """What the letters stand for."""
        return lengths_of(self.shapes, self.arguments)

    @cached_property
    def is_varied(self) -> bool:
        """Whether some array of real numbers that is given has entries that differ, or none is."""
        given = [value for value in self.arguments.values() if isinstance(value, np.ndarray)]
        real = [value for value in given if value.dtype.kind == "f" and value.size > 1]
        return not real or any([count_different(value) > 1 for value in real])


@dataclass(frozen=True)
class Example:
    """One result of one call: the two sides, float64, each in the shape that it has.

    The `bounds` are the relative and the absolute tolerance that its type allows.
    """

    call: Call
    got: np.ndarray
    right: np.ndarray
    bounds: tuple[float, float]

    def is_got(self, numbers: Any) -> bool:
        """Tell whether these are the numbers that came back, in C order."""
        flat = np.asarray(numbers, dtype=np.float64).ravel()
        return flat.size == self.got.size and bool(same(self.got.ravel(), flat, *self.bounds).all())


def count_different(numbers: np.ndarray) -> int:
    """Return how many different numbers there are, all that is next to nothing being one."""
    finite = numbers[np.isfinite(numbers)]
    return int(np.unique(np.round(finite, 8).astype(np.float32)).size)


def plain_name(name: str) -> str:
    """Return an argument's name without brackets and quotes, as a part of a relation's name."""
    return name.replace('["', "-").replace('"]', "")


def same(got: np.ndarray, numbers: np.ndarray, relative: Any, absolute: Any) -> np.ndarray:
    """Return where flat arrays agree; nan agrees with nan, infinity with infinity."""
    distance = np.abs(got - numbers)
    near = (distance <= absolute + relative * np.abs(numbers)) & (distance < np.inf)
    agree: np.ndarray = near | (got == numbers) | (np.isnan(got) & np.isnan(numbers))
    return agree


@dataclass(frozen=True)
class Case:
    """One result over all calls.

    Attributes
    ----------
    label : str
        Its name, in the notes' symbols; empty where the function has only one result.
    examples : tuple of Example
        One for each call that returned it.
    by_shape : bool
        Whether the shape is the fact that is wrong, or the numbers.
    others : mapping of str to tuple of numpy.ndarray
        By label, the other right results of the same calls.
    is_free : bool
        Whether the function returns a dict with the keys of an argument.
    """

    label: str
    examples: tuple[Example, ...]
    by_shape: bool
    others: Mapping[str, tuple[np.ndarray, ...]]
    is_free: bool = False

    @cached_property
    def is_wrong(self) -> tuple[bool, ...]:
        """Whether each example is wrong, in shape or in its numbers."""
        if self.by_shape:
            return tuple([e.got.shape != e.right.shape for e in self.examples])
        if self.is_aligned:
            return tuple([bool(self.wrong[self.owner == n].any()) for n in range(self.count)])
        return tuple([not e.is_got(e.right) for e in self.examples])

    @cached_property
    def is_shown(self) -> bool:
        """Whether two examples are wrong (one where there is one), with numbers to look at.

        A shape that is wrong in one example alone may be right by its length in the others.
        """
        pairs = zip(self.examples, self.is_wrong, strict=True)
        telling = [e for e, wrong in pairs if wrong and (self.by_shape or np.isfinite(e.got).any())]
        return len(telling) >= (1 if self.by_shape else min(2, self.count))

    @property
    def count(self) -> int:
        """The number of examples."""
        return len(self.examples)

    @cached_property
    def shows(self) -> int:
        """The number of wrong examples."""
        return sum(self.is_wrong)

    @cached_property
    def in_order(self) -> tuple[Example, ...]:
        """The examples, those first that are wrong and large: there most relations end."""
        pairs = zip(self.examples, self.is_wrong, strict=True)
        return tuple([e for e, _ in sorted(pairs, key=lambda p: (not p[1], -p[0].right.size))])

    @cached_property
    def is_aligned(self) -> bool:
        """Whether each example has as many numbers as it should."""
        return all([e.got.size == e.right.size for e in self.examples])

    @cached_property
    def got(self) -> np.ndarray:
        """All numbers that came back, in one row."""
        return self.flat([e.got for e in self.examples])

    @cached_property
    def right(self) -> np.ndarray:
        """All right numbers, in one row."""
        return self.flat([e.right for e in self.examples])

    @cached_property
    def owner(self) -> np.ndarray:
        """The example that each of the numbers belongs to."""
        return np.repeat(np.arange(self.count), [e.right.size for e in self.examples])

    @cached_property
    def wrong(self) -> np.ndarray:
        """Where the numbers are wrong, of an aligned case."""
        return ~same(self.got, self.right, *self.bounds)

    @cached_property
    def bounds(self) -> tuple[Any, Any]:
        """The tolerances of each of the numbers."""
        table = np.array([e.bounds for e in self.examples])
        if (table == table[0]).all():
            return self.examples[0].bounds
        return table[self.owner, 0], table[self.owner, 1]

    @staticmethod
    def flat(arrays: Sequence[np.ndarray]) -> np.ndarray:
        """Return the numbers of several arrays in one row."""
        return np.concatenate([np.asarray(a, dtype=np.float64).ravel() for a in arrays])

    def is_got(self, numbers: np.ndarray) -> bool:
        """Tell whether an aligned case gave these numbers, nan where they have nan."""
        return bool(same(self.got, numbers, *self.bounds).all())

    def gives(self, predict: Callable[[Example], Any]) -> bool:
        """Tell whether each example gave what `predict` says, where that could have failed.

        It returns None to say that it can't be.
        """

        def is_given(example: Example) -> bool:
            predicted = predict(example)
            return predicted is not None and example.is_got(predicted)

        return self.holds(is_given) and self.is_enough(
            [self._find_telling(e, np.ravel(predict(e))) for e in self.examples]
        )

    def _find_telling(self, example: Example, predicted: np.ndarray) -> np.ndarray:
        """Return the predicted numbers that differ from the right ones."""
        flat = np.asarray(predicted, dtype=np.float64)
        if self.by_shape:
            return flat if example.got.shape != example.right.shape else flat[:0]
        right = example.right.ravel()
        return flat[~same(flat, right, *example.bounds)] if flat.size == right.size else flat

    def follows(self, row: np.ndarray, *, fewest: int = 3) -> bool:
        """Tell whether an aligned case gave these numbers, where that could have failed.

        It could where they differ from the right ones; so many different ones are wanted there.
        """
        if not self.is_got(row):
            return False
        differs = ~same(row, self.right, *self.bounds)
        return self.is_enough(self.split(self.right, differs), fewest=fewest)

    def split(self, row: np.ndarray, mask: np.ndarray) -> list[np.ndarray]:
        """Return the masked numbers of a row, example by example."""
        return [row[mask & (self.owner == number)] for number in range(self.count)]

    def is_in_two(self, mask: np.ndarray) -> bool:
        """Tell whether masked numbers are in two examples, where there are two."""
        return np.unique(self.owner[mask]).size >= min(2, self.count)

    def is_enough(self, telling: Sequence[np.ndarray], *, fewest: int = 2) -> bool:
        """Tell whether these numbers of the examples are enough for no accident.

        They have to be in two examples, where there are two, and differ. A key of a dict may be in
        few: all keys together have to bear the relation out.
        """
        different = [count_different(numbers) for numbers in telling]
        is_seen_twice = sum([count > 0 for count in different]) >= min(2, self.count)
        is_many = self.is_free or sum(different) >= ENOUGH
        return is_seen_twice and is_many and count_different(self.flat(telling)) >= fewest

    def holds(self, is_so: Callable[[Example], bool]) -> bool:
        """Tell whether `is_so` of every example; ends at the first of which it is not."""
        return all(is_so(example) for example in self.in_order)

    @cached_property
    def memo(self) -> dict[str, Any]:
        """What a relation has computed and another one needs, too."""
        return {}

    @cached_property
    def letters(self) -> dict[str, np.ndarray]:
        """The length that each letter stands for, by example."""
        known = [e.call.lengths for e in self.examples]
        shared = set(known[0]).intersection(*known[1:])
        order = [x for x in self.examples[0].call.letters if x in shared]
        order += sorted(shared.difference(order))
        return {x: np.array([float(lengths[x]) for lengths in known]) for x in order}

    @property
    def batch(self) -> tuple[str, str]:
        """The letter that is the length of a batch, and what it counts; empty where none is.

        It is the first letter of the homework, whatever it and its noun are.
        """
        return next(iter(self.examples[0].call.letters.items()), ("", ""))

    @cached_property
    def arguments(self) -> dict[str, tuple[Any, ...]]:
        """The arguments by the name that a student knows them by, those in dicts one by one."""
        named: dict[str, tuple[Any, ...]] = {}
        calls = [e.call.arguments for e in self.examples]
        for name in calls[0]:
            values: list[Any] = [call.get(name) for call in calls]
            if not all([isinstance(value, dict) for value in values]):
                named[name] = tuple(values)
                continue
            if self.is_free and all([self.label in value for value in values]):
                named[name] = tuple([value[self.label] for value in values])
                continue
            shared = [key for key in values[0] if all([key in value for value in values])]
            for key in shared:
                named[f'{name}["{key}"]'] = tuple([value[key] for value in values])
        return named

    def changed(self, change: Callable[[np.ndarray], np.ndarray]) -> "Case":
        """Return the case of a function whose results are these, changed."""
        examples = [Example(e.call, change(e.got), e.right, e.bounds) for e in self.examples]
        return Case(self.label, tuple(examples), self.by_shape, self.others, self.is_free)


def take_only(found: Sequence[Relation]) -> Relation | None:
    """Return the one that was found; of several, none can be said to be it."""
    return found[0] if len(found) == 1 else None


#: Looks for one relation in a case.
Search = Callable[[Case], Relation | None]
