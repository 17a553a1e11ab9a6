"""Prove the reference's gradients against central finite differences, entry by entry."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.errors import RubricError
from autograder.language.words import Question

__all__ = ["numeric_derivative", "prove_gradient"]

#: Central differences in float64: with this step a right gradient differs by at most 5e-9 on
#: numbers of a few units, far below the tolerances.
STEP = 1e-5
RELATIVE, ABSOLUTE = 1e-5, 1e-6


def numeric_derivative(function: Callable[[np.ndarray], Any], at: np.ndarray) -> np.ndarray:
    """Return the derivative of `function` by central differences.

    Parameters
    ----------
    function : callable
        From an array shaped like `at` to a scalar or an array.
    at : numpy.ndarray, float64
        Not changed.

    Returns
    -------
    numpy.ndarray, shape (shape of the function's value, shape of `at`)
    """
    columns = []
    for index in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        up[index] += STEP
        down[index] -= STEP
        columns.append((np.asarray(function(up)) - np.asarray(function(down))) / (2 * STEP))
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
    proof = question.proof
    assert proof is not None
    point = proof.at(*arguments)
    claimed = reference(*arguments)
    if isinstance(point, dict):
        for name, result in zip(point, claimed, strict=True):

            def moved(value: np.ndarray, name: str = name) -> Any:
                return proof.of(*arguments, point | {name: value})

            _require_equal(question, name, numeric_derivative(moved, point[name]), result)
        return
    numeric = numeric_derivative(lambda moved: proof.of(*arguments, moved), point)
    if proof.take is not None:
        numeric = proof.take(numeric)
    _require_equal(question, "", numeric, claimed)


def _require_equal(question: Question, name: str, numeric: np.ndarray, claimed: np.ndarray) -> None:
    where = f"{question.full_name}{' (' + name + ')' if name else ''}"
    if numeric.shape != claimed.shape:
        raise RubricError(
            f"the reference of {where} has shape {claimed.shape},"
            f" its finite differences {numeric.shape}"
        )
    near = np.abs(numeric - claimed) <= ABSOLUTE + RELATIVE * np.abs(numeric)
    if not near.all():
        index = tuple([int(i) for i in np.unravel_index(np.argmin(near), near.shape)])
        raise RubricError(
            f"the reference of {where} is no gradient: entry {list(index)} is {claimed[index]:.9g},"
            f" finite differences give {numeric[index]:.9g}"
        )
