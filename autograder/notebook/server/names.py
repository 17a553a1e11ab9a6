"""What a check's words mean, as ``mean`` or ``averages.py``; an unknown one gets a sentence."""

import difflib
from collections.abc import Mapping, Sequence

from autograder.errors import UsageError
from autograder.homework.key import PictureKey

__all__ = ["functions_meant", "pictures_meant"]


def functions_meant(words: Sequence[str], files: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the functions that some words name, ``file.function``, in the homework's order.

    Parameters
    ----------
    words : sequence of str
        Functions (``mean``, ``averages.mean``) and files (``averages.py``); none means all. A
        file's bare name counts where no function has it.
    files : mapping of str to sequence of str
        The homework's files and their functions.

    Raises
    ------
    UsageError
        If a word names neither; the sentence has the nearest names.

    Examples
    --------
    >>> from autograder.notebook.server.names import functions_meant
    >>> functions_meant(["mean"], {"mean": ["median", "mean"]})
    ['mean.mean']
    >>> functions_meant(["mean.py"], {"mean": ["median", "mean"]})
    ['mean.median', 'mean.mean']
    """
    everything = [f"{file}.{name}" for file, names in files.items() for name in names]
    if not words:
        return everything
    meant: set[str] = set()
    for word in words:
        found = _find_meant(word.strip(), everything)
        if not found:
            raise UsageError(_say_unknown(word, everything, files))
        meant.update(found)
    return [name for name in everything if name in meant]


def _find_meant(word: str, everything: Sequence[str]) -> list[str]:
    of_file = [name for name in everything if name.partition(".")[0] == word.removesuffix(".py")]
    if word.endswith(".py"):
        return of_file
    named = [name for name in everything if word in (name, name.partition(".")[2])]
    return named or of_file


def _say_unknown(word: str, everything: Sequence[str], files: Mapping[str, Sequence[str]]) -> str:
    known = [name.partition(".")[2] for name in everything] + [f"{file}.py" for file in files]
    return f"The homework has no {word!r}. {_say_nearest(word, known)}"


def _say_nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=3)
    if near:
        return f"Did you mean {' or '.join([repr(name) for name in near])}?"
    return "grader.check() shows all that there is."


def pictures_meant(word: str, pictures: Sequence[PictureKey]) -> tuple[PictureKey, ...]:
    """Return the pictures that a word names.

    Raises
    ------
    UsageError
        If this homework has none of this name; the sentence lists those that there are.
    """
    meant = tuple([picture for picture in pictures if picture.name == word])
    if not word or not meant:
        names = dict.fromkeys([picture.name for picture in pictures if picture.name])
        listed = " or ".join([f"grader.picture({name!r})" for name in names])
        raise UsageError(f"There is no picture {word!r}. There is {listed or 'none'}.")
    return meant
