"""Tell a mistake that students make from a slip of whoever wrote it into the rubric.

A wrong function that raises is a fine misconception: people do index too far. One that raises a
NameError whatever the input is not what its sentence says, and would never be noticed: no student's
function gives the same exception for that reason.
"""

import linecache
import re
import traceback
from collections.abc import Sequence
from typing import Any

from autograder.authoring.compiler.reference import Reference, quiet
from autograder.authoring.compiler.rubric_errors import said
from autograder.authoring.language.questions import Mistake, Question
from autograder.authoring.language.where import is_authors, line_of_error
from autograder.errors import RubricError

__all__ = ["require_no_slip"]

#: What Python says of a call with too few, too many or unknown arguments.
_WRONG_CALL = re.compile(
    r"missing (\d+ )?required"
    r"|takes (no|at most|at least|exactly|from|\d+)\b.*argument"
    r"|expected (at (most|least) )?\d+ argument"
    r"|unexpected keyword argument|multiple values for argument"
)


def require_no_slip(
    question: Question,
    mistake: Mistake,
    examples: Sequence[tuple[Any, ...]],
    reference: Reference,
) -> None:
    """Call a wrong function until it does not fail by a slip of programming.

    Parameters
    ----------
    question : Question
        The question that it is an answer to.
    mistake : Mistake
        The wrong answer.
    examples : sequence of tuple
        Arguments of calls; not changed.
    reference : Reference
        Knows how to call it.

    Raises
    ------
    RubricError
        If it fails so on every example, or returns None. A `raise` statement of its own is no slip.
    """

    def slip(arguments: tuple[Any, ...]) -> tuple[str, str] | None:
        """Return what went wrong and where, None where nothing did or an exception is meant."""
        try:
            with quiet():
                results = reference.trees(mistake.wrong, question, arguments)
        except Exception as error:
            return _describe(error)
        is_nothing = bool(results) and all([result is None for result in results])
        return ("returns nothing (None): is a return missing?", "") if is_nothing else None

    slips = list(map(slip, examples[:1]))
    if all(slips):  # hardly ever: else the others need not be tried
        slips = list(map(slip, examples))
    if slips and all(slips):
        sentence, where = slips[0] or ("", "")
        raise RubricError(
            f"the mistake {mistake.name} of {question.full_name}, on every example, {sentence}",
            where=where or mistake.where,
        )


def _describe(error: Exception) -> tuple[str, str] | None:
    if not _is_slip(error) or _is_raised_on_purpose(error):
        return None
    meant = "; if that is meant, let it raise by a raise statement of its own"
    return f"fails with {said(error)}{meant}", line_of_error(error)


def _is_slip(error: Exception) -> bool:
    if isinstance(error, TypeError):
        return bool(_WRONG_CALL.search(str(error)))
    return isinstance(error, NameError | AttributeError | ImportError)


def _is_raised_on_purpose(error: Exception) -> bool:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    line = linecache.getline(frame.filename, frame.lineno or 0)
    return is_authors(frame.filename) and line.strip().startswith("raise ")
