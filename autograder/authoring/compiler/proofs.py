"""Prove what a question claims: its reference's gradient, and that its mistakes are mistakes.

Gradients are compared with central finite differences, entry by entry. A wrong function that raises
is a fine misconception: people do index too far. One that raises a NameError whatever the input is
an error of whoever wrote it into the rubric. It is not what its sentence says, and would never be
noticed: no student's function gives the same exception for that reason.
"""

import linecache
import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograder.authoring.compiler.reference import Reference, quiet
from autograder.authoring.language.questions import Gradient, Mistake, Question
from autograder.authoring.language.where import (
    is_authors,
    line_of,
    line_of_error,
    said,
    shown_arguments,
)
from autograder.errors import RubricError

__all__ = ["numeric_derivative", "prove_gradient", "require_no_slip"]

# ---- gradients

#: Central differences in float64: with this step a right gradient differs by at most 5e-9 on
#: numbers of a few units, far below the tolerances. Above `FEW_UNITS` it grows with the number, or
#: rounding would eat it.
STEP = 1e-5
FEW_UNITS = 10
RELATIVE, ABSOLUTE = 1e-5, 1e-6


def numeric_derivative(function: Callable[[np.ndarray], Any], at: np.ndarray) -> np.ndarray:
    """Return the derivative of `function` at an array by central differences.

    The function takes an array of that shape, and gives a scalar or an array. The derivative has
    the shape of its value, then that of `at`.
    """
    at = np.array(at, dtype=np.float64)  # a step would be lost on integers
    columns = []
    for index in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        step = STEP * max(1.0, abs(at[index]) / FEW_UNITS)
        up[index] += step
        down[index] -= step
        columns.append((np.asarray(function(up)) - np.asarray(function(down))) / (2 * step))
    stacked = np.stack(columns, axis=-1)
    return stacked.reshape(*stacked.shape[:-1], *at.shape)


def prove_gradient(
    question: Question, arguments: tuple[Any, ...], reference: Callable[..., Any]
) -> None:
    """Compare the reference of `question` with finite differences at one example.

    The RubricError where they disagree names the result, the entry and both numbers.
    """
    assert question.proof is not None
    claimed = reference(*arguments)
    for name, numeric, result in _pair_results(question.proof, arguments, claimed):
        problem = _find_disagreement(numeric, result)
        if problem:
            raise RubricError(
                f"the reference of {question.full_name}{f' ({name})' if name else ''} {problem},"
                f" called with {shown_arguments(arguments)}; its proof is at {question.where}",
                where=line_of(reference),
            )


def _pair_results(
    proof: Gradient, arguments: tuple[Any, ...], claimed: Any
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield each gradient's name, its finite differences, and what the reference gives."""
    point = proof.at(*arguments)
    if isinstance(point, dict):
        for name, result in zip(point, claimed, strict=True):

            def moved(value: np.ndarray, name: str = name) -> Any:
                return proof.of(*arguments, point | {name: value})

            yield name, numeric_derivative(moved, point[name]), result
        return
    numeric = numeric_derivative(lambda moved: proof.of(*arguments, moved), point)
    yield "", numeric if proof.take is None else proof.take(numeric), claimed


def _find_disagreement(numeric: np.ndarray, claimed: np.ndarray) -> str:
    """Return how a claimed gradient differs from finite differences, '' where it does not."""
    if numeric.shape != claimed.shape:
        return f"has shape {claimed.shape}, its finite differences {numeric.shape}"
    near = np.abs(numeric - claimed) <= ABSOLUTE + RELATIVE * np.abs(numeric)
    if near.all():
        return ""
    index = tuple([int(i) for i in np.unravel_index(np.argmin(near), near.shape)])
    return (
        f"is not a gradient: entry {list(index)} is {claimed[index]:.9g},"
        f" finite differences give {numeric[index]:.9g}"
    )


# ---- mistakes

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
    """Call a wrong function, with some calls' arguments, until it does not fail by an error.

    Raises
    ------
    RubricError
        If it fails so on every example, or returns None. A `raise` statement is on purpose.
    """

    def slip(arguments: tuple[Any, ...]) -> tuple[str, str] | None:
        """Return what went wrong and where, None where nothing did or an exception is meant."""
        try:
            with quiet():
                results, _ = reference.call_all(mistake.wrong, question, arguments)
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
    meant = "; if you want that, give it a raise statement of its own"
    return f"fails with {said(error)}{meant}", line_of_error(error)


def _is_slip(error: Exception) -> bool:
    if isinstance(error, TypeError):
        return bool(_WRONG_CALL.search(str(error)))
    return isinstance(error, NameError | AttributeError | ImportError)


def _is_raised_on_purpose(error: Exception) -> bool:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    line = linecache.getline(frame.filename, frame.lineno or 0)
    return is_authors(frame.filename) and line.strip().startswith("raise ")
