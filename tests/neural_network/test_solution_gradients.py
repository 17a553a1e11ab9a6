"""Each gradient of the reference solution is proven twice.

Once against central differences of the solution's own function, and once against `autograd`, which
differentiates the notes' formulas, written a second time below in its own numpy. The formulas share
no code with the solution.

What is compared is always a whole Jacobian, of shape (shape of the output) + (shape of the input),
so that the entries that must be 0 are compared as well.
"""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, fields

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

import activations
import embeddings
import relu_backward as relu_backward_module
import softmax_ce
import updates
from activations import relu
from embeddings import embed, embed_backward, input_grad
from forward import cross_entropy, forward, softmax
from relu_backward import hidden_grad, relu_backward
from softmax_ce import logits_grad, loss_grad, softmax_jacobian
from updates import batch_gradients

# Measured in float64: at this step a correct gradient differs by at most 5e-9.
STEP = 1e-5
ATOL = 1e-6
RTOL = 1e-5
# Closer to a kink, the two sides of a central difference see different slopes.
KINK_DISTANCE = 10 * STEP

SEEDS = range(8)
# d (which is n * e), v and m differ, so that no transposed matrix fits by accident.
v, m = 5, 3
vocab_size, n, e = 6, 2, 2
d = n * e


# ---- the two oracles and the comparison


def central_differences(function: Callable, x: np.ndarray) -> np.ndarray:
    """Estimate the Jacobian of a function at x from its values, entry by entry."""
    columns = []
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += STEP
        below[index] -= STEP
        columns.append((function(above) - function(below)) / (2 * STEP))
    return np.stack(columns, axis=-1).reshape(*columns[0].shape, *x.shape)


def mismatch(*, got: np.ndarray, expected: np.ndarray) -> str:
    """Say how a gradient differs from the expected one, or return nothing."""
    if type(got) is not np.ndarray or got.dtype != np.float64:
        return f"{type(got).__name__} of {getattr(got, 'dtype', None)}"
    if got.shape != expected.shape:
        return f"shape {got.shape}, expected {expected.shape}"
    # <= is False for nan, so that nan is a mismatch.
    is_close = np.abs(got - expected) <= ATOL + RTOL * np.abs(expected)
    if is_close.all():
        return ""
    first = tuple(np.argwhere(~is_close)[0].tolist())
    count = np.count_nonzero(~is_close)
    return f"{count} entries, the first at {first}: {got[first]}, expected {expected[first]}"


# ---- the notes' formulas, in autograd's numpy


def sigmoid_formula(x):
    """Section 1.2."""
    return 1 / (1 + anp.exp(-x))


def tanh_formula(x):
    """Section 1.2."""
    return (anp.exp(x) - anp.exp(-x)) / (anp.exp(x) + anp.exp(-x))


def leaky_relu_formula(x, slope):
    """Section 1.2; ReLU has slope 0."""
    return anp.where(x >= 0, x, slope * x)


def gelu_formula(x):
    """Take the normal distribution from a series whose terms all have one sign.

    autograd's own erf needs a library that nothing else here does. The series is formula 26.2.11 of
    Abramowitz and Stegun; 100 terms are exact to float64 for |x| up to 6.
    """
    term = total = x
    for i in range(1, 100):
        term = term * x**2 / (2 * i + 1)
        total = total + term
    return x * (0.5 + total * anp.exp(-(x**2) / 2) / math.sqrt(2 * math.pi))


def softmax_formula(z):
    """Section 1.3."""
    return anp.exp(z) / anp.sum(anp.exp(z), axis=1, keepdims=True)


def loss_formula(o, y):
    """Section 1.3, by the one-hot truth."""
    return -anp.sum(np.eye(m)[y] * anp.log(o), axis=1)


def network_formula(f, y, H, b_H, U, b_U):
    """Sections 1.1 and 1.3: the loss of each item from its features."""
    h = leaky_relu_formula(anp.dot(f, H) + b_H, 0.0)
    return loss_formula(softmax_formula(anp.dot(h, U) + b_U), y)


def embed_formula(E, ids):
    """Section 1.4: look words up by products with one-hot vectors."""
    return anp.concatenate([anp.dot(np.eye(vocab_size)[word], E) for word in ids.T], axis=1)


# ---- the cases


@dataclass(frozen=True)
class Problem:
    """A minibatch with repeated words, a network, its forward pass, and gradients from above."""

    ids: np.ndarray
    y: np.ndarray
    E: np.ndarray
    H: np.ndarray
    b_H: np.ndarray
    U: np.ndarray
    b_U: np.ndarray
    f: np.ndarray
    k: np.ndarray
    h: np.ndarray
    z: np.ndarray
    o: np.ndarray
    dx: np.ndarray
    dk: np.ndarray
    dz: np.ndarray


@dataclass(frozen=True)
class Case:
    """One gradient to prove.

    Attributes
    ----------
    point : np.ndarray
        Where the gradient is taken.
    function : Callable
        The function of the point, by the solution.
    formula : Callable
        The same function, by the notes.
    gradient : np.ndarray
        The solution's gradient, laid out as the function's Jacobian.
    """

    point: np.ndarray
    function: Callable
    formula: Callable
    gradient: np.ndarray


def make_problem(seed: int) -> Problem:
    """Draw a problem whose pre-activations keep clear of ReLU's kink, on both sides of it."""
    rng = np.random.default_rng(seed)
    t = 2 + seed % 4
    y = rng.integers(m, size=t)
    ids = rng.integers(vocab_size, size=(t, n))
    # One word three times, twice of these in one item: by construction, not by luck.
    ids[0] = ids[1, 0] = seed % vocab_size
    dx, dk, dz = (rng.normal(size=(t, width)) for width in (d, v, m))
    while True:
        # Half a unit wide: the probabilities stay far enough from 0 for 1/o to be smooth.
        E, H, b_H, U, b_U = (
            rng.normal(size=shape) / 2
            for shape in [(vocab_size, e), (d, v), (1, v), (v, m), (1, m)]
        )
        f = embed(E, ids)
        k, h, z, o = forward(f, H, b_H, U, b_U)
        if np.abs(k).min() >= KINK_DISTANCE and k.min() < 0 < k.max():
            return Problem(ids, y, E, H, b_H, U, b_U, f, k, h, z, o, dx, dk, dz)


def diagonal(gradient: np.ndarray) -> np.ndarray:
    """Lay an elementwise derivative out as a Jacobian: no entry depends on another."""
    return np.diag(gradient.ravel()).reshape(gradient.shape * 2)


def by_item(gradient: np.ndarray) -> np.ndarray:
    """Lay t items' gradients out as a Jacobian: no item's output depends on another item."""
    t, *output, width = gradient.shape
    jacobian = np.zeros((t, *output, t, width))
    for s in range(t):
        jacobian[s, ..., s, :] = gradient[s]
    return jacobian


ACTIVATIONS = {
    "sigmoid_grad": (sigmoid_formula, ()),
    "tanh_grad": (tanh_formula, ()),
    "relu_grad": (lambda x: leaky_relu_formula(x, 0.0), ()),
    "leaky_relu_grad": (lambda x: leaky_relu_formula(x, 0.01), ()),
    "leaky_relu_grad, slope 0.3": (lambda x: leaky_relu_formula(x, 0.3), (0.3,)),
    "gelu_grad": (gelu_formula, ()),
    "swish_grad": (lambda x: x * sigmoid_formula(x), ()),
    "swish_grad, beta 1.7": (lambda x: x * sigmoid_formula(1.7 * x), (1.7,)),
}


def activation_case(name: str, seed: int) -> Case:
    """Take an activation at points of both signs, clear of 0."""
    formula, parameters = ACTIVATIONS[name]
    gradient = getattr(activations, name.partition(",")[0])
    function = getattr(activations, name.partition("_grad")[0])
    sizes = np.random.default_rng(seed).uniform(KINK_DISTANCE, 4.0, size=(2, 3))
    x = sizes * [[1, -1, 1], [-1, 1, -1]]
    return Case(x, lambda x: function(x, *parameters), formula, diagonal(gradient(x, *parameters)))


def softmax_cases(p: Problem) -> dict[str, Case]:
    """Take the loss and softmax item by item."""
    return {
        "loss_grad": Case(
            p.o,
            lambda o: cross_entropy(o, p.y),
            lambda o: loss_formula(o, p.y),
            by_item(loss_grad(p.o, p.y)),
        ),
        "softmax_jacobian": Case(p.z, softmax, softmax_formula, by_item(softmax_jacobian(p.o))),
        "logits_grad": Case(
            p.z,
            lambda z: cross_entropy(softmax(z), p.y),
            lambda z: loss_formula(softmax_formula(z), p.y),
            by_item(logits_grad(p.o, p.y)),
        ),
    }


def layer_cases(p: Problem) -> dict[str, Case]:
    """Take each layer alone.

    With an arbitrary gradient from above, a layer's gradient is that of a weighted sum of its
    outputs. So no other layer has to be right.
    """
    t = len(p.y)
    dH, db_H, dU, db_U = batch_gradients(p.f, p.h, p.dk, p.dz)
    # By position: point, weights, and the layer's output by the solution and by the notes.
    table = {
        "hidden_grad": (p.h, p.dz, lambda h: h @ p.U, lambda h: anp.dot(h, p.U)),
        "relu_backward": (p.k, p.dk, relu, lambda k: leaky_relu_formula(k, 0.0)),
        "input_grad": (p.f, p.dk, lambda f: f @ p.H, lambda f: anp.dot(f, p.H)),
        "embed_backward": (
            p.E,
            p.dx / t,
            lambda E: embed(E, p.ids),
            lambda E: embed_formula(E, p.ids),
        ),
        "batch_gradients: H": (p.H, p.dk / t, lambda H: p.f @ H, lambda H: anp.dot(p.f, H)),
        "batch_gradients: b_H": (p.b_H, p.dk / t, lambda b: b, lambda b: b),
        "batch_gradients: U": (p.U, p.dz / t, lambda U: p.h @ U, lambda U: anp.dot(p.h, U)),
        "batch_gradients: b_U": (p.b_U, p.dz / t, lambda b: b, lambda b: b),
    }
    gradients = {
        "hidden_grad": hidden_grad(p.dz, p.U),
        "relu_backward": relu_backward(p.dk, p.k),
        "input_grad": input_grad(p.dk, p.H),
        "embed_backward": embed_backward(p.dx, p.ids, vocab_size),
        "batch_gradients: H": dH,
        "batch_gradients: b_H": db_H,
        "batch_gradients: U": dU,
        "batch_gradients: b_U": db_U,
    }
    return {name: layer_case(*row, gradients[name]) for name, row in table.items()}


def layer_case(
    point: np.ndarray, weights: np.ndarray, layer: Callable, formula: Callable, gradient: np.ndarray
) -> Case:
    """Weigh and sum the outputs of one layer."""
    return Case(
        point,
        lambda x: (weights * layer(x)).sum(),
        lambda x: anp.sum(weights * formula(x)),
        gradient,
    )


def chain_gradients(p: Problem) -> dict[str, np.ndarray]:
    """Compose the students' functions into the gradients of the mean loss."""
    f = embed(p.E, p.ids)
    k, h, _, o = forward(f, p.H, p.b_H, p.U, p.b_U)
    dz = logits_grad(o, p.y)
    dk = relu_backward(hidden_grad(dz, p.U), k)
    dH, db_H, dU, db_U = batch_gradients(f, h, dk, dz)
    dE = embed_backward(input_grad(dk, p.H), p.ids, vocab_size)
    return {"H": dH, "b_H": db_H, "U": dU, "b_U": db_U, "E": dE}


def chain_case(p: Problem, name: str, gradient: np.ndarray) -> Case:
    """Take the mean loss of the whole network as a function of one parameter."""
    params = {key: getattr(p, key) for key in ("E", "H", "b_H", "U", "b_U")}

    def function(x):
        E, *rest = (params | {name: x}).values()
        return cross_entropy(forward(embed(E, p.ids), *rest)[-1], p.y).mean()

    def formula(x):
        E, *rest = (params | {name: x}).values()
        return anp.mean(network_formula(embed_formula(E, p.ids), p.y, *rest))

    return Case(params[name], function, formula, gradient)


@functools.cache
def make_cases(seed: int) -> dict[str, Case]:
    """Build every case from a seed."""
    p = make_problem(seed)
    return {
        **{name: activation_case(name, seed) for name in ACTIVATIONS},
        **softmax_cases(p),
        **layer_cases(p),
        **{f"chain: {name}": chain_case(p, name, g) for name, g in chain_gradients(p).items()},
    }


every_case = pytest.mark.parametrize("name", make_cases(0))
every_seed = pytest.mark.parametrize("seed", SEEDS)


# ---- the proofs


@every_case
@every_seed
def test_a_gradient_agrees_with_central_differences(name, seed):
    case = make_cases(seed)[name]
    expected = central_differences(case.function, case.point)
    assert not mismatch(got=case.gradient, expected=expected)


@every_case
@every_seed
def test_a_gradient_agrees_with_autograd(name, seed):
    case = make_cases(seed)[name]
    expected = autograd.jacobian(case.formula)(case.point)
    assert not mismatch(got=case.gradient, expected=expected)


@every_case
@every_seed
def test_the_solution_and_the_notes_formula_have_the_same_values(name, seed):
    case = make_cases(seed)[name]
    # The absolute part is for GELU's formula: 1/2 and the series cancel where x is negative.
    np.testing.assert_allclose(
        case.function(case.point), case.formula(case.point), rtol=1e-12, atol=1e-14
    )


def test_every_gradient_function_is_proven():
    proven = {name.partition(",")[0].partition(":")[0] for name in make_cases(0)} - {"chain"}
    modules = (activations, softmax_ce, relu_backward_module, updates, embeddings)
    words = ("_grad", "_gradients", "_backward", "_jacobian")
    assert proven == {name for x in modules for name in vars(x) if name.endswith(words)}


def test_the_problems_are_what_they_should_be():
    for seed in SEEDS:
        p = make_problem(seed)
        assert np.abs(p.k).min() >= KINK_DISTANCE
        assert np.unique(p.ids).size < p.ids.size
        assert all(np.isfinite(getattr(p, field.name)).all() for field in fields(p))
    assert {len(make_problem(seed).y) for seed in SEEDS} == {2, 3, 4, 5}
    assert len({d, v, m}) == 3


def test_at_the_kink_the_derivative_is_1_as_the_notes_define_it():
    zero = np.array([[0.0, -0.0]])
    assert activations.relu_grad(zero).tolist() == [[1.0, 1.0]]
    assert activations.leaky_relu_grad(zero).tolist() == [[1.0, 1.0]]
    assert relu_backward(np.array([[3.0, -2.0]]), zero).tolist() == [[3.0, -2.0]]


# ---- the proofs prove something


@every_case
@pytest.mark.parametrize("factor", [1.0005, 0.9995])
def test_a_gradient_off_by_a_twentieth_of_a_percent_is_refused(name, factor):
    case = make_cases(0)[name]
    wrong = case.gradient * factor
    assert mismatch(got=wrong, expected=central_differences(case.function, case.point))
    assert mismatch(got=wrong, expected=autograd.jacobian(case.formula)(case.point))


@every_case
def test_one_spoiled_entry_is_refused(name):
    case = make_cases(0)[name]
    wrong = case.gradient.copy()
    wrong.flat[-1] += 1e-4
    assert mismatch(got=wrong, expected=central_differences(case.function, case.point))
    assert mismatch(got=wrong, expected=autograd.jacobian(case.formula)(case.point))


@pytest.mark.parametrize("name", ["batch_gradients: H", "batch_gradients: b_H", "embed_backward"])
def test_a_sum_over_the_batch_in_place_of_the_mean_is_refused(name):
    case = make_cases(0)[name]
    assert mismatch(
        got=case.gradient * len(make_problem(0).y),
        expected=central_differences(case.function, case.point),
    )


def test_the_comparison_refuses_what_is_not_equal():
    one = np.array([[1.0, 2.0]])
    assert not mismatch(got=one, expected=one)
    # Just inside and just outside the bound, on both sides.
    for sign in (-1, 1):
        assert not mismatch(got=one + sign * 0.9 * (ATOL + RTOL), expected=one)
        assert mismatch(got=one + sign * 1.1 * (ATOL + 2 * RTOL), expected=one)
    assert "nan" in mismatch(got=one * [[1, np.nan]], expected=one)
    assert "shape" in mismatch(got=one.T, expected=one)
    assert "float32" in mismatch(got=one.astype(np.float32), expected=one)
    assert "recarray" in mismatch(got=one.view(np.recarray), expected=one)
