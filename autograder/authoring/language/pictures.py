"""What a homework's pictures are declared with: `Curves`, and `Picture` for kinds of its own.

A picture shows what the student's own functions give. It is worth no points and decides nothing.
The exam has them in the order of the report. Each is compiled into data: the calls to make, what is
right, how large it will be.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn, Protocol

import numpy as np

from autograder.authoring.language.where import calling_line
from autograder.errors import RubricError

__all__ = ["Compiled", "Curves", "Picture", "PictureReference"]

#: Points of a curve: even, so that an interval around 0 has none at 0.
POINTS = 160

Arguments = tuple[Any, ...]


@dataclass(frozen=True)
class Compiled:
    """What the key holds of a picture.

    Attributes
    ----------
    functions : tuple of str
        Every ``file.function`` that is called for it.
    requests : dict of str to bytes
        By function, those that can be written beforehand (`PictureReference.request`).
    data : dict
        Plain values and arrays that its kind needs to ask further and to draw.
    """

    functions: tuple[str, ...]
    requests: dict[str, bytes]
    data: dict[str, Any]


class PictureReference(Protocol):
    """The reference solution, while a picture is compiled."""

    def results(self, name: str, calls: Iterable[Arguments]) -> list[Any]:
        """Return what ``file.function`` gives for each call, as trees (`autograder.core`)."""

    def request(self, name: str, calls: Iterable[Arguments]) -> bytes:
        """Return the calls as the key holds them, ready to be asked of a student's function."""

    def structure(self, name: str) -> Any:
        """Return the structure of the function's result, for requests that are made later."""


@dataclass(frozen=True)
class Picture(ABC):
    """A picture; each kind that a homework has of its own is a subclass in ``rubric/pictures/``.

    Attributes
    ----------
    kind : str
        Of the class: the module of ``rubric/pictures/`` that reads and draws it.
    title : str
        What it shows, in words.
    name : str
        What ``grader.picture`` calls it in a notebook; pictures of one name are drawn together.
    """

    kind: ClassVar[str]

    title: str
    name: str = field(default="", kw_only=True)
    where: str = field(default_factory=calling_line, kw_only=True, compare=False)

    @abstractmethod
    def compile(self, reference: PictureReference) -> Compiled:
        """Return what the key is to hold.

        Raises
        ------
        RubricError
            If it can't be shown, by `refuse`.
        """

    def refuse(self, sentence: str) -> NoReturn:
        """Tell the author why the picture can't be shown."""
        raise RubricError(f"the picture {self.title}: {sentence}", where=self.where)


@dataclass(frozen=True)
class Curves(Picture):
    """An elementwise function, and its derivative, drawn over x against the right ones.

    Attributes
    ----------
    functions : tuple of str
        ``file.function`` of the function, and of its derivative where there is one.
    more : tuple
        Arguments after x, the same for all of the functions.
    said : str
        What `more` is, in words; empty where there is nothing to say.
    x : tuple of float
        The first and the last x. The points between them lie evenly, and none at 0: what holds at
        a kink is a convention, charged elsewhere.
    is_column : bool
        Whether x has shape (t, 1) instead of (t,).
    """

    kind = "curves"

    functions: tuple[str, ...]
    more: Arguments = ()
    said: str = ""
    x: tuple[float, float] = (-4.0, 4.0)
    is_column: bool = False

    def compile(self, reference: PictureReference) -> Compiled:
        """Return the calls, and the right curves."""
        x = np.linspace(*self.x, POINTS)
        arguments = (x[:, None] if self.is_column else x, *self.more)
        expected = []
        for name in self.functions:
            right = reference.results(name, [arguments])[0]
            if not isinstance(right, tuple) or np.shape(right[0]) != arguments[0].shape:
                self.refuse(f"{name} does not give one number for each x")
            expected.append(right[0].astype(np.float64).ravel())
        requests = {name: reference.request(name, [arguments]) for name in self.functions}
        data = {"x": x, "is_column": self.is_column, "said": self.said, "expected": tuple(expected)}
        return Compiled(self.functions, requests, data)
