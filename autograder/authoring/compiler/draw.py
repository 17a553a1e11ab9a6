"""Draw examples and find smallest ones, the same on every run and every machine.

Hypothesis mixes constants of the modules that happen to be loaded into what it draws; that is
switched off here, since the same rubric has to give the same key wherever it is compiled.
"""

import random
from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument, NoSuchExample, Unsatisfiable
from hypothesis.internal.conjecture import providers

from autograder.core.codec import encode
from autograder.errors import RubricError

__all__ = ["draw_examples", "find_smallest"]

Arguments = tuple[Any, ...]

#: Draws and shrinking steps in the search for an input that shows a mistake.
SEARCH_EXAMPLES = 400


def _no_constants(*_: Any, **__: Any) -> None:
    """Stand in for Hypothesis's choice of a constant."""


providers.HypothesisProvider._maybe_draw_constant = _no_constants  # type: ignore[method-assign]


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

    try:
        collect()
    except Unsatisfiable as error:
        raise RubricError(
            "the inputs can't be drawn: nothing is left of them by what adjusted() asks",
            where=where,
        ) from error
    except InvalidArgument as error:
        raise RubricError(
            f"the inputs can't be drawn: {' '.join(str(error).split())}", where=where
        ) from error
    # The first draw is the simplest that there is; the others vary in size.
    kept = dict(list(drawn.items())[:count])
    return [kept[content] for content in sorted(kept, key=lambda content: (len(content), content))]


def find_smallest(
    strategy: st.SearchStrategy[Arguments], shows: Callable[[Arguments], bool], *, seed: int
) -> Arguments | None:
    """Return the smallest example for which `shows` is true, None where none was found."""
    settings = hypothesis.settings(
        max_examples=SEARCH_EXAMPLES,
        database=None,
        deadline=None,
        phases=[
            Phase.generate,
            Phase.shrink,
        ],  # to explain a failure takes longer than to shrink it
    )
    try:
        return hypothesis.find(strategy, shows, settings=settings, random=random.Random(seed))
    except (NoSuchExample, Unsatisfiable):
        return None
