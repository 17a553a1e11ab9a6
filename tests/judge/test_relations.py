"""A relation is said where it holds on every call, in plain words, and nowhere else."""

import dataclasses
import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder.authoring.compiler.reference import structure_of
from autograder.core.message import Label
from autograder.core.records import (
    CallOutcome,
    CheckResult,
    FileState,
    FunctionRun,
    Raised,
    Returned,
    Status,
)
from autograder.core.results import plain_result
from autograder.homework.folder import Homework, load_predicates
from autograder.homework.key import FunctionKey, Key, read_key
from autograder.judge.evidence import Evidence
from autograder.judge.letters import lengths_of
from autograder.judge.relations.explain import explain
from autograder.judge.verdicts import judge_check

Wrong = Callable[..., Any]
Results = dict[str, CheckResult]


@pytest.fixture(scope="module")
def key(answer_keys: dict[str, Path]) -> Key:
    """The full key."""
    return read_key(answer_keys["full"]).with_predicates(
        load_predicates(Homework.here().predicates_path)
    )


@cache
def right(name: str) -> Wrong:
    """Return a function of the solution."""
    file, _, function = name.partition(".")
    found: Wrong = getattr(importlib.import_module(file), function)
    return found


def copies(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: copies(item) for name, item in value.items()}
    return value.copy() if isinstance(value, np.ndarray) else value


def outcomes(function: FunctionKey, phase: str, wrong: Wrong) -> list[CallOutcome]:
    """Make all calls of a phase."""
    made: list[CallOutcome] = []
    for call in range(function.counts[phase]):
        arguments = [copies(argument) for argument in function.arguments(phase, call)]
        try:
            with np.errstate(all="ignore"):
                value = wrong(*arguments)
        except (IndexError, ValueError) as error:
            made.append(Raised(type(error).__name__, str(error)))
        else:
            made.append(Returned(plain_result(value, structure_of(function.names))))
    return made


def evidence_of(function: FunctionKey, phase: str, made: Sequence[CallOutcome]) -> Evidence:
    there = {"is_there": True, "is_callable": True}
    file = FileState(functions={function.function: there})
    return Evidence(function, phase, file, FunctionRun(tuple(made)))


def judged_outcomes(key: Key, name: str, made: Mapping[str, Sequence[CallOutcome]]) -> Results:
    """Judge the checks of one function, by the last part of their ids."""
    evidences = {
        (name, phase): evidence_of(key.functions[name], phase, made[phase]) for phase in made
    }
    checks = [c for c in key.checks if c.function == name and c.visibility in made]
    return {
        check.id.rpartition(".")[2]: judge_check(check, key, evidences)
        for check in checks
        if check.kind != "kink"
    }


def judged(key: Key, name: str, wrong: Wrong) -> Results:
    """Judge a wrong function as if it were a student's."""
    phases = ("public", "hidden")
    made = {phase: outcomes(key.functions[name], phase, wrong) for phase in phases}
    return judged_outcomes(key, name, made)


def likely(result: CheckResult) -> str:
    """Return what a message says is likely."""
    lines = [row.said for row in result.message.find(Label.LIKELY)]
    return lines[0] if lines else ""


def after(name: str, change: Callable[[Any], Any]) -> Wrong:
    """Return the right function with its result changed."""
    return lambda *arguments: change(right(name)(*arguments))


SOFTMAX, AFFINE, LOSS = "forward.softmax", "separability.affine", "forward.cross_entropy"
JACOBIAN, EMBED, TABLE = (
    "softmax_ce.softmax_jacobian",
    "embeddings.embed",
    "embeddings.embed_backward",
)
LOGITS, GATE, STEP = "softmax_ce.logits_grad", "relu_backward.relu_backward", "updates.sgd_update"
GELU, SWISH, FORWARD = "activations.gelu", "activations.swish", "forward.forward"
LEAKY, PREDICT = "activations.leaky_relu", "train.predict"
GRADIENTS, COMPOSE, HOT = (
    "updates.batch_gradients",
    "separability.compose_affine",
    "softmax_ce.one_hot",
)


def spoil_last(array: np.ndarray, *, axis: int) -> np.ndarray:
    changed = array.copy()
    np.moveaxis(changed, axis, 0)[-1] += 0.5
    return changed


def diagonal_doubled(jacobian: np.ndarray) -> np.ndarray:
    return jacobian * (1 + np.eye(jacobian.shape[1]))


def off_diagonal_tripled(jacobian: np.ndarray) -> np.ndarray:
    return jacobian * (3 - 2 * np.eye(jacobian.shape[1]))


def label_spoilt(o: np.ndarray, y: np.ndarray) -> np.ndarray:
    return o - 2 * np.eye(o.shape[1])[y]


def all_but_label_spoilt(o: np.ndarray, y: np.ndarray) -> np.ndarray:
    T = np.eye(o.shape[1])[y]
    return (o - T) + (1 - T)


def repeated_spoilt(dx: np.ndarray, ids: np.ndarray, vocab_size: int) -> np.ndarray:
    counts = np.bincount(ids.ravel(), minlength=vocab_size)[:, None]
    return right(TABLE)(dx, ids, vocab_size) + (counts > 1)


def absent_spoilt(dx: np.ndarray, ids: np.ndarray, vocab_size: int) -> np.ndarray:
    counts = np.bincount(ids.ravel(), minlength=vocab_size)[:, None]
    return right(TABLE)(dx, ids, vocab_size) + (counts == 0)


def some_rows_swapped(array: np.ndarray) -> np.ndarray:
    """Swap the first two rows and leave the others."""
    changed = array.copy()
    changed[:2] = changed[:2][::-1]
    return changed


def shifted(array: np.ndarray) -> np.ndarray:
    moved = np.zeros_like(array)
    moved[:, 1:] = array[:, :-1]
    return moved


#: Function, wrong function, relation, what is said of the values.
NUMBERS: list[tuple[str, Wrong, str, str]] = [
    (SOFTMAX, after(SOFTMAX, np.negative), "opposite-sign", "has the opposite sign"),
    (SOFTMAX, lambda z: right(SOFTMAX)(z) * len(z), "t-times-too-large", "t times too large"),
    (SOFTMAX, lambda z: right(SOFTMAX)(z) / len(z), "t-times-too-small", "t times too small"),
    (
        SOFTMAX,
        lambda z: -right(SOFTMAX)(z) / len(z),
        "opposite-sign-and-t-times-too-small",
        "t times too small, and has the opposite sign",
    ),
    (
        SOFTMAX,
        lambda z: right(SOFTMAX)(z) * len(z) ** 2,
        "t-squared-times-too-large",
        "t squared times too large",
    ),
    (SOFTMAX, lambda z: right(SOFTMAX)(z) * z.shape[1], "m-times-too-large", "m times too large"),
    (AFFINE, lambda x, W, b: (x @ W + b) / x.shape[1], "p-times-too-small", "p times too small"),
    (
        TABLE,
        lambda dx, ids, V: right(TABLE)(dx, ids, V) * ids.size,
        "t-n-times-too-large",
        "t * n times too large",
    ),
    (
        TABLE,
        lambda dx, ids, V: right(TABLE)(dx, ids, V) * (dx.shape[1] // ids.shape[1]),
        "e-times-too-large",
        "e times too large",
    ),
    (
        TABLE,
        lambda dx, ids, V: right(TABLE)(dx, ids, V) * V,
        "V-times-too-large",
        "V times too large",
    ),
    (
        AFFINE,
        lambda x, W, b: (x @ W + b) * len(x) / b.size,
        "t-over-q-times",
        "t / q times what it should be",
    ),
    (SOFTMAX, after(SOFTMAX, lambda o: o * 2.5), "constant-factor", "2.5 times what it should"),
    (SOFTMAX, after(SOFTMAX, lambda o: o + 0.25), "constant-offset", "too large by 0.25"),
    (AFFINE, lambda x, W, b: x @ W + 2 * b, "plus-b", "the right result plus b"),
    (COMPOSE, lambda W, b, U, c: (W @ U, b @ U + 2 * c), "plus-b1", "b: this is the right"),
    (SWISH, lambda x, beta=1.0: right(SWISH)(x, beta) * x, "times-x", "the right result times x"),
    (
        LEAKY,
        lambda x, slope=0.01: right(LEAKY)(x, slope) * slope,
        "times-slope",
        "right result times slope",
    ),
    (AFFINE, lambda x, W, b: b - (x @ W + b), "subtracted-from-b", "b minus the right result"),
    (SOFTMAX, after(SOFTMAX, np.transpose), "transposed", "rows and columns are swapped"),
    (
        SOFTMAX,
        after(SOFTMAX, lambda o: -o.T),
        "opposite-sign-and-transposed",
        "the opposite sign; rows and columns are swapped",
    ),
    (JACOBIAN, after(JACOBIAN, lambda J: J.transpose(2, 0, 1)), "axes-permuted", "another order"),
    (SOFTMAX, after(SOFTMAX, lambda o: o[::-1]), "row-order-reversed", "rows are in reverse"),
    (SOFTMAX, after(SOFTMAX, lambda o: o[:, ::-1]), "column-order-reversed", "columns are in rev"),
    (LOSS, after(LOSS, lambda o: o[::-1]), "entry-order-reversed", "entries are in reverse"),
    (SOFTMAX, after(SOFTMAX, lambda o: np.roll(o, 1, 0)), "off-by-one-row", "shifted by one"),
    (HOT, after(HOT, shifted), "off-by-one-column", "columns are shifted by one place"),
    (
        SOFTMAX,
        after(SOFTMAX, some_rows_swapped),
        "row-order",
        "in another order",
    ),
    (SOFTMAX, after(SOFTMAX, lambda o: o[:-1]), "last-row-missing", "the last row is missing"),
    (SOFTMAX, after(SOFTMAX, lambda o: o[:, 1:]), "first-column-missing", "the first column is"),
    (
        SOFTMAX,
        after(SOFTMAX, lambda o: np.vstack([o, o[:1] + 1])),
        "row-too-many-last",
        "one row too many, at the end",
    ),
    (SOFTMAX, after(SOFTMAX, lambda o: o.sum(0)), "summed-over-axis-0", "sum over the t items"),
    (SOFTMAX, after(SOFTMAX, lambda o: o.mean(0)), "averaged-over-axis-0", "mean over the t items"),
    (SOFTMAX, after(SOFTMAX, np.mean), "averaged-over-everything", "the mean of all numbers"),
    (
        TABLE,
        lambda dx, ids, V: np.stack(
            [right(TABLE)(dx[s : s + 1], ids[s : s + 1], V) for s in range(len(dx))]
        ),
        "not-averaged-over-axis-0",
        "not averaged yet over the t items",
    ),
    (
        TABLE,
        lambda dx, ids, V: np.stack(
            [right(TABLE)(dx[s : s + 1], ids[s : s + 1], V) / len(dx) for s in range(len(dx))]
        ),
        "not-summed-over-axis-0",
        "not added up yet over the t items",
    ),
    (LOSS, after(LOSS, lambda r: np.stack([r, r, r])), "repeated-along-axis-0", "repeated along"),
    (FORWARD, after(FORWARD, lambda r: (*r[:3], r[1])), "h-for-o", "o: this is h, not o"),
    (
        FORWARD,
        after(FORWARD, lambda r: (r[1], r[0], *r[2:])),
        "results-in-another-order",
        "h, k, z, o come back, but k, h, z, o are expected",
    ),
    (SOFTMAX, after(SOFTMAX, lambda o: 1 - o), "one-minus-right", "one minus the right result"),
    (GELU, after(GELU, np.abs), "absolute-value", "the absolute value"),
    (GELU, after(GELU, lambda g: np.maximum(g, 0)), "negative-cut-to-zero", "set to zero"),
    (SOFTMAX, after(SOFTMAX, np.square), "squared", "the square of the right result"),
    (SOFTMAX, after(SOFTMAX, np.sqrt), "square-root", "the square root"),
    (SOFTMAX, after(SOFTMAX, lambda o: 1 / o), "reciprocal", "one divided by the right"),
    (SOFTMAX, after(SOFTMAX, np.exp), "exponential", "this is exp of the right result"),
    (SOFTMAX, after(SOFTMAX, np.log), "logarithm", "the logarithm of the right result"),
    (AFFINE, lambda x, W, b: np.trunc(x @ W + b), "cut-to-integers", "decimals are cut off"),
    (SOFTMAX, after(SOFTMAX, lambda o: np.round(o, 3)), "rounded", "rounded to a few decimals"),
    (SOFTMAX, after(SOFTMAX, lambda o: np.clip(o, 0.1, 0.6)), "clipped", "below 0.1 or above 0.6"),
    (SOFTMAX, lambda z: np.full(z.shape, 0.5), "constant", "The same number comes back"),
    (SOFTMAX, lambda z: z, "argument-returned", "This is z itself, unchanged"),
    (STEP, lambda params, grads, lr: grads, "argument-returned", "This is grads itself"),
    (STEP, lambda params, grads, lr: {n: -a for n, a in params.items()}, "minus-the-argument", ""),
    (
        GATE,
        lambda dh, k: dh * np.where(k < 0, 0.5, 1),
        "wrong-where-k-is-negative",
        "k is negative",
    ),
    (
        GELU,
        lambda x: right(GELU)(x) + (x == 0),
        "wrong-where-x-is-zero",
        "right except where x is exactly zero",
    ),
    (
        GELU,
        lambda x: np.where(np.abs(x) > 3, np.sign(x), right(GELU)(x)),
        "wrong-for-large-x",
        "right for x up to 3 in size, wrong from 3.5 on",
    ),
    (LOGITS, label_spoilt, "wrong-at-the-label", "only the entry of the label y is wrong"),
    (LOGITS, all_but_label_spoilt, "right-at-the-label-only", "label y is right"),
    (JACOBIAN, after(JACOBIAN, diagonal_doubled), "wrong-on-the-diagonal", "diagonal is wrong"),
    (
        JACOBIAN,
        after(JACOBIAN, off_diagonal_tripled),
        "right-on-the-diagonal-only",
        "only the diagonal is right",
    ),
    (
        SOFTMAX,
        after(SOFTMAX, lambda o: spoil_last(o, axis=1)),
        "wrong-in-the-last-column",
        "only the last column is wrong",
    ),
    (
        SOFTMAX,
        after(SOFTMAX, lambda o: spoil_last(o, axis=0)),
        "wrong-in-the-last-row",
        "only the last row is wrong",
    ),
    (
        SOFTMAX,
        after(SOFTMAX, lambda o: o + 0.1 * np.arange(len(o))[:, None] ** 0.5),
        "right-in-the-first-row-only",
        "only the first row is right",
    ),
    (TABLE, repeated_spoilt, "wrong-for-repeated-words", "words that occur more than once in ids"),
    (TABLE, absent_spoilt, "wrong-for-absent-words", "words that do not occur in ids"),
    (
        AFFINE,
        lambda x, W, b: x @ W + b + 0.5 * (x @ W + b == 0),
        "wrong-where-zero-belongs",
        "wrong only where zero belongs",
    ),
    (
        SOFTMAX,
        lambda z: right(SOFTMAX)(z) * (1 + 2e-3 * np.sin(z)),
        "approximation",
        "right up to about 0.2 %",
    ),
    (
        SOFTMAX,
        lambda z: right(SOFTMAX)(z - z.max(0)) if len(z) > 1 else right(SOFTMAX)(z),
        "right-for-one-item-only",
        "wrong only where there are more",
    ),
    (
        SOFTMAX,
        lambda z: right(SOFTMAX)(z) if len(z) > 1 else np.cos(z),
        "wrong-for-one-item",
        "wrong for a batch of one item only",
    ),
]


@pytest.mark.parametrize(("name", "wrong", "relation", "says"), NUMBERS)
def test_a_relation_that_holds_on_every_call_is_said(
    key: Key, name: str, wrong: Wrong, relation: str, says: str
) -> None:
    result = judged(key, name, wrong)["values"]
    assert (result.status, result.mistake) == (Status.FAILED, relation)
    assert says in likely(result) or says in likely(result).lower()


def name_of(case: tuple[str, Wrong, str, str]) -> str:
    return f"{case[0].partition('.')[2]}-{case[2]}"


@pytest.mark.parametrize("case", NUMBERS, ids=map(name_of, NUMBERS))
def test_the_name_of_a_relation_in_a_hidden_check_has_no_number_of_an_input(
    key: Key, case: tuple[str, Wrong, str, str]
) -> None:
    name, wrong, relation, _ = case
    result = judged(key, name, wrong)["hidden"]
    assert result.mistake == relation
    named = re.sub("axis-[012]|b1", "", relation)  # which axis, which parameter
    assert not any([character.isdigit() for character in named])


def usual_calls(key: Key, name: str) -> list[int]:
    """Return the calls of the check of values that are not made again."""
    (check,) = [c for c in key.checks if c.id == f"{name}.values"]
    return list(check.calls[1:-2])


def with_one_other(key: Key, name: str, wrong: Wrong, call: int, other: Wrong) -> CheckResult:
    """Judge the values of a wrong function that is another one on one call."""
    made = outcomes(key.functions[name], "public", wrong)
    made[call] = outcomes(key.functions[name], "public", other)[call]
    return judged_outcomes(key, name, {"public": made})["values"]


def noise(name: str) -> Wrong:
    """Return a function whose results have the right form and meaningless numbers."""

    def spoilt(result: Any) -> Any:
        if isinstance(result, dict):
            return {label: spoilt(array) for label, array in result.items()}
        if isinstance(result, tuple):
            return tuple([spoilt(array) for array in result])
        rng = np.random.default_rng(result.size)
        return result * rng.uniform(2, 3, result.shape) + rng.normal(5, 1, result.shape)

    return after(name, spoilt)


@pytest.mark.parametrize("case", NUMBERS, ids=map(name_of, NUMBERS))
def test_a_relation_that_one_call_contradicts_is_not_said(
    key: Key, case: tuple[str, Wrong, str, str]
) -> None:
    name, wrong, relation, _ = case
    calls = usual_calls(key, name)
    if relation.startswith("wrong-"):
        calls = [max(calls, key=lambda call: right_numbers(key, name, wrong, call))]
    if relation == "right-for-one-item-only":  # the first call is the one of one item
        calls = [0]
    for call in {calls[0], calls[len(calls) // 2], calls[-1]}:
        result = with_one_other(key, name, wrong, call, noise(name))
        assert result.status == Status.FAILED
        assert result.mistake != relation


def right_numbers(key: Key, name: str, wrong: Wrong, call: int) -> int:
    """Return how many numbers of a wrong function's result are right: noise contradicts there."""
    arguments = key.functions[name].arguments("public", call)
    return int(np.isclose(wrong(*arguments), right(name)(*arguments)).sum())


#: Not those that stay true where one example more is right.
LOOSE = ("wrong-", "right-", "approximation", "row-order")
EVERYWHERE = [
    case for case in NUMBERS if case[2] == "row-order-reversed" or not case[2].startswith(LOOSE)
]


@pytest.mark.parametrize("case", EVERYWHERE, ids=map(name_of, EVERYWHERE))
def test_a_relation_is_not_said_where_one_call_is_right_instead(
    key: Key, case: tuple[str, Wrong, str, str]
) -> None:
    name, wrong, relation, _ = case
    function = key.functions[name]
    made = {
        "wrong": outcomes(function, "public", wrong),
        "right": outcomes(function, "public", right(name)),
    }
    evidence = evidence_of(function, "public", made["wrong"])
    shown = [call for call in usual_calls(key, name) if evidence.match(call) is None]
    for call in (shown[0], shown[-1]):
        result = with_one_other(key, name, wrong, call, right(name))
        assert result.mistake != relation


@pytest.mark.parametrize("case", NUMBERS, ids=map(name_of, NUMBERS))
def test_one_wrong_example_among_many_is_no_relation(
    key: Key, case: tuple[str, Wrong, str, str]
) -> None:
    name, wrong, _, _ = case
    call = usual_calls(key, name)[-1]
    result = with_one_other(key, name, right(name), call, wrong)
    assert result.mistake in (None, "not-finite", "wrong-for-one-item")


def test_numbers_next_to_nothing_do_not_tell_how_exact_an_approximation_is(key: Key) -> None:
    """Far left swish is about 1e-17, where 0 is as near as anything."""

    def nearly(x: np.ndarray, beta: float = 1.0) -> np.ndarray:
        r = right(SWISH)(x, beta)
        return np.where(np.abs(r) < 1e-9, 0.0, r + 5e-4 * r * np.sign(np.sin(9 * r)))

    result = judged(key, SWISH, nearly)["large"]
    assert result.mistake == "approximation"
    assert "up to about 0.05 %" in likely(result)


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
    (SOFTMAX, after(SOFTMAX, lambda o: o[None]), "leading-axis-added", "A leading axis"),
    (PREDICT, after(PREDICT, lambda r: r[:, None]), "trailing-axis-added", "A trailing axis"),
    (SOFTMAX, after(SOFTMAX, np.squeeze), "axes-of-length-one-missing", "All axes of length"),
    (SOFTMAX, after(SOFTMAX, np.transpose), "transposed", "Rows and columns are swapped"),
    (SOFTMAX, after(SOFTMAX, np.ravel), "flattened", "all in one flat row"),
    (
        JACOBIAN,
        after(JACOBIAN, lambda J: J.reshape(len(J), -1)),
        "other-axes",
        "are right and in the right order, but the axes are not",
    ),
    (SOFTMAX, after(SOFTMAX, lambda o: o[:, :-1]), "last-column-missing", "The last column is"),
    (AFFINE, after(AFFINE, lambda r: r.sum(1)), "summed-over-axis-1", "second axis, v."),
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
