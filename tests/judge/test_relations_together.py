"""Relations of shapes, of several results and of repeated calls, and what checks say together."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from wrong_functions import (
    AFFINE,
    COMPOSE,
    FORWARD,
    GRADIENTS,
    HOT,
    JACOBIAN,
    LEAKY,
    LOGITS,
    PREDICT,
    SOFTMAX,
    TABLE,
    Wrong,
    after,
    evidence_of,
    judged,
    judged_outcomes,
    likely,
    noise,
    outcomes,
    right,
)

from autograder.core.records import (
    Status,
)
from autograder.homework.key import Key
from autograder.judge.relations.explain import explain

# ---- shapes

SHAPES: list[tuple[str, Wrong, str, str]] = [
    (
        COMPOSE,
        after(COMPOSE, lambda r: (r[0], r[1][0])),
        "leading-axis-missing",
        "b: the leading axis of length one is missing.",
    ),
    (
        "train.init_params",
        lambda d, v, m, seed: {
            name: np.random.rand(*array.shape)[0 if name[0] == "b" else slice(None)]
            for name, array in right("train.init_params")(d, v, m, seed).items()
        },
        "leading-axis-missing",
        "b_H and b_U: the leading axis of length one is missing.",
    ),
    (
        "train.init_params",
        lambda d, v, m, seed: {
            name: np.random.rand(*(array.shape if name[0] == "b" else array.T.shape))
            for name, array in right("train.init_params")(d, v, m, seed).items()
        },
        "axes-swapped",
        "H and U: this has the shape of the transpose.",
    ),
    (SOFTMAX, after(SOFTMAX, lambda o: o[None]), "leading-axis-added", "extra leading axis"),
    (PREDICT, after(PREDICT, lambda r: r[:, None]), "trailing-axis-added", "extra trailing axis"),
    (SOFTMAX, after(SOFTMAX, np.squeeze), "axes-of-length-one-missing", "All axes of length"),
    (SOFTMAX, after(SOFTMAX, np.transpose), "transposed", "Rows and columns are swapped"),
    (SOFTMAX, after(SOFTMAX, np.ravel), "flattened", "in one axis instead of several"),
    (
        JACOBIAN,
        after(JACOBIAN, lambda J: J.reshape(len(J), -1)),
        "other-axes",
        "are right and in the right order, but the axes are not",
    ),
    (SOFTMAX, after(SOFTMAX, lambda o: o[:, :-1]), "last-column-missing", "The last column is"),
    (AFFINE, after(AFFINE, lambda r: r.sum(1)), "summed-over-axis-1", "second axis, q."),
    (
        GRADIENTS,
        after(GRADIENTS, lambda g: (g[0], g[2], g[1], g[3])),
        "results-in-another-order",
        "dH, dU, db_H, db_U come back, but dH, db_H, dU, db_U are expected.",
    ),
]


@pytest.mark.parametrize(("name", "wrong", "relation", "says"), SHAPES)
def test_a_relation_between_shapes_is_said(
    key: Key, name: str, wrong: Wrong, relation: str, says: str
) -> None:
    result = judged(key, name, wrong)["shape"]
    assert (result.status, result.mistake) == (Status.FAILED, relation)
    assert says in likely(result)


def test_nothing_is_said_of_shapes_that_have_nothing_in_common(key: Key) -> None:
    wrong = after(SOFTMAX, lambda o: np.zeros((o.size, 2, o.size)) + o.mean() ** 2)
    assert judged(key, SOFTMAX, wrong)["shape"].mistake is None


def test_an_axis_missing_on_most_calls_alone_is_not_said_to_be_missing(key: Key) -> None:
    wrong = after(GRADIENTS, lambda g: (*g[:3], g[3][0] if g[3].size < 4 else g[3]))
    result = judged(key, GRADIENTS, wrong)["shape"]
    assert result.mistake == "other-axes"
    assert likely(result).endswith("the axes are not in some of the calls.")


# ---- several results


def test_two_causes_for_different_results_are_both_said(key: Key) -> None:
    def wrong(*arguments: Any) -> Any:
        dH, db_H, dU, db_U = right(GRADIENTS)(*arguments)
        return len(arguments[0]) * dH, -db_H, len(arguments[0]) * dU, db_U

    result = judged(key, GRADIENTS, wrong)["values"]
    assert result.mistake == "t-times-too-large-and-opposite-sign"
    assert likely(result) == (
        "dH and dU: every number is t times too large. db_H: every number has the opposite sign."
    )


def test_three_causes_are_none(key: Key) -> None:
    def wrong(*arguments: Any) -> Any:
        dH, db_H, dU, db_U = right(GRADIENTS)(*arguments)
        return len(arguments[0]) * dH, -db_H, 3 * dU, db_U

    assert judged(key, GRADIENTS, wrong)["values"].mistake is None


def test_nothing_is_said_while_one_result_is_unexplained(key: Key) -> None:
    def wrong(*arguments: Any) -> Any:
        dH, db_H, dU, db_U = right(GRADIENTS)(*arguments)
        return len(arguments[0]) * dH, db_H, np.cos(dU) + 7, db_U

    assert judged(key, GRADIENTS, wrong)["values"].mistake is None


def test_shape_and_values_have_causes_of_their_own(key: Key) -> None:
    def wrong(*arguments: Any) -> Any:
        dH, db_H, dU, db_U = right(GRADIENTS)(*arguments)
        return 3 * dH, db_H[0], dU, db_U[0]

    results = judged(key, GRADIENTS, wrong)
    assert likely(results["values"]) == "dH: every number is 3 times what it should be."
    assert likely(results["shape"]) == "db_H and db_U: the leading axis of length one is missing."


def test_a_known_mistake_explains_one_result_and_a_relation_another(key: Key) -> None:
    def wrong(W0: Any, b0: Any, W1: Any, b1: Any) -> Any:
        return 5 * (W0 @ W1), b0 + b1

    result = judged(key, COMPOSE, wrong)["values"]
    assert result.mistake == "constant-factor-and-first-bias-not-mapped"
    assert likely(result).startswith(
        "W: every number is 5 times what it should be. b: The first bias is added as it is;"
    )


def test_a_known_mistake_of_all_results_is_not_named_for_one_of_them(key: Key) -> None:
    def wrong(f: Any, h: Any, dk: Any, dz: Any) -> Any:
        t, v = f.shape[0], h.shape[1]
        return f.T @ dk / v, dk.mean(0, keepdims=True), h.T @ dz / t, dz.mean(0, keepdims=True)

    result = judged(key, GRADIENTS, wrong)["values"]
    assert result.mistake == "t-over-v-times"
    assert likely(result) == "dH: every number is t / v times what it should be."


def test_a_known_mistake_and_a_relation_on_top_are_two_things(key: Key) -> None:
    def wrong(dx: Any, ids: Any, vocab_size: int) -> Any:
        e = dx.shape[1] // ids.shape[1]
        gradient = np.zeros((vocab_size, e))
        gradient[ids.ravel()] = dx.reshape(-1, e)
        return -gradient / len(ids)

    result = judged(key, TABLE, wrong)["values"]
    assert result.mistake == "repeated-words-overwritten-and-opposite-sign"
    assert likely(result) == (
        "Two things: A word that occurs more than once keeps only one occurrence; add up all"
        " of them. And: Every number has the opposite sign."
    )


def test_a_known_mistake_and_half_a_relation_are_not_two_things(key: Key) -> None:
    def wrong(dx: Any, ids: Any, vocab_size: int) -> Any:
        e = dx.shape[1] // ids.shape[1]
        gradient = np.zeros((vocab_size, e))
        gradient[ids.ravel()] = dx.reshape(-1, e)
        return gradient / len(ids) * (-1 if len(ids) > 2 else 1)

    assert judged(key, TABLE, wrong)["values"].mistake is None


def test_a_known_mistake_comes_before_every_relation(key: Key) -> None:
    result = judged(key, LOGITS, lambda o, y: right(LOGITS)(o, y) / len(y))["values"]
    assert result.mistake == "divided-by-t"


# ---- calls


def test_what_is_kept_from_one_call_to_the_next_is_found(key: Key) -> None:
    kept: list[Any] = []

    def wrong(z: Any) -> Any:
        kept.append(z)
        return right(SOFTMAX)(z) * len(kept)

    result = judged_outcomes(
        key, SOFTMAX, {"public": outcomes(key.functions[SOFTMAX], "public", wrong)}
    )["values"]
    assert result.mistake == "kept-between-calls"
    assert "kept from one call to the next" in likely(result)


def test_random_numbers_are_found(key: Key) -> None:
    rng = np.random.default_rng(0)
    result = judged(key, SOFTMAX, lambda z: right(SOFTMAX)(z) * rng.random(z.shape))["values"]
    assert result.mistake == "differs-from-call-to-call"


def test_a_pure_function_is_never_said_to_keep_something(key: Key) -> None:
    result = judged(key, SOFTMAX, noise(SOFTMAX))["values"]
    assert (result.status, result.mistake) == (Status.FAILED, None)


def test_something_kept_makes_no_right_answer_wrong(key: Key) -> None:
    kept: dict[bytes, Any] = {}

    def cached(z: Any) -> Any:
        return kept.setdefault(z.tobytes() + str(z.shape).encode(), right(SOFTMAX)(z)).copy()

    results = judged(key, SOFTMAX, cached)
    assert {result.status for result in results.values()} == {Status.PASSED}


def test_the_smallest_public_call_of_values_is_made_again_twice(key: Key) -> None:
    for check in key.checks:
        if check.kind != "values" or not check.id.endswith(".values") or check.part == "train":
            continue
        function = key.functions[check.function]
        arguments = [repr(function.arguments("public", call)) for call in check.calls]
        assert arguments[0] == arguments[-1] == arguments[-2]
        assert len(set(arguments)) == len(arguments) - 2


def test_calls_that_raise_are_left_out(key: Key) -> None:
    def wrong(z: Any) -> Any:
        if len(z) == 3:
            raise ValueError("three")
        return -right(SOFTMAX)(z)

    assert judged(key, SOFTMAX, wrong)["values"].mistake == "opposite-sign"


def test_a_call_that_returns_nothing_leaves_all_unsaid(key: Key) -> None:
    def wrong(z: Any) -> Any:
        return None if len(z) == 3 else -right(SOFTMAX)(z)

    assert judged(key, SOFTMAX, wrong)["values"].mistake is None


def test_nan_alone_is_no_function_of_the_right_result(key: Key) -> None:
    wrong = after(LOGITS, lambda g: g * np.nan)
    result = judged(key, LOGITS, wrong)["values"]
    assert result.mistake == "not-finite"
    assert "for all of these inputs" in likely(result)


def test_right_but_for_most_is_not_said(key: Key) -> None:
    """A label's probability is 0 only in the examples at the edge."""
    result = judged(key, LOGITS, lambda o, y: o * (1 - o))["values"]
    assert result.mistake is None


def test_nan_in_some_places_is_told(key: Key) -> None:
    wrong = after(SOFTMAX, lambda o: np.where(np.sin(9000 * o) > 0.5, np.nan, o))
    assert judged(key, SOFTMAX, wrong)["values"].mistake == "not-finite"


def test_a_length_that_never_varies_is_no_factor(key: Key) -> None:
    function = key.functions[SOFTMAX]
    evidence = evidence_of(
        function, "public", outcomes(function, "public", lambda z: right(SOFTMAX)(z) * len(z))
    )
    (check,) = [c for c in key.checks if c.id == f"{SOFTMAX}.values"]
    pairs = tuple([c for c in check.calls if len(function.arguments("public", c)[0]) == 2])
    of_two = explain(dataclasses.replace(check, calls=pairs), evidence)
    of_all = explain(check, evidence)
    assert of_two is None
    assert of_all is not None
    assert of_all.name == "t-times-too-large"


def test_float32_is_compared_at_its_precision(key: Key) -> None:
    wrong = after(SOFTMAX, lambda o: -o.astype(np.float32))
    assert judged(key, SOFTMAX, wrong)["values"].mistake == "opposite-sign"


# ---- a homework with letters of its own


def in_other_letters(key: Key, name: str, letters: dict[str, str], counts: dict[str, str]) -> Key:
    """Return the key as if a homework with other letters had asked for one of its functions."""
    function = key.functions[name]
    shapes = {
        parameter: " ".join([letters.get(word, word) for word in shape.split()])
        for parameter, shape in function.shapes.items()
    }
    function = dataclasses.replace(function, shapes=shapes, letters=counts)
    return dataclasses.replace(key, functions={**key.functions, name: function})


OTHERS = {"t": "batch", "d": "c", "m": "w", "v": "w"}


@pytest.mark.parametrize("counts", [{}, {"batch": "samples"}], ids=["unsaid", "said"])
def test_a_length_is_found_by_any_letter(key: Key, counts: dict[str, str]) -> None:
    other = in_other_letters(key, SOFTMAX, OTHERS, counts)
    result = judged(other, SOFTMAX, after(SOFTMAX, lambda o: o * len(o)))["values"]
    assert result.mistake == "batch-times-too-large"
    assert "every number is batch times too large" in likely(result).lower()


def test_an_axis_is_called_what_the_homework_says_that_it_counts(key: Key) -> None:
    for counts, said in (
        ({"batch": "samples"}, "the sum over the batch samples"),
        ({"w": "classes"}, "the sum over the first axis, batch"),
    ):
        other = in_other_letters(key, SOFTMAX, OTHERS, counts)
        result = judged(other, SOFTMAX, after(SOFTMAX, lambda o: o.sum(0)))["values"]
        assert said in likely(result)


def test_what_holds_for_one_item_only_needs_a_letter_that_counts_items(key: Key) -> None:
    def wrong(z: np.ndarray) -> np.ndarray:
        o = right(SOFTMAX)(z)
        return o if len(o) == 1 else np.sin(7 * z) + z**2

    for counts, name in (({"batch": "items"}, "right-for-one-item-only"), ({"w": "items"}, None)):
        other = in_other_letters(key, SOFTMAX, OTHERS, counts)
        assert judged(other, SOFTMAX, wrong)["values"].mistake == name


# ---- what other checks of the same function show


LEAKY_GRAD, GELU_GRAD = "activations.leaky_relu_grad", "activations.gelu_grad"


def test_one_number_of_a_default_is_no_square_root(key: Key) -> None:
    wrong = lambda x, slope=0.1: right(LEAKY_GRAD)(x, slope)  # noqa: E731
    result = judged(key, LEAKY_GRAD, wrong)["default"]
    assert (result.status, result.mistake) == (Status.FAILED, None)


def test_a_place_of_large_inputs_is_not_said_where_other_inputs_deny_it(key: Key) -> None:
    """All that is wrong of large inputs is positive, but of usual ones negative, too."""
    results = judged(key, GELU_GRAD, lambda x: right(GELU_GRAD)(x) + 0.1 * x * (x > -20))
    assert [results[name].status for name in ("values", "large")] == [Status.FAILED] * 2
    assert (results["values"].mistake, results["large"].mistake) == (None, None)


def test_a_size_from_which_on_all_is_wrong_is_found_in_the_usual_inputs(key: Key) -> None:
    results = judged(key, GELU_GRAD, lambda x: np.where(np.abs(x) > 20, 0.5, right(GELU_GRAD)(x)))
    assert results["values"].status == Status.PASSED
    assert results["large"].mistake == "wrong-for-large-x"
    assert "right for x up to" in likely(results["large"])


def test_two_factors_have_one_name(key: Key) -> None:
    def wrong(*arguments: Any) -> Any:
        dH, db_H, dU, db_U = right(GRADIENTS)(*arguments)
        return 5 * dH, db_H, 3 * dU, db_U

    result = judged(key, GRADIENTS, wrong)["values"]
    assert result.mistake == "constant-factor"
    assert likely(result) == (
        "dH: every number is 5 times what it should be."
        " dU: every number is 3 times what it should be."
    )


def test_what_is_mostly_wrong_from_a_size_on_is_said_so(key: Key) -> None:
    """Divided by the largest size, rows of equal logits stay right."""

    def wrong(z: np.ndarray) -> np.ndarray:
        largest = np.maximum(np.abs(z).max(axis=1, keepdims=True), 1.0)
        return right(SOFTMAX)(z / largest)

    result = judged(key, SOFTMAX, wrong)["values"]
    assert result.mistake == "wrong-for-large-z"
    assert "right for rows of z up to 1 in size, and mostly wrong from" in likely(result)


def test_entries_that_are_right_in_the_one_item_by_chance_are_no_batch_of_one(key: Key) -> None:
    """Only numbers between -1 and 0 are wrong, and the one item has none of these."""
    wrong = lambda x, slope=0.01: np.where(x >= -1, x, slope * x)  # noqa: E731
    for result in judged(key, LEAKY, wrong).values():
        assert result.mistake is None


def test_a_bias_after_the_gate_is_no_matter_of_one_item(key: Key) -> None:
    """The one item has no number that ReLU cuts, so that it is right by chance."""

    def wrong(f: Any, H: Any, b_H: Any, U: Any, b_U: Any) -> Any:
        h = np.maximum(f @ H, 0) + b_H
        z = h @ U + b_U
        return f @ H + b_H, h, z, right(SOFTMAX)(z)

    result = judged(key, FORWARD, wrong)["values"]
    assert (result.status, result.mistake) == (Status.FAILED, "hidden-bias-outside-relu")


def test_one_item_is_not_alone_where_more_items_raise(key: Key) -> None:
    def wrong(o: np.ndarray, y: np.ndarray) -> np.ndarray:
        T: np.ndarray = right(HOT)(y, len(o))
        return o - T

    results = judged(key, LOGITS, wrong)
    assert results["values"].status != Status.PASSED
    assert results["values"].mistake is None


def test_a_known_mistake_is_not_named_for_its_shape_alone(key: Key) -> None:
    """The mistake has o (1 - o) in one row; here o itself is there, with one axis more."""
    results = judged(key, JACOBIAN, lambda o: o[:, :, None])
    assert results["shape"].status == Status.FAILED
    assert "sigmoid" not in likely(results["shape"])
    assert "These are o's numbers." in likely(results["values"])
