"""Lengths are read off shapes, and no result that comes back makes the judge raise or lie."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from wrong_functions import (
    AFFINE,
    GRADIENTS,
    HOT,
    STEP,
    TABLE,
    evidence_of,
    judged_outcomes,
    noise,
    outcomes,
)

from autograder.authoring.compiler.reference import structure_of
from autograder.core.records import (
    CallOutcome,
    Returned,
)
from autograder.core.results import plain_result
from autograder.homework.key import Key
from autograder.judge.letters import lengths_of
from autograder.judge.relations.explain import explain

# ---- lengths


def test_lengths_follow_from_shapes() -> None:
    arguments = {"dx": np.zeros((2, 6)), "ids": np.zeros((2, 3), dtype=int), "vocab_size": 5}
    shapes = {"dx": "t n*e", "ids": "t n", "vocab_size": "=V"}
    assert lengths_of(shapes, arguments) == {"t": 2, "n": 3, "e": 2, "V": 5}


def test_lengths_in_dicts_follow_too() -> None:
    arguments = {"f": np.zeros((4, 2)), "params": {"H": np.zeros((2, 3)), "other": np.zeros(7)}}
    shapes = {"f": "t d", "params": {"H": "d v", "U": "v m"}}
    assert lengths_of(shapes, arguments) == {"t": 4, "d": 2, "v": 3}


def test_a_letter_with_two_lengths_has_none() -> None:
    arguments = {"x": np.zeros((4, 2)), "W": np.zeros((3, 1)), "b": 1.5}
    assert lengths_of({"x": "t d", "W": "d v", "b": "1 v"}, arguments) == {"t": 4, "v": 1}


def test_every_letter_of_a_drawn_call_is_known(key: Key) -> None:
    for name, function in key.functions.items():
        words = {letter for shape in function.shapes.values() for letter in letters_of(shape)}
        arguments = dict(zip(function.parameters, function.arguments("public", 0), strict=True))
        if function.shapes and name != STEP:  # its keys, and so its letters, vary
            assert lengths_of(function.shapes, arguments).keys() == words, name


def letters_of(shape: Any) -> set[str]:
    if isinstance(shape, dict):
        return {letter for inner in shape.values() for letter in letters_of(inner)}
    words = shape.replace("*", " ").replace("=", "").split()
    return {word for word in words if not word.isdigit()}


# ---- whatever comes back

ANY_ARRAY = st.one_of(
    npst.arrays(
        dtype=st.sampled_from([np.float64, np.int64, np.bool_, np.float32]),
        shape=npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    ),
    npst.arrays(np.float64, (2, 2), elements=st.sampled_from([0.0, -1.0, np.nan, np.inf])),
)
ANYTHING = st.recursive(
    st.one_of(ANY_ARRAY, st.none(), st.text(max_size=3)),
    lambda inner: st.one_of(
        st.tuples(inner, inner), st.dictionaries(st.sampled_from(["U", "b_U", "H"]), inner)
    ),
    max_leaves=5,
)
HEALTH = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.mark.parametrize("name", [AFFINE, GRADIENTS, STEP, HOT, TABLE])
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=HEALTH)
@given(data=st.data())
def test_no_result_makes_the_judge_raise(key: Key, name: str, data: st.DataObject) -> None:
    function = key.functions[name]
    junk = data.draw(st.lists(ANYTHING, min_size=1, max_size=3))
    places = data.draw(st.sets(st.integers(0, function.counts["public"] - 1)))
    several = data.draw(st.booleans())
    made = outcomes(function, "public", noise(name))
    for n, place in enumerate(sorted(places)):
        value = junk[n % len(junk)]
        result = (value, value, value, value) if several else value
        made[place] = Returned(plain_result(result, structure_of(function.names)))
    evidence = evidence_of(function, "public", made)
    for check in key.checks:
        if (
            check.function == name
            and check.kind in ("values", "shape")
            and check.visibility == "public"
        ):
            found = explain(check, evidence)
            assert found is None or (found.name and found.sentence)


Right = np.ndarray


def rows_sorted(array: np.ndarray) -> np.ndarray:
    return array[np.lexsort(array.T)]


#: Changes of the right result of affine; each has the relation's name and is its own proof.
CHANGES: dict[str, Callable[..., np.ndarray]] = {
    "opposite-sign": lambda r, x, W, b: -r,
    "t-times-too-large": lambda r, x, W, b: r * len(x),
    "d-times-too-small": lambda r, x, W, b: r / x.shape[1],
    "transposed": lambda r, x, W, b: r.T,
    "plus-b": lambda r, x, W, b: r + b,
    "row-order-reversed": lambda r, x, W, b: r[::-1],
    "absolute-value": lambda r, x, W, b: np.abs(r),
    "summed-over-axis-0": lambda r, x, W, b: r.sum(0),
    "": lambda r, x, W, b: r,
}


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=HEALTH)
@given(data=st.data())
def test_what_is_said_is_true_of_every_call(key: Key, data: st.DataObject) -> None:
    function = key.functions[AFFINE]
    (check,) = [c for c in key.checks if c.id == f"{AFFINE}.values"]
    usual = data.draw(st.sampled_from(sorted(CHANGES)))
    others = data.draw(
        st.dictionaries(
            st.sampled_from(check.calls[1:-2]), st.sampled_from(sorted(CHANGES)), max_size=3
        )
    )
    made: list[CallOutcome] = []
    expected: dict[str, list[bool]] = {name: [] for name in CHANGES}
    for call in range(function.counts["public"]):
        x, W, b = function.arguments("public", call)
        change = CHANGES[others.get(call, usual)]
        got = change(x @ W + b, x, W, b)
        made.append(Returned((got, "float64")))
        if call in check.calls:
            for name, relation in CHANGES.items():
                wanted = relation(x @ W + b, x, W, b)
                expected[name].append(
                    got.size == wanted.size and np.allclose(got.ravel(), wanted.ravel())
                )
    result = judged_outcomes(key, AFFINE, {"public": made})["values"]
    said = result.mistake or ""
    if said in CHANGES:
        assert all(expected[said]) or not said
    if usual and all(expected[usual]) and not all(expected[""]):
        assert said  # what holds everywhere is said, by this name or another that holds, too
