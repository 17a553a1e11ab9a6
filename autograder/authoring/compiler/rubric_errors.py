"""Turn whatever a rubric or a solution raises into one sentence with file and line."""

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from autograder.authoring.language.where import line_of_error
from autograder.core.text import clean, show_value
from autograder.errors import RubricError

__all__ = ["as_sentence", "did_you_mean", "said", "shown_arguments"]

#: An exception's message is cut here: numpy prints whole arrays into some.
MAX_CHARACTERS = 300


@contextmanager
def as_sentence(what: str, *, where: str) -> Iterator[None]:
    """Turn an exception of the author's code inside the block into a RubricError.

    Parameters
    ----------
    what : str
        The beginning of the sentence, which the exception follows.
    where : str
        File and line where the exception came through none of the author's own.

    Raises
    ------
    RubricError
        As it is, or for any other exception.
    """
    try:
        yield
    except RubricError:
        raise
    except (Exception, SystemExit) as error:
        sentence = f"{what} {said(error)}"
        raise RubricError(sentence, where=line_of_error(error) or where) from error


def said(error: BaseException) -> str:
    """Return an exception as Python prints it, on one line."""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    message = clean(" ".join(text.split()), limit=MAX_CHARACTERS)
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``": did you mean ...?"`` where a known name is near, else ''."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f": did you mean {near[0]}?" if near else ""


def shown_arguments(arguments: tuple[Any, ...]) -> str:
    """Return the arguments of a call as Python that can be pasted."""
    return f"({', '.join([show_value(argument) for argument in arguments])})"
