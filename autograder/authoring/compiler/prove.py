"""Prove the reference's gradients against central finite differences, entry by entry."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.authoring.compiler.rubric_errors import shown_arguments
from autograder.authoring.language.questions import Gradient, Question
from autograder.authoring.language.where import line_of
from autograder.errors import RubricError

__all__ = ["numeric_derivative", "prove_gradient"]

#: Central differences in float64: with this step a right gradient differs by at most 5e-9 on
#: numbers of a few units, far below the tolerances. Above `FEW_UNITS` it grows with the number, or
#: rounding would eat it.
STEP = 1e-5
FEW_UNITS = 10
RELATIVE, ABSOLUTE = 1e-5, 1e-6


def numeric_derivative(function: Callable[[np.ndarray], Any], at: np.ndarray) -> np.ndarray:
    """Return the derivative of `function` by central differences.

    Parameters
    ----------
    function : callable
        From an array shaped like `at` to a scalar or an array.
    at : numpy.ndarray
        Not changed.

    Returns
    -------
    numpy.ndarray, shape (shape of the function's value, shape of `at`)
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

    Raises
    ------
    RubricError
        If they disagree; names the result, the entry and both numbers.
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
        f"is no gradient: entry {list(index)} is {claimed[index]:.9g},"
        f" finite differences give {numeric[index]:.9g}"
    )
