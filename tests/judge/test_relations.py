"""A relation is said where it holds on every call, in plain words, and nowhere else."""

import re

import numpy as np
import pytest
from wrong_functions import (
    AFFINE,
    COMPOSE,
    FORWARD,
    GATE,
    GELU,
    HOT,
    JACOBIAN,
    LEAKY,
    LOGITS,
    LOSS,
    SOFTMAX,
    STEP,
    SWISH,
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
    CheckResult,
    Status,
)
from autograder.homework.key import Key


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
    (SOFTMAX, after(SOFTMAX, lambda o: np.roll(o, 1, 0)), "off-by-one-row", "one place off"),
    (HOT, after(HOT, shifted), "off-by-one-column", "columns are all one place off"),
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
        "one row more than there should be, at the end",
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
        "still has to be averaged over the t items",
    ),
    (
        TABLE,
        lambda dx, ids, V: np.stack(
            [right(TABLE)(dx[s : s + 1], ids[s : s + 1], V) / len(dx) for s in range(len(dx))]
        ),
        "not-summed-over-axis-0",
        "still has to be added up over the t items",
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
    (
        AFFINE,
        lambda x, W, b: np.trunc(x @ W + b),
        "cut-to-integers",
        "after the decimal point is cut off",
    ),
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
        "right for x up to 3 in size, wrong from 3.25 on",
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
        "off by up to about 0.2 %",
    ),
    (
        SOFTMAX,
        lambda z: right(SOFTMAX)(z) + 3 * z.mean(axis=0) - 3 * z,
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
