"""A result of another form than expected is told by a true sentence, with a name of its own."""

from typing import Any

import numpy as np
import pytest
from judging import function_key, leaf
from judging import judged as judged_by_hand
from wrong_functions import judged, judged_outcomes, likely, right

from autograder.core.message import Label
from autograder.core.records import CheckResult, Line, Raised, Status
from autograder.homework.key import Key

FORWARD, COMPOSE, INIT = "forward.forward", "separability.compose_affine", "train.init_params"
RELU, LOSS, HOT = "activations.relu", "forward.cross_entropy", "softmax_ce.one_hot"
GRADIENTS = "updates.batch_gradients"


def said(result: CheckResult) -> str:
    return "\n".join([row.said for row in result.message.rows])


def first_failing(results: dict[str, CheckResult]) -> CheckResult:
    return next(r for r in results.values() if r.status == Status.FAILED)


GATE, SWIGLU = "relu_backward.relu_backward", "activations.swiglu"


def forward(change: Any) -> Any:
    return lambda *given: change(*right(FORWARD)(*given))


def init(change: Any) -> Any:
    return lambda *given: change(right(INIT)(*given))


def compose(change: Any) -> Any:
    return lambda *given: change(*right(COMPOSE)(*given))


NAMED = [
    (
        FORWARD,
        forward(lambda k, h, z, o: (k, h, o)),
        "too-few-results",
        "3 results came back where 4 results are expected: k, h, z, o",
    ),
    (
        FORWARD,
        forward(lambda k, h, z, o: [o]),
        "too-few-results",
        "1 result came back where 4 results are expected: k, h, z, o; k, h and z are missing",
    ),
    (
        FORWARD,
        forward(lambda k, h, z, o: (k, h, z, o, o)),
        "too-many-results",
        "5 results came back where 4 results are expected: k, h, z, o",
    ),
    (
        FORWARD,
        forward(lambda k, h, z, o: {"k": k, "h": h, "z": z, "o": o}),
        "dict-returned",
        "a dict came back where 4 results are expected: k, h, z, o",
    ),
    (
        FORWARD,
        forward(lambda k, h, z, o: ((k, z if z.shape != k.shape else z[:, :1]), h, o)),
        "nested-results",
        "inner parentheses make one of several",
    ),
    (FORWARD, forward(lambda k, h, z, o: o), "one-result-for-several", "one array of shape"),
    (
        COMPOSE,
        compose(lambda W, b: W),
        "one-result-for-several",
        "W alone came back where 2 results are expected: W, b",
    ),
    (
        INIT,
        init(lambda params: tuple(params.values())),
        "tuple-returned",
        "a tuple came back where a dict belongs, with the keys H, b_H, U, b_U",
    ),
    (
        INIT,
        init(lambda params: [params]),
        "list-returned",
        "a list came back where a dict belongs, with the keys H, b_H, U, b_U",
    ),
    (
        INIT,
        init(lambda params: {"W1": params["H"], "b1": params["b_H"]}),
        "other-keys",
        "lacks the keys H, b_H, U, b_U, and has the keys W1, b1 instead",
    ),
    (
        INIT,
        init(lambda params: {name: params[name] for name in ("H", "U")}),
        "keys-missing",
        "the dict that came back lacks the keys b_H, b_U",
    ),
    (RELU, lambda x: None, "nothing-returned", "nothing came back (None)"),
    (RELU, lambda x: (i for i in x), "generator-returned", "write return, not yield"),
    (RELU, lambda x: np.maximum, "function-returned", "ufunc came back where an array belongs"),
    (RELU, lambda x: right(RELU), "function-returned", "call it: without ( )"),
    (RELU, lambda x: {"h": right(RELU)(x)}, "dict-returned", "a dict came back where an array"),
    (
        RELU,
        lambda x: (right(RELU)(x), x[:, :1] if x.shape[1] > 1 else x[:0]),
        "several-results-for-one",
        "a comma behind return makes several results of it",
    ),
]


@pytest.mark.parametrize(("name", "wrong", "mistake", "says"), NAMED)
def test_another_form_is_named_and_said(
    key: Key,
    name: str,
    wrong: Any,
    mistake: str,
    says: str,
) -> None:
    result = first_failing(judged(key, name, wrong))
    assert (result.mistake or "") == mistake
    assert says in said(result)


def test_what_to_return_is_said_with_its_names(key: Key) -> None:
    few = first_failing(judged(key, FORWARD, forward(lambda k, h, z, o: (k, h, z))))
    assert "end the function with 'return k, h, z, o'" in said(few)
    several = first_failing(judged(key, INIT, init(lambda params: tuple(params.values()))))
    expected = '\'return {"H": ..., "b_H": ..., "U": ..., "b_U": ...}\''
    assert f"end the function with {expected}" in said(several)


def test_a_check_of_one_result_says_what_is_wrong_with_all(key: Key) -> None:
    results = judged(key, COMPOSE, compose(lambda W, b: W))
    failing = [r for r in results.values() if r.status == Status.FAILED]
    told = {row.said for r in failing for row in r.message.find(Label.GOT)}
    assert "W alone came back where 2 results are expected: W, b" in told
    assert not [text for text in told if "its shape is" in text]


def test_which_result_is_missing_is_said_only_where_the_others_are_right(key: Key) -> None:
    result = first_failing(judged(key, FORWARD, forward(lambda k, h, z, o: (k, h, 2 * o))))
    assert "missing" not in said(result)


def test_several_results_stacked_in_one_array_are_as_good_as_a_tuple(key: Key) -> None:
    def stacked(*given: Any) -> Any:
        k, h, z, o = right(FORWARD)(*given)
        return np.stack([k, h]) if k.shape != z.shape else np.stack([k, h, z, o])

    result = first_failing(judged(key, FORWARD, stacked))
    assert "one array of shape (2, " in said(result) or "2 results came back" in said(result)


def test_an_array_of_rows_that_are_right_passes_as_several_results(key: Key) -> None:
    def stacked(dx: Any, *more: Any) -> Any:
        dH, db_H, dU, db_U = right(GRADIENTS)(dx, *more)
        results = [dH, db_H, dU, db_U]
        return np.stack(results) if len({r.shape for r in results}) == 1 else results

    results = judged(key, GRADIENTS, stacked)
    assert {r.status for r in results.values()} == {Status.PASSED}


SHAPES = [
    (
        HOT,
        lambda y, m: 2 * np.eye(y.max() + 1)[y],
        "length-from-largest-y",
        "its length along axis 1 is y.max() + 1: numbers that do not occur in y need their places",
    ),
    (
        RELU,
        lambda x: np.stack([x - 9, np.maximum(x, 0)]),
        "several-results-for-one",
        "2 arrays came back in one: entry 1 is the right result",
    ),
    (LOSS, lambda o, y: float(o.max() + 2), "single-number", "a single number came back"),
]


@pytest.mark.parametrize(("name", "wrong", "mistake", "says"), SHAPES)
def test_a_wrong_shape_is_explained_by_lengths(
    key: Key,
    name: str,
    wrong: Any,
    mistake: str,
    says: str,
) -> None:
    results = judged(key, name, wrong)
    found = {r.mistake: likely(r) for r in results.values() if r.mistake}
    assert says.lower() in found.get(mistake, str(found)).lower()


#: Calls of a training: items, epochs, size of a batch.
RUNS = [(np.ones((5, 2)), 2, 2), (np.ones((4, 2)), 3, 4), (np.ones((7, 2)), 4, 3)]


def training(change: Any) -> CheckResult:
    """Judge a training of which the numbers of its second result are wrong."""
    rights = [
        [(leaf([1.0 * t]), leaf(np.arange(1.0, epochs + 1)))]
        for t, (_, epochs, _) in enumerate(RUNS)
    ]
    function = function_key(
        RUNS, rights, parameters=("f", "epochs", "batch_size"), names=("w", "losses")
    )
    got = [
        (of_run[0][0], leaf(change(of_run[0][1][0], len(f), size)))
        for of_run, (f, _, size) in zip(rights, RUNS, strict=True)
    ]
    return judged_by_hand("values", got, key=function)


PARTS = [
    (
        lambda losses, t, size: np.repeat(losses, -(-t // size)),
        "one-for-each-batch",
        "losses: its length is epochs * len(f) / batch_size",
    ),
    (
        lambda losses, t, size: np.repeat(losses, t),
        "one-for-each-item",
        "losses: its length is epochs * len(f)",
    ),
    (
        lambda losses, t, size: 2 * np.append(losses, 7.0),
        "one-more-than-expected",
        "losses: its length is epochs + 1",
    ),
]


@pytest.mark.parametrize(("change", "mistake", "says"), PARTS)
def test_an_entry_for_each_of_something_else_is_told(change: Any, mistake: str, says: str) -> None:
    result = training(change)
    assert result.mistake == mistake
    assert says in likely(result)


def test_another_length_of_a_list_has_no_such_cause() -> None:
    result = training(lambda losses, t, size: np.repeat(losses, 5))
    assert result.mistake is None


SILENT = [
    (HOT, lambda y, m: np.ones((len(y), m + 2)), "length-from-largest"),
    (HOT, lambda y, m: np.ones((len(y), 9)), "length-from-largest"),
    (RELU, lambda x: np.stack([x - 3, x - 4]), "several-results-for-one"),
    (LOSS, lambda o, y: np.ones(len(y) + 2), "list-of-indices"),
    (LOSS, lambda o, y: np.ones((3, *o.shape)), "list-of-indices"),
    (LOSS, lambda o, y: o.max() + 2 if len(y) > 2 else o[0], "single-number"),
]


@pytest.mark.parametrize(("name", "wrong", "never"), SILENT)
def test_a_length_with_another_cause_is_not_explained_by_it(
    key: Key,
    name: str,
    wrong: Any,
    never: str,
) -> None:
    names = [r.mistake or "" for r in judged(key, name, wrong).values()]
    assert not [found for found in names if found.startswith(never)]


def to_do(results: dict[str, CheckResult], mistake: str) -> str:
    rows = [
        row.said
        for result in results.values()
        if result.mistake == mistake
        for row in result.message.find(Label.TO_DO)
    ]
    return rows[0] if rows else ""


SIGMOID = "activations.sigmoid"


def test_a_missing_bracket_is_said_where_the_result_is_upside_down(key: Key) -> None:
    results = judged(key, SIGMOID, lambda x: 1 / 1 + np.exp(-x))
    assert "1 / a + b is (1 / a) + b" in to_do(results, "reciprocal")
    results = judged(key, SIGMOID, lambda x: 1 - right(SIGMOID)(x))
    assert "1 / a + b" not in to_do(results, "one-minus-right")


def test_a_comma_behind_the_result_is_said_where_there_is_one_more_axis(key: Key) -> None:
    results = judged(key, RELU, lambda x: (right(RELU)(x),))
    assert "a comma behind what is returned (return x,)" in to_do(results, "leading-axis-added")


LOGITS = "softmax_ce.logits_grad"


def test_wrong_numbers_without_a_cause_are_told_with_what_another_call_raises(key: Key) -> None:
    (row,) = judged(key, LOGITS, lambda o, y: o - y)["values"].message.find(Label.TO_DO)
    assert row.said.startswith("another call raises ValueError: operands could not be broadcast")
    assert "; one of them has one axis fewer" in row.said  # without the student's line


def test_wrong_numbers_with_a_cause_are_told_with_that_alone(key: Key) -> None:
    def wrong(o: Any, y: Any) -> Any:
        if len(o) == 3:
            raise ValueError("operands could not be broadcast together with shapes (3,2) (3,) ")
        return -right(LOGITS)(o, y)

    result = judged(key, LOGITS, wrong)["values"]
    assert result.mistake is not None
    assert not result.message.find(Label.TO_DO)


def test_a_dict_given_as_one_argument_is_told_to_be_unpacked(key: Key) -> None:
    function = key.functions["train.predict"]
    message = "forward() missing 3 required positional arguments: 'b_H', 'U', and 'b_U'"

    def told(line: str, message: str = message) -> str:
        raised = Raised("TypeError", message, (Line("train.py", 9, line),))
        made = {"public": [raised] * function.counts["public"]}
        results = judged_outcomes(key, "train.predict", made)
        return first(results).message.find(Label.TO_DO)[0].said

    assert told("o = forward(f, params)") == (
        "write **params in place of params: it gives each entry by its key"
    )
    assert "**" not in told("o = forward(f, **params)")
    assert "**" not in told("o = forward(f)")
    assert "**" not in told("o = helper(f, params)", message.replace("'U'", "'other'"))


def first(results: dict[str, CheckResult]) -> CheckResult:
    return next(r for r in results.values() if r.status != Status.PASSED)


def test_how_a_lost_axis_comes_back_is_said(key: Key) -> None:
    results = judged(key, COMPOSE, compose(lambda W, b: (W, b[0])))
    assert to_do(results, "leading-axis-missing").startswith("x[None] puts it back")


@pytest.mark.parametrize(
    ("name", "wrong", "product"),
    [
        (GATE, lambda dh, k: dh @ (k >= 0).T, "A @ B.T"),
        (GATE, lambda dh, k: dh.T @ (k >= 0), "A.T @ B"),
        (SWIGLU, lambda x, W, V: (x @ W) @ (x @ V).T, "A @ B.T"),
    ],
)
def test_a_matrix_product_for_one_by_entries_is_known_by_its_shape(
    key: Key, name: str, wrong: Any, product: str
) -> None:
    results = judged(key, name, wrong)
    for check in ("values", "shape"):
        assert results[check].mistake == "matrix-product-of-two"
        assert f"the shape of {product}, the matrix product" in likely(results[check])


def test_a_square_result_of_one_size_is_no_matrix_product(key: Key) -> None:
    results = judged(key, GATE, lambda dh, k: np.ones((3, 3)))
    assert results["shape"].mistake != "matrix-product-of-two"


def test_whole_numbers_are_asked_for_as_such(key: Key) -> None:
    of = "train.predict"
    result = judged(key, of, lambda f, params: right(of)(f, params).astype(float))["dtype"]
    (expected,) = result.message.find(Label.EXPECTED)
    assert expected.said == "an integer type"
