"""A mistake is charged once: functions that call a wrong one keep their points, and say so."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from quick import slow_after

Grade = Callable[..., dict[str, Any]]
Patched = Callable[..., dict[str, Any]]

RELU = """
def relu(x):
    return np.abs(x)
"""
RELU_IN_PLACE = """
def relu(x):
    x[x < 0] = 0
    return x
"""
SOFTMAX = """
def softmax(z):
    e = np.exp(z - z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)
"""
SOFTMAX_IN_FLOAT32 = """
def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return (e / e.sum(axis=1, keepdims=True)).astype(np.float32)
"""
ONE_HOT = """
def one_hot(y, m):
    return np.eye(m)[y - 1]
"""
LOGITS_GRAD = """
def logits_grad(o, y):
    return (o - one_hot(y, o.shape[1])) / len(y)
"""
EMBED = """
def embed(E, ids):
    return E[ids - 1].reshape(len(ids), -1)
"""
SGD_IN_PLACE = """
def sgd_update(params, grads, lr):
    for name in params:
        params[name] -= lr * grads[name]
    return params
"""
NOT_MOVED = """
def sgd_update(params, grads, lr):
    return {name: value.copy() for name, value in params.items()}
"""
SIGMOID_OVERFLOWS = """
def sigmoid(x):
    return np.exp(x) / (np.exp(x) + 1)
"""


@pytest.fixture
def patched(root: Path, tmp_path: Path, graded: Grade) -> Patched:
    """Grade the solution with definitions appended to some of its files."""

    def run(**patches: str) -> dict[str, Any]:
        folder = tmp_path / "submission"
        shutil.copytree(root / "solution", folder, ignore=shutil.ignore_patterns("__pycache__"))
        for file, code in patches.items():
            path = folder / f"{file}.py"
            path.write_text(path.read_text() + "\n\n" + code)
        return graded(folder)

    return run


def lost(report: dict[str, Any]) -> set[str]:
    """Return the functions that lost points."""
    return {c["function"] for c in report["checks"] if c["score"] < c["max_score"]}


def carried(report: dict[str, Any]) -> dict[str, str]:
    """Return the messages of checks that failed and kept their points, by function."""
    return {
        c["function"]: c["message"]
        for c in report["checks"]
        if c["status"] != "passed" and c["score"] == c["max_score"]
    }


@pytest.mark.parametrize(
    ("file", "code", "source", "dependents"),
    slow_after(
        1,
        [
            ("activations", RELU, "activations.relu", {"forward.forward", "train.train"}),
            ("activations", RELU_IN_PLACE, "activations.relu", {"forward.forward", "train.train"}),
            ("forward", SOFTMAX, "forward.softmax", {"forward.forward", "train.predict"}),
            ("forward", SOFTMAX_IN_FLOAT32, "forward.softmax", {"forward.forward"}),
            (
                "softmax_ce",
                ONE_HOT,
                "softmax_ce.one_hot",
                {"softmax_ce.logits_grad", "train.train"},
            ),
            ("softmax_ce", LOGITS_GRAD, "softmax_ce.logits_grad", {"train.train"}),
            ("embeddings", EMBED, "embeddings.embed", {"train.train_embeddings"}),
            ("updates", SGD_IN_PLACE, "updates.sgd_update", {"train.train"}),
            ("activations", SIGMOID_OVERFLOWS, "activations.sigmoid", {"activations.swish"}),
        ],
    ),
)
def test_only_the_wrong_function_loses_points(
    patched: Patched, file: str, code: str, source: str, dependents: set[str]
) -> None:
    report = patched(**{file: code})
    assert lost(report) == {source}
    explained = carried(report)
    assert dependents <= explained.keys()
    sentence = f"calls {source}, and passes with the right results of that one"
    assert all([sentence in message for message in explained.values()])


def test_a_check_that_is_carried_along_names_no_mistake_of_its_own(patched: Patched) -> None:
    report = patched(activations=RELU)
    own = [c for c in report["checks"] if c["function"] == "forward.forward"]
    assert {c["misconception"] for c in own} == {None}
    assert all(["likely" not in c["message"] and "see it" not in c["message"] for c in own])


@pytest.mark.slow
def test_a_function_that_does_not_call_the_wrong_one_is_charged_for_the_same_result(
    patched: Patched,
) -> None:
    own = """
def forward(f, H, b_H, U, b_U):
    k = f @ H + b_H
    h = np.abs(k)
    z = h @ U + b_U
    return k, h, z, softmax(z)
"""
    assert "forward.forward" in lost(patched(activations=RELU, forward=own))


def test_a_function_with_a_mistake_of_its_own_as_well_is_charged(patched: Patched) -> None:
    own = """
def forward(f, H, b_H, U, b_U):
    k = f @ H + b_H
    h = relu(k)
    z = h @ U
    return k, h, z, softmax(z)
"""
    assert "forward.forward" in lost(patched(activations=RELU, forward=own))


def test_nobody_earns_points_by_handing_back_what_came(patched: Patched) -> None:
    lazy = """
def train(f, y, params, lr, epochs, batch_size, seed):
    return sgd_update(params, {}, lr), [0.0] * epochs
"""
    report = patched(updates=NOT_MOVED, train=lazy)
    own = [c for c in report["checks"] if c["id"].startswith("train.train.")]
    values = [c for c in own if c["id"].endswith((".values", ".hidden", ".minibatches"))]
    assert [c["score"] for c in values] == [0, 0, 0]


@pytest.mark.slow
def test_a_function_that_only_raises_is_given_nothing(patched: Patched) -> None:
    wrong = "def one_hot(y, m):\n    return np.eye(m)[y].T\n"
    lazy = """
def train(f, y, params, lr, epochs, batch_size, seed):
    raise ValueError(logits_grad)
"""
    report = patched(softmax_ce=wrong, train=lazy)
    own = [c for c in report["checks"] if c["function"] == "train.train"]
    assert sum([c["score"] for c in own]) == 0


def test_two_functions_that_mention_each_other_do_not_excuse_each_other(
    patched: Patched,
) -> None:
    report = patched(
        relu_backward="""
def hidden_grad(dz, U):
    if False:
        import embeddings
        embeddings.input_grad
        input_grad
    return dz @ U.reshape(U.shape[::-1])

from embeddings import input_grad
""",
        embeddings="""
from relu_backward import hidden_grad

def input_grad(dk, H):
    if False:
        hidden_grad
    return dk @ H.reshape(H.shape[::-1])
""",
    )
    assert lost(report) >= {"relu_backward.hidden_grad"} or lost(report) >= {
        "embeddings.input_grad"
    }


@pytest.mark.slow
def test_a_dependent_is_not_excused_by_a_mistake_that_was_not_made(patched: Patched) -> None:
    own = """
def forward(f, H, b_H, U, b_U):
    k = f @ H + b_H
    h = relu(k)
    z = h @ U + b_U
    e = np.exp(z - z.max(axis=0, keepdims=True))
    return k, h, z, e / e.sum(axis=0, keepdims=True) + 0 * softmax(z)
"""
    assert lost(patched(forward=own)) >= {"forward.forward"}


def test_the_public_half_gives_back_the_same_points(
    root: Path, tmp_path: Path, graded: Grade
) -> None:
    folder = tmp_path / "submission"
    shutil.copytree(root / "solution", folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "activations.py"
    path.write_text(path.read_text() + RELU)
    assert lost(graded(folder, "--public")) == {"activations.relu"}


@pytest.mark.slow
def test_the_first_function_of_the_homework_is_carried_as_any_other(patched: Patched) -> None:
    affine = "def affine(x, W, b):\n    return x @ W - b\n"
    own = """
from separability import affine

def forward(f, H, b_H, U, b_U):
    k = affine(f, H, b_H)
    h = relu(k)
    z = affine(h, U, b_U)
    return k, h, z, softmax(z)
"""
    report = patched(separability=affine, forward=own)
    assert lost(report) == {"separability.affine"}
    assert "calls separability.affine, and passes" in carried(report)["forward.forward"]


UNKNOWN = {
    "odd numbers": "def relu(x):\n    return np.where(x > 0, x**3 + 0.125, 0.0)\n",
    "an exception": "def relu(x):\n    raise ValueError('not today')\n",
    "nothing": "def relu(x):\n    x + 1\n",
    "another shape": "def relu(x):\n    return np.maximum(x, 0).ravel()\n",
    "a list": "def relu(x):\n    return [max(n, 0) for n in x]\n",
    "single precision in place": "def relu(x):\n    x *= x > 0\n    return x.astype(np.float32)\n",
}


@pytest.mark.parametrize("what", slow_after(1, UNKNOWN))
def test_a_mistake_that_nobody_knows_is_charged_once_as_well(patched: Patched, what: str) -> None:
    report = patched(activations=UNKNOWN[what])
    assert lost(report) == {"activations.relu"}
    assert {"forward.forward", "train.train"} <= carried(report).keys()


def test_two_wrong_functions_are_charged_once_each(patched: Patched) -> None:
    report = patched(activations=UNKNOWN["odd numbers"], forward=SOFTMAX)
    assert lost(report) == {"activations.relu", "forward.softmax"}
    message = carried(report)["forward.forward"]
    assert "calls activations.relu and forward.softmax, and passes with the right" in message


@pytest.mark.slow
def test_an_order_of_the_items_of_its_own_changes_nothing(patched: Patched) -> None:
    own = """
def train(f, y, params, lr, epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    losses = []
    for _ in range(epochs):
        order, total = list(rng.permutation(len(y)))[::-1], 0.0
        while order:
            batch, order = order[:batch_size], order[batch_size:]
            k, h, z, o = forward(f[batch], params["H"], params["b_H"], params["U"], params["b_U"])
            total += cross_entropy(o, y[batch]).sum()
            dz = logits_grad(o, y[batch])
            dk = relu_backward(hidden_grad(dz, params["U"]), k)
            grads = batch_gradients(f[batch], h, dk, dz)
            params = sgd_update(params, dict(zip(("H", "b_H", "U", "b_U"), grads)), lr)
        losses.append(total / len(y))
    return params, losses
"""
    imports = (
        "from forward import cross_entropy, forward\nfrom softmax_ce import logits_grad\n"
        "from relu_backward import hidden_grad, relu_backward\n"
        "from updates import batch_gradients, sgd_update\n"
    )
    wrong = "def batch_gradients(f, h, dk, dz):\n    return f.T @ dk, dk, h.T @ dz, dz\n"
    report = patched(train=imports + own, updates=wrong)
    assert lost(report) == {"updates.batch_gradients"}


def first_of(report: dict[str, Any], function: str) -> str:
    """Return what the first check of a function that loses points says to fix first."""
    own = [c for c in report["checks"] if c["function"] == function and c["score"] < c["max_score"]]
    (line,) = [x for x in own[0]["message"].split("\n") if x.startswith("first ")]
    return line.removeprefix("first ").strip()


@pytest.mark.slow
def test_a_caller_that_asks_for_something_else_is_charged_and_told_so(patched: Patched) -> None:
    own = """
def forward(f, H, b_H, U, b_U):
    k = f @ H - b_H
    h = relu(k)
    z = h @ U + b_U
    return k, h, z, softmax(z)
"""
    report = patched(activations=UNKNOWN["odd numbers"], forward=own)
    assert first_of(report, "forward.forward") == (
        "forward calls activations.relu, which fails its own checks: fix it first; forward calls it"
        " with arguments for which no right result is known"
    )


@pytest.mark.slow
def test_a_caller_with_a_mistake_of_its_own_is_told_that_there_are_two(patched: Patched) -> None:
    own = """
def forward(f, H, b_H, U, b_U):
    k = f @ H + b_H
    h = relu(k)
    z = h @ U + b_U
    return k, h, z, z
"""
    report = patched(activations=UNKNOWN["odd numbers"], forward=own)
    assert lost(report) >= {"forward.forward"}
    assert first_of(report, "forward.forward").endswith(
        "forward fails with the right results of it as well"
    )


@pytest.mark.slow
def test_a_function_that_is_named_and_not_called_is_no_reason(patched: Patched) -> None:
    own = """
def forward(f, H, b_H, U, b_U):
    k = f @ H + b_H
    h = np.abs(k) if len(f) else relu(k)
    z = h @ U + b_U
    return k, h, z, softmax(z)
"""
    report = patched(activations=UNKNOWN["odd numbers"], forward=own)
    own_checks = [c for c in report["checks"] if c["function"] == "forward.forward"]
    assert lost(report) == {"activations.relu", "forward.forward"}
    assert not any(["relu" in c["message"].partition("first ")[2] for c in own_checks])


@pytest.mark.slow
def test_nobody_learns_a_result_without_its_arguments(patched: Patched) -> None:
    thief = """
import gc

def forward(f, H, b_H, U, b_U):
    seen = [x for x in gc.get_objects() if isinstance(x, dict)]
    tables = [v for d in seen for v in list(d.values()) if isinstance(v, np.ndarray)]
    fits = [v for v in tables if v.shape == (len(f), U.shape[1]) and np.allclose(v.sum(1), 1)]
    for guess in (f, H, U, f @ H):
        try:
            softmax(guess)
        except Exception:
            continue
    o = fits[0] if fits else np.ones((len(f), U.shape[1]))
    k = f @ H + b_H
    return k, k * (k > 0), np.log(o), o
"""
    report = patched(forward=UNKNOWN["odd numbers"].replace("relu(x)", "softmax(x)") + thief)
    own = [c for c in report["checks"] if c["function"] == "forward.forward"]
    values = [c["score"] for c in own if c["id"].endswith((".values", ".hidden"))]
    assert values == [0, 0]


def test_a_check_with_a_mistake_of_its_own_is_charged_beside_those_that_are_carried(
    root: Path, patched: Patched
) -> None:
    train = (root / "solution" / "train.py").read_text()
    seeded = train.replace("rng.permutation(", "np.random.default_rng(7).permutation(")
    assert seeded != train
    report = patched(train=seeded, activations=UNKNOWN["odd numbers"])
    lost_checks = [c["id"] for c in report["checks"] if c["score"] < c["max_score"]]
    assert [name for name in lost_checks if name.startswith("train.train.")] == [
        "train.train.shuffling"
    ]


def test_a_function_can_ask_for_nothing_but_what_is_replaced(patched: Patched) -> None:
    thief = """
import sys

def forward(f, H, b_H, U, b_U):
    k, frame = f @ H + b_H, sys._getframe()
    while frame is not None and "_ask_the_judge" not in dir(frame.f_locals.get("self")):
        frame = frame.f_back
    worker = frame.f_locals["self"]
    told = worker._ask_the_judge("activations.relu", ((k, "float64"),))
    h = np.maximum(k, 0) if told is not None else k
    z = h @ U + b_U
    return k, h, z, softmax(z)
"""
    report = patched(forward=UNKNOWN["odd numbers"].replace("relu(x)", "softmax(x)") + thief)
    own = [c for c in report["checks"] if c["function"] == "forward.forward"]
    values = [c["score"] for c in own if c["id"].endswith((".values", ".hidden"))]
    assert values == [0, 0]
