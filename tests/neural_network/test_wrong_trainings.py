"""A training that computes its own gradients and has one of them wrong is charged for that one."""

from typing import Any

import numpy as np
import pytest
from wrong_functions import Wrong, evidence_of, likely, outcomes

from autograder.core.message import Label
from autograder.core.records import CheckResult, Status
from autograder.homework.folder import Homework
from autograder.homework.key import Key
from autograder.judge.same_mistake import charge_once, say_causes
from autograder.judge.verdicts import judge_check
from rubric.train import train as question
from rubric.train_embeddings import train_embeddings
from rubric.training_costs import COSTS

TRAIN = "train.train"

OWN = """
def train(f, y, params, lr, epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    H, b_H, U, b_U = [params[name].copy() for name in ("H", "b_H", "U", "b_U")]
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(y))
        total = 0.0
        for start in range(0, len(y), batch_size):
            rows = order[start : start + batch_size]
            x, t = f[rows], len(rows)
            k = x @ H + b_H
            h = np.maximum(k, 0)
            z = h @ U + b_U
            e = np.exp(z - z.max(axis=1, keepdims=True))
            o = e / e.sum(axis=1, keepdims=True)
            total += -np.log(o[np.arange(t), y[rows]]).sum()
            dz = o.copy()
            dz[np.arange(t), y[rows]] -= 1
            dz /= t
            dU = h.T @ dz
            db_U = dz.sum(axis=0, keepdims=True)
            dk = (dz @ U.T) * (k >= 0)
            dH = x.T @ dk
            db_H = dk.sum(axis=0, keepdims=True)
            U -= lr * dU
            b_U -= lr * db_U
            H -= lr * dH
            b_H -= lr * db_H
        losses.append(total / len(y))
    return {"H": H, "b_H": b_H, "U": U, "b_U": b_U}, losses
"""

SUMMED = ("db_H = dk.sum(axis=0, keepdims=True)", "db_H = t * dk.sum(axis=0, keepdims=True)")
AFTER_THE_EPOCH = (
    "losses.append(total / len(y))",
    "z = np.maximum(f @ H + b_H, 0) @ U + b_U;"
    " losses.append(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]))",
)


def define(*changes: tuple[str, str]) -> Wrong:
    """Return the training above with some pieces of its text changed."""
    code = OWN
    for old, new in changes:
        assert old in code
        code = code.replace(old, new)
    names: dict[str, Any] = {"np": np}
    exec(code, names)
    train: Wrong = names["train"]
    return train


def judge(key: Key, *changes: tuple[str, str]) -> list[CheckResult]:
    """Return the verdicts on the training above, changed."""
    train = define(*changes)
    function = key.functions[TRAIN]
    evidences = {
        (TRAIN, phase): evidence_of(function, phase, outcomes(function, phase, train))
        for phase in ("public", "hidden")
    }
    results: list[CheckResult] = []
    for phase in ("public", "hidden"):
        checks = [c for c in key.checks if c.function == TRAIN and c.visibility == phase]
        results += [judge_check(check, key, evidences) for check in checks]
        results = say_causes(charge_once(results, key, evidences, phase), key, phase)
    return results


def lost(results: list[CheckResult]) -> set[str]:
    return {r.id.rpartition(".")[2] for r in results if r.score < r.max_score}


@pytest.fixture(scope="module")
def key(answer_keys: dict[str, object]) -> Key:
    homework = Homework.here()
    key = homework.read_key("full")
    assert key is not None
    return key


def test_the_training_is_right(key: Key) -> None:
    assert all([result.status == Status.PASSED for result in judge(key)])
    assert all([result.status == Status.PASSED for result in judge(key, AFTER_THE_EPOCH)])


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ([SUMMED], "b_H-not-averaged"),
        ([SUMMED, AFTER_THE_EPOCH], "b_H-not-averaged"),
        ([("            b_H -= lr * db_H\n", "")], "b_H-not-trained"),
        ([("b_H -= lr", "b_H += lr")], "b_H-ascends"),
        ([(" * (k >= 0)", "")], "gate-forgotten"),
        ([("(dz @ U.T) * (k >= 0)", "(dz @ U.T) * (dz @ U.T > 0)")], "gate-of-the-gradient"),
        ([("dU = h.T @ dz", "dU = k.T @ dz")], "output-gradient-of-k"),
        ([("dz /= t", "dz /= o.size")], "averaged-over-labels"),
        ([("U -= lr * dU", "U -= lr * dU / t")], "U-averaged-twice"),
    ],
)
def test_one_wrong_gradient_loses_one_check(
    key: Key, changes: list[tuple[str, str]], name: str
) -> None:
    results = judge(key, *changes)
    assert lost(results) == {"values"}
    assert next(r.mistake for r in results if r.score < r.max_score) == name
    assert len([r for r in results if r.status == Status.FAILED]) >= 4


@pytest.mark.parametrize(
    ("change", "more"),
    [
        (("losses.append(total / len(y))", "losses.append(total)"), {"losses"}),
        (
            ("        order = rng", "        rng = np.random.default_rng(0); order = rng"),
            {"shuffling"},
        ),
        (
            ("            x, t =", "            if t0 > len(rows): continue\n            x, t ="),
            {"minibatches", "losses", "shuffling", "hidden"},
        ),
        (("return {", "U = U.astype(np.float32)\n    return {"), {"dtype"}),
    ],
)
def test_a_second_mistake_loses_its_own_checks(
    key: Key, change: tuple[str, str], more: set[str]
) -> None:
    size = ("    losses = []\n", "    losses, t0 = [], min(batch_size, len(y))\n")
    results = judge(key, SUMMED, size, change)
    assert lost(results) == {"values"} | more


@pytest.mark.parametrize(
    ("change", "check", "label"),
    [
        (
            ("losses.append(total / len(y))", "losses.append(total / batch_size)"),
            "losses",
            "losses",
        ),
        (("losses.append(total / len(y))", "losses += [total, total]"), "losses", "losses"),
        (("db_H = dk.sum", "db_H = 1.1 * dk.sum"), "minibatches", "b_H"),
        (("db_U = dz", "db_U = (1 if t > 2 else 0.9) * dz"), "minibatches", "b_U"),
    ],
)
def test_what_is_expected_belongs_to_the_order_that_was_drawn(
    key: Key, change: tuple[str, str], check: str, label: str
) -> None:
    result = next(r for r in judge(key, change) if r.id == f"{TRAIN}.{check}")
    assert result.example is not None
    given: dict[str, Any] = {a.name: a.value for a in result.example.arguments}
    params = {name: given.pop(f'params["{name}"]') for name in ("H", "b_H", "U", "b_U")}
    ended, losses = define()(given.pop("f"), given.pop("y"), params, *given.values())
    compared = {one.label: one for one in result.example.results}[label]
    right = ended | {"losses": np.array(losses)}
    assert compared.expected is not None
    assert np.allclose(compared.expected, right[label])
    assert result.message.snippet is not None
    got, expected = result.message.snippet.lines[-2:]
    assert got.startswith(f'print("got {label}", ')
    assert expected.startswith(f'print("expected {label}", ')


def test_a_known_mistake_of_what_a_training_would_call_is_named(key: Key) -> None:
    columns = ("o = e / e.sum(axis=1, keepdims=True)", "o = e / e.sum(axis=0, keepdims=True)")
    together = ("z.max(axis=1, keepdims=True)", "z.max(axis=0, keepdims=True)")
    values = next(r for r in judge(key, columns, together) if r.id == f"{TRAIN}.values")
    assert (values.mistake, values.explained_by) == ("forward-softmax-over-columns", "change")
    start = "This is what comes out with a mistake that is known of forward: o adds up to 1 down"
    assert likely(values).startswith(start)


def test_what_takes_many_epochs_to_go_wrong_is_told_from_wrong_steps(key: Key) -> None:
    early = ("for _ in range(epochs)", "for _ in range(min(epochs, 5))")
    results = judge(key, early)
    assert lost(results) == {"converges"}
    (result,) = [r for r in results if r.status == Status.FAILED]
    assert "Trainings of a few epochs are right" in likely(result)
    both = judge(key, early, ("b_H -= lr * db_H", "b_H -= lr * db_H**3"))
    (result,) = [r for r in both if r.id == f"{TRAIN}.converges"]
    assert result.status == Status.FAILED
    assert likely(result) == ""


def test_the_one_gradient_that_is_wrong_after_one_step_is_named(key: Key) -> None:
    odd = ("db_H = dk.sum(axis=0, keepdims=True)", "db_H = dk.max(axis=0, keepdims=True)")
    values = next(r for r in judge(key, odd) if r.id == f"{TRAIN}.values")
    assert values.mistake is None
    (row,) = values.message.find(Label.COMPARED)
    assert "calls that are wrong, only b_H is: look at how it is made." in row.said


def test_the_table_of_costs_names_mistakes_that_exist_and_each_of_them_once() -> None:
    named = [name for names in COSTS.values() for name in names]
    assert len(named) == len(set(named))
    declared = {m.name: m for m in (*question.mistakes, *train_embeddings.mistakes)}
    assert set(named) <= declared.keys()
    assert all([declared[name].costs for name in named])


def test_a_mistake_is_named_in_what_it_costs(key: Key) -> None:
    values = next(r for r in judge(key, SUMMED) if r.id == f"{TRAIN}.values")
    assert "b_H is summed over the minibatch" in likely(values)


UNSEEN = [
    (("db_H = dk.sum", "db_H = 1.1 * dk.sum"), {"shuffling": "the values are wrong"}),
    (
        ("losses.append(total / len(y))", "losses.append(np.reshape(total, (2, 2)))"),
        {
            "shuffling": "a call raises an exception",
            "dtype": "a call raises an exception",
            "arguments": "a call raises an exception",
        },
    ),
    (
        ('"b_U": b_U}, losses', '"b_U": b_U}'),
        {
            "shuffling": "something else comes back",
            "dtype": "something else comes back",
            "arguments": "something else comes back",
        },
    ),
]


@pytest.mark.parametrize(("change", "unseen"), UNSEEN)
def test_what_wrong_values_hide_is_said_to_be_hidden(
    key: Key, change: tuple[str, str], unseen: dict[str, str]
) -> None:
    said = {
        r.id.rpartition(".")[2]: row.said
        for r in judge(key, change)
        for row in r.message.find(Label.UNSEEN)
    }
    said.pop("converges", "")
    assert said == {c: f"This can't be judged while {why}." for c, why in unseen.items()}


def test_a_fact_that_can_be_seen_is_judged_beside_wrong_values(key: Key) -> None:
    once = (
        "        order = rng.permutation",
        "        order = np.random.default_rng(0).permutation",
    )
    result = next(r for r in judge(key, SUMMED, once) if r.id == f"{TRAIN}.shuffling")
    assert result.status == Status.FAILED
    assert not result.message.find(Label.UNSEEN)
    assert likely(result)[0].isupper()
    assert likely(result).endswith(".")


def test_a_form_is_told_of_all_results_where_a_property_asks_about_some(key: Key) -> None:
    alone = ('"b_U": b_U}, losses', '"b_U": b_U}')
    result = next(r for r in judge(key, alone) if r.id == f"{TRAIN}.shuffling")
    (got,) = result.message.find(Label.GOT)
    assert got.said == "a dict came back where 2 results are expected: params, losses"


def test_what_goes_on_from_wrong_parameters_says_which_check_to_fix_first(key: Key) -> None:
    decays = ("U -= lr * dU", "U -= lr * (dU + 0.01 * U)")
    results = {r.id.rpartition(".")[2]: r for r in judge(key, decays)}
    assert results["values"].message.find(Label.COMPARED)
    for check in ("minibatches", "losses", "shuffling"):
        message = results[check].message
        assert not message.find(Label.COMPARED)
        (first,) = message.find(Label.FIRST)
        assert first.said.startswith("'parameters, one minibatch per epoch' of the same function")


def test_losses_alone_say_what_was_compared(key: Key) -> None:
    shifted = ("losses.append(total / len(y))", "losses.append(total / len(y) + 0.1 * t)")
    (losses,) = [r for r in judge(key, shifted) if r.status == Status.FAILED]
    assert losses.id == f"{TRAIN}.losses"
    assert losses.message.find(Label.COMPARED)
    assert not losses.message.find(Label.FIRST)


def test_the_number_of_epochs_is_told_where_it_parts_right_from_wrong(key: Key) -> None:
    shrinks = ("        total = 0.0\n", "        total = 0.0\n        lr *= 1.1 if losses else 1\n")
    values = next(r for r in judge(key, shrinks) if r.id == f"{TRAIN}.values")
    (compared,) = values.message.find(Label.COMPARED)
    assert "3 of the 5 calls are right: those where epochs is at most 1." in compared.said


def test_losses_of_each_item_are_known_by_their_shape(key: Key) -> None:
    each = (
        "losses.append(total / len(y))",
        "z = np.maximum(f @ H + b_H, 0) @ U + b_U;"
        " losses.append(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y])",
    )
    losses = next(r for r in judge(key, each) if r.id == f"{TRAIN}.losses")
    assert losses.mistake == "one-for-each-item"
    assert "there is one axis more, as long as f" in likely(losses)
