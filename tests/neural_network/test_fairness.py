"""What is promised to students as fair holds: through the real command, and in the key's inputs."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.homework.key import CheckKey, FunctionKey, Key, read_key
from forward import forward

ROOT = Path(__file__).resolve().parents[2]

#: Appended to the solution's modules: each function is right but for the fact named beside it.
PATCHES = {
    "separability": """
def affine(x, W, b):  # a list of lists
    return (x @ W + b).tolist()

def compose_affine(W0, b0, W1, b1):  # a list of results
    return [W0 @ W1, b0 @ W1 + b1]

def step(x):  # truth values
    return x > 0

def xor_by_hand():  # whole numbers, in lists
    return [[1, -1], [-1, 1]], [[0, 0]], [[-2], [-2]], [[1]]
""",
    "activations": """
import warnings

def tanh(x):  # a matrix
    return np.asmatrix(np.tanh(x))

def relu(x):  # the argument itself where it is right
    return x if (x >= 0).all() else np.maximum(x, 0.0)

def gelu(x):  # beyond the tolerance
    right = x * _normal_cdf(x)
    return right * (1 + 1.1e-6) + 2e-9

def swish(x, beta=1.0):  # within the tolerance
    return x * sigmoid(beta * x) * (1 + 0.9e-6)

def leaky_relu(x, slope=0.01):  # prints and warns
    print("x is", x)
    warnings.warn("careful")
    with np.errstate(divide="warn"):
        np.float64(1) / np.zeros(1)
    return np.where(x >= 0, x, slope * x)

def sigmoid(x):  # overflows inside, with a warning
    with np.errstate(over="warn"):
        return 1 / (1 + np.exp(-x))

def tanh_grad(x):  # float32
    e = np.exp(-np.abs(x))
    return ((2.0 * e / (1.0 + e**2)) ** 2).astype(np.float32)

def relu_grad(x):  # 0 at 0
    return np.where(x > 0, 1.0, 0.0)

def leaky_relu_grad(x, slope=0.01):  # the slope at 0
    return np.where(x > 0, 1.0, slope)
""",
    "forward": """
def cross_entropy(o, y):  # an epsilon
    return -np.log(o[np.arange(len(y)), y] + 1e-12)
""",
    "softmax_ce": """
def one_hot(y, m):  # whole numbers
    return (np.arange(m) == y[:, None]).astype(int)
""",
    "relu_backward": """
def relu_backward(dh, k):  # written into the argument, and 0 at 0
    dh[k <= 0] = 0
    return dh
""",
    "updates": """
def batch_gradients(f, h, dk, dz):  # flat biases
    t = len(f)
    return f.T @ dk / t, dk.mean(axis=0), h.T @ dz / t, dz.mean(axis=0)
""",
    "train": """
import random

def train(f, y, params, lr, epochs, batch_size, seed):  # the short minibatch first
    generator, losses = random.Random(seed), []
    for _ in range(epochs):
        order = list(range(len(y)))
        generator.shuffle(order)
        first = len(y) % batch_size or batch_size
        starts = [0, *range(first, len(y), batch_size)]
        total = 0.0
        for start, end in zip(starts, [*starts[1:], len(y)]):
            rows = order[start:end]
            k, h, z, o = forward(f[rows], params["H"], params["b_H"], params["U"], params["b_U"])
            total += cross_entropy(o, y[rows]).sum()
            dz = logits_grad(o, y[rows])
            dk = relu_backward(hidden_grad(dz, params["U"]), k)
            grads = batch_gradients(f[rows], h, dk, dz)
            params = sgd_update(params, dict(zip(("H", "b_H", "U", "b_U"), grads)), lr)
        losses.append(total / len(y))
    return params, losses
""",
}


@pytest.fixture(scope="module")
def run(
    answer_keys: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], bytes]:
    """Grade the patched solution with a hash seed, and return the JSON."""
    folder = tmp_path_factory.mktemp("patched") / "submission"
    shutil.copytree(ROOT / "solution", folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name, patch in PATCHES.items():
        with (folder / f"{name}.py").open("a") as file:
            file.write(patch)

    def grade(hash_seed: str) -> bytes:
        report = folder.parent / f"report-{hash_seed}.json"
        call = [sys.executable, "-m", "autograder", "grade", folder, "--json", report]
        done = subprocess.run(
            [str(word) for word in call],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return report.read_bytes()

    return grade


@pytest.fixture(scope="module")
def report(run: Callable[[str], bytes]) -> dict[str, Any]:
    """The report on the patched solution."""
    content: dict[str, Any] = json.loads(run("0"))
    return content


@pytest.fixture
def lost(report: dict[str, Any]) -> Callable[[str], set[str]]:
    """Return which checks of a function lost points."""

    def checks(function: str) -> set[str]:
        own = [check for check in report["checks"] if check["function"] == function]
        assert own
        failed = [check for check in own if check["score"] < check["max_score"]]
        return {check["id"].rpartition(".")[2] for check in failed}

    return checks


@pytest.mark.parametrize(
    ("function", "facts"),
    [
        ("separability.affine", set()),
        ("separability.compose_affine", set()),
        ("separability.step", {"dtype"}),
        ("separability.xor_by_hand", set()),
        ("activations.tanh", set()),
        ("activations.relu", set()),
        ("activations.gelu", {"values", "hidden", "large"}),
        ("activations.swish", set()),
        ("activations.swiglu", set()),
        ("activations.leaky_relu", set()),
        ("activations.sigmoid", set()),
        ("activations.tanh_grad", {"dtype"}),
        ("activations.relu_grad", set()),
        ("activations.leaky_relu_grad", set()),
        ("forward.cross_entropy", set()),
        ("forward.forward", set()),
        ("softmax_ce.one_hot", {"dtype"}),
        ("softmax_ce.logits_grad", set()),
        ("relu_backward.relu_backward", {"arguments", "kink"}),
        ("updates.batch_gradients", {"shape"}),
        ("embeddings.embed", set()),
        ("train.train", set()),
        ("train.train_embeddings", set()),
        ("train.predict", set()),
    ],
)
def test_each_function_loses_what_its_one_fact_is_worth(
    lost: Callable[[str], set[str]], function: str, facts: set[str]
) -> None:
    assert lost(function) == facts


def test_the_score_is_what_those_facts_leave(report: dict[str, Any]) -> None:
    gone = [check["max_score"] for check in report["checks"] if check["status"] != "passed"]
    assert len(gone) == 9
    assert report["score"] == pytest.approx(100 - sum(gone))


def test_relu_at_zero_is_charged_once_under_one_name(report: dict[str, Any]) -> None:
    charged = [c for c in report["checks"] if c["misconception"] == "relu-gradient-zero-at-zero"]
    assert [check["id"] for check in charged] == ["relu_backward.relu_backward.kink"]
    assert charged[0]["max_score"] == 1


def test_what_is_printed_is_kept_apart_from_the_messages(report: dict[str, Any]) -> None:
    assert report["printed"]["activations.leaky_relu"].startswith("x is [[")
    assert "x is [[" not in json.dumps(report["checks"])


def test_a_second_run_with_another_hash_seed_gives_the_same_bytes(
    report: dict[str, Any], run: Callable[[str], bytes]
) -> None:
    again = run("4711")
    assert json.loads(again) == report
    assert again == run("0")


# The inputs of the compiled key.


@pytest.fixture(scope="module")
def key(answer_keys: dict[str, Path]) -> Key:
    """The full key."""
    return read_key(answer_keys["full"])


def calls_of(function: FunctionKey) -> Iterator[dict[str, Any]]:
    """Yield the arguments of every call, by name, those inside a dict too."""
    for phase in ("public", "hidden"):
        for call in range(function.counts[phase]):
            named = function.named_arguments(phase, call)
            for value in list(named.values()):
                if isinstance(value, dict):
                    named |= value
            yield named


def all_calls(key: Key) -> list[tuple[str, dict[str, Any]]]:
    """Return the function and the arguments of every call."""
    return [(name, call) for name, f in key.functions.items() for call in calls_of(f)]


def checks_of(key: Key, function: str) -> list[CheckKey]:
    """Return a function's checks that compare values."""
    return [c for c in key.checks if c.function == function and c.kind == "values"]


def test_every_array_is_of_the_promised_type_and_below_a_million(key: Key) -> None:
    for name, call in all_calls(key):
        for parameter, value in call.items():
            if isinstance(value, np.ndarray):
                wanted = np.int64 if parameter in ("y", "ids") else np.float64
                assert value.dtype == wanted, f"{name}: {parameter}"
                assert np.abs(value).max() < 1e6, f"{name}: {parameter}"


def test_right_activations_and_logits_are_below_a_million(key: Key) -> None:
    for name in ("forward.forward", "separability.affine", "train.predict"):
        for call in calls_of(key.functions[name]):
            if name == "separability.affine":
                made = [call["x"] @ call["W"] + call["b"]]
            else:
                made = forward(*[call[symbol] for symbol in ("f", "H", "b_H", "U", "b_U")])
            assert max([np.abs(array).max() for array in made]) < 1e6


TWO_AXES = {"f", "H", "U", "k", "h", "z", "o", "E", "x", "W", "V", "dz", "dh", "dk", "dx", "ids"}
BIASES = {"b", "b0", "b1", "b_H", "b_U"}


def test_every_array_has_its_axes_and_at_least_one_item(key: Key) -> None:
    for name, call in all_calls(key):
        for parameter, value in call.items():
            if parameter in TWO_AXES | BIASES and np.ndim(value):
                assert value.ndim == 2, f"{name}: {parameter}"
                assert min(value.shape) >= 1
            if parameter in BIASES:
                assert len(value) == 1, f"{name}: {parameter}"
            if parameter == "y":
                assert value.ndim == 1
                assert len(value) >= 1


def test_labels_and_ids_are_in_range(key: Key) -> None:
    for name, call in all_calls(key):
        if "y" in call:
            m = call["m"] if "m" in call else call.get("o", call.get("b_U"))
            assert call["y"].min() >= 0
            assert call["y"].max() < (m if isinstance(m, int) else m.shape[1]), name
        if "ids" in call:
            size = call.get("vocab_size") or len(call["E"])
            assert call["ids"].min() >= 0
            assert call["ids"].max() < size, name


def test_probabilities_are_a_distribution_and_the_labels_is_never_too_small(key: Key) -> None:
    seen = 0
    for name, call in all_calls(key):
        if "o" not in call:
            continue
        o = call["o"]
        assert (o >= 0).all()
        assert np.allclose(o.sum(axis=1), 1, rtol=0, atol=1e-12), name
        if "y" in call:
            seen += 1
            assert o[np.arange(len(o)), call["y"]].min() >= 1e-6, name
    assert seen > 50


def test_the_labels_probability_is_never_too_small_where_training_starts(key: Key) -> None:
    for name in ("train.train",):
        for call in calls_of(key.functions[name]):
            *_, o = forward(*[call[symbol] for symbol in ("f", "H", "b_H", "U", "b_U")])
            assert o[np.arange(len(o)), call["y"]].min() >= 1e-6


#: Where a derivative is taken, and at which argument.
AT_THE_KINK = {
    "relu_backward.relu_backward": "k",
    "activations.relu_grad": "x",
    "activations.leaky_relu_grad": "x",
}


def kink_calls(key: Key) -> dict[str, set[int]]:
    """Return the public calls of the kink's check by function."""
    (check,) = [check for check in key.checks if check.kind == "kink"]
    return {member["function"]: set(member["calls"]) for member in check.data["members"]}


def test_k_exactly_zero_is_in_the_calls_of_the_kink_alone(key: Key) -> None:
    kink = kink_calls(key)
    assert set(kink) == set(AT_THE_KINK)
    for name, parameter in AT_THE_KINK.items():
        function = key.functions[name]
        position = function.parameters.index(parameter)
        for phase in ("public", "hidden"):
            for call in range(function.counts[phase]):
                k = function.arguments(phase, call)[position]
                is_kink = phase == "public" and call in kink[name]
                assert (np.abs(k).min() == 0) == is_kink, f"{name} {phase} {call}"


def test_no_other_check_looks_at_the_calls_of_the_kink(key: Key) -> None:
    kink = kink_calls(key)
    for check in key.checks:
        if check.kind != "kink" and check.visibility == "public":
            assert not kink.get(check.function, set()) & set(check.calls), check.id


def test_training_never_starts_at_a_kink_but_on_xor(key: Key) -> None:
    function = key.functions["train.train"]
    decided_by_value = {
        (check.visibility, call)
        for check in key.checks
        if check.function == function.name and check.kind != "converges"
        for call in check.calls
    }
    for phase, call in decided_by_value:
        f, _, p, *_ = function.arguments(phase, call)
        k = forward(f, p["H"], p["b_H"], p["U"], p["b_U"])[0]
        assert np.abs(k).min() > 1e-4


AVERAGES = (
    "updates.batch_gradients",
    "embeddings.embed_backward",
    "train.train",
    "train.train_embeddings",
)


@pytest.mark.parametrize("name", AVERAGES)
def test_an_average_is_never_decided_on_one_item_alone(key: Key, name: str) -> None:
    function = key.functions[name]
    for check in checks_of(key, name):
        sizes = [len(function.arguments(check.visibility, call)[0]) for call in check.calls]
        assert max(sizes) > 1, check.id
        assert sum([size > 1 for size in sizes]) >= len(sizes) / 2, check.id
    for mistake in function.mistakes:
        assert mistake.smallest < 0 or len(function.arguments("public", mistake.smallest)[0]) > 1


def test_a_word_occurs_twice_in_the_ids_of_every_check(key: Key) -> None:
    function = key.functions["embeddings.embed_backward"]
    for check in checks_of(key, function.name):
        ids = [function.arguments(check.visibility, call)[1] for call in check.calls]
        assert any([len(set(row)) < len(row) for item in ids for row in item.tolist()])
        assert any([len(item) > 1 and set(item[0]) & set(item[-1]) for item in ids])


def test_a_transposed_matrix_never_fits_by_luck_alone(key: Key) -> None:
    """Each check has a call with a U (and an H) that is not square."""
    sides: dict[str, tuple[Callable[..., tuple[int, int]], ...]] = {
        "forward.forward": (lambda f, H, b_H, U, b_U: H.shape, lambda f, H, b_H, U, b_U: U.shape),
        "relu_backward.hidden_grad": (lambda dz, U: U.shape,),
        "updates.batch_gradients": (
            lambda f, h, dk, dz: (f.shape[1], dk.shape[1]),
            lambda f, h, dk, dz: (h.shape[1], dz.shape[1]),
        ),
    }
    for name, shapes in sides.items():
        function = key.functions[name]
        for check in checks_of(key, name):
            calls = [function.arguments(check.visibility, call) for call in check.calls]
            for shape_of in shapes:
                assert any([len(set(shape_of(*arguments))) == 2 for arguments in calls]), check.id
