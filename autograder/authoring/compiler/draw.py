"""Draw examples and find smallest ones, the same on every run and every machine."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument, NoSuchExample, Unsatisfiable
from hypothesis.internal.conjecture.providers import HypothesisProvider

from autograder.core.codec import encode
from autograder.errors import GraderError, RubricError

__all__ = ["EnoughError", "draw_examples", "find_smallest"]

Arguments = tuple[Any, ...]

#: Draws and shrinking steps in the search for an input that shows a mistake.
SEARCH_EXAMPLES = 400


#: Hypothesis mixes constants of the modules that happen to be loaded into what it draws, by this
#: method of its own.
DRAWS_CONSTANTS = "_maybe_draw_constant"


class EnoughError(BaseException):
    """There is no need to draw more; Hypothesis catches and shrinks no exception of this kind."""


@contextmanager
def _leave_out_constants() -> Iterator[None]:
    """Let Hypothesis draw no constants of modules: a rubric gives the same key everywhere."""
    original = getattr(HypothesisProvider, DRAWS_CONSTANTS, None)
    if original is None:
        raise GraderError(
            f"Hypothesis {hypothesis.__version__} has no {DRAWS_CONSTANTS} to switch off, so that"
            " the key would depend on the modules that are loaded: install the version that"
            " pyproject.toml asks for"
        )
    setattr(HypothesisProvider, DRAWS_CONSTANTS, lambda *_, **__: None)
    try:
        yield
    finally:
        setattr(HypothesisProvider, DRAWS_CONSTANTS, original)


def draw_examples(
    strategy: st.SearchStrategy[Arguments], count: int, *, seed: int, where: str = ""
) -> list[Arguments]:
    """Return `count` different examples of `strategy`, smallest first.

    Raises
    ------
    RubricError
        If the strategy gives none; the sentence begins with `where`, the line of the inputs.
    """
    drawn: dict[bytes, Arguments] = {}

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=3 * count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(strategy)
    def collect(arguments: Arguments) -> None:
        drawn.setdefault(encode(arguments), arguments)
        if len(drawn) == count:
            raise EnoughError

    try:
        with _leave_out_constants(), suppress(EnoughError):
            collect()
    except Unsatisfiable as error:
        raise RubricError(
            "the inputs can't be drawn: adjusted() rejects all of them",
            where=where,
        ) from error
    except InvalidArgument as error:
        raise RubricError(
            f"the inputs can't be drawn: {' '.join(str(error).split())}", where=where
        ) from error
    # The first draw is the simplest that there is; the others vary in size.
    return [
        drawn[content] for content in sorted(drawn, key=lambda content: (len(content), content))
    ]


def find_smallest(
    strategy: st.SearchStrategy[Arguments], shows: Callable[[Arguments], bool], *, seed: int
) -> Arguments | None:
    """Return the smallest example for which `shows` is true, None where none was found.

    An `EnoughError` of `shows` says that none will be.
    """
    settings = hypothesis.settings(
        max_examples=SEARCH_EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],  # to explain takes longer than to shrink
    )
    try:
        with _leave_out_constants():
            return hypothesis.find(strategy, shows, settings=settings, random=random.Random(seed))
    except (NoSuchExample, Unsatisfiable, EnoughError):
        return None
