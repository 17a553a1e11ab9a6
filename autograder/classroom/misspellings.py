"""Words that are one mistake away from a frequent one, found without a dictionary.

The frequent words are those of the class and of its handout, in whatever language. Other forms of
a word, and British spelling, are no mistakes.

Source of the index by left-out letters: W. Garbe, Symmetric Delete spelling correction (2012).
"""

from collections.abc import Collection, Iterable, Iterator

__all__ = ["find_misspellings"]

#: Pairs of letters that two right spellings differ in.
SPELLINGS = ({"s", "z"}, {"e", "a"}, {"c", "k"})


def find_misspellings(rare: Iterable[str], common: Collection[str]) -> Iterator[str]:
    """Yield the rare words that are a common one with a letter too many, too few, wrong or swapped.

    Examples
    --------
    >>> from autograder.classroom.misspellings import find_misspellings
    >>> list(find_misspellings(["gradeint", "gradients", "batch"], {"gradient"}))
    ['gradeint']
    """
    near: dict[str, list[str]] = {}
    for word in common:
        for form in _leave_out(word):
            near.setdefault(form, []).append(word)
    for word in rare:
        forms = _leave_out(word)
        if word not in common and any(
            [_is_mistake(word, other) for form in forms for other in near.get(form, [])]
        ):
            yield word


def _leave_out(word: str) -> set[str]:
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}


def _is_mistake(word: str, right: str) -> bool:
    """Tell whether one edit leads to the right word; at its ends it gives other forms of it."""
    start = 0
    while start < min(len(word), len(right)) and word[start] == right[start]:
        start += 1
    end = 0
    while end < min(len(word), len(right)) - start and word[-1 - end] == right[-1 - end]:
        end += 1
    a, b = word[start : len(word) - end], right[start : len(right) - end]
    if start < 2 or end < 1:
        return False
    if len(a) == len(b) == 1:
        return {a, b} not in SPELLINGS
    if len(a) == len(b) == 2:
        return a == b[::-1]
    return sorted([len(a), len(b)]) == [0, 1] and "u" not in (a, b)
