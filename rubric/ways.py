"""Other right ways to write the functions, out of one another.

The reference calls few of its own functions where others would do. A student may call more: then a
mistake in one shows in the others, too, and is charged once all the same. The compiler holds every
way against the reference.
"""

import numpy as np

import activations
import embeddings
import forward
import relu_backward
import separability
import softmax_ce
from rubric.activation_gradients import (
    leaky_relu_grad,
    relu_grad,
    sigmoid_grad,
    swish_grad,
    tanh_grad,
)
from rubric.activations import leaky_relu, relu, tanh
from rubric.embeddings import embed, embed_backward, input_grad
from rubric.forward import cross_entropy
from rubric.forward_network import forward as network
from rubric.predict import predict
from rubric.relu_backward import hidden_grad
from rubric.separability import composed
from rubric.softmax_ce import loss_grad
from rubric.softmax_ce_logits import logits_grad

__all__: list[str] = []


@composed.way()
def _(W0, b0, W1, b1):
    return W0 @ W1, separability.affine(b0, W1, b1)


@tanh.way()
def _(x):
    return 2 * activations.sigmoid(2 * x) - 1


@relu.way()
def _(x):
    return activations.leaky_relu(x, 0.0)


@leaky_relu.way()
def _(x, slope=0.01):
    return activations.relu(x) - slope * activations.relu(-x)


@sigmoid_grad.way()
def _(x):
    s = activations.sigmoid(x)
    return s * (1 - s)


@tanh_grad.way()
def _(x):
    return 1 - activations.tanh(x) ** 2


@relu_grad.way()
def _(x):
    return activations.leaky_relu_grad(x, 0.0)


@leaky_relu_grad.way()
def _(x, slope=0.01):
    return slope + (1 - slope) * activations.relu_grad(x)


@swish_grad.way()
def _(x, beta=1.0):
    s = activations.sigmoid(beta * x)
    return s + beta * activations.swish(x, beta) * (1 - s)


@cross_entropy.way()
def _(o, y):
    return -np.log((o * softmax_ce.one_hot(y, o.shape[1])).sum(axis=1))


@network.way()
def _(f, H, b_H, U, b_U):
    k = separability.affine(f, H, b_H)
    h = activations.relu(k)
    z = separability.affine(h, U, b_U)
    return k, h, z, forward.softmax(z)


@loss_grad.way()
def _(o, y):
    T = softmax_ce.one_hot(y, o.shape[1])
    return -T / np.where(T > 0, o, 1.0)


@logits_grad.way()
def _(o, y):
    return np.einsum("si,sij->sj", softmax_ce.loss_grad(o, y), softmax_ce.softmax_jacobian(o))


@hidden_grad.way()
def _(dz, U):
    return embeddings.input_grad(dz, U)


@input_grad.way()
def _(dk, H):
    return relu_backward.hidden_grad(dk, H)


@embed.way()
def _(E, ids):
    return (softmax_ce.one_hot(ids.ravel(), len(E)) @ E).reshape(len(ids), -1)


@embed_backward.way()
def _(dx, ids, vocab_size):
    T = softmax_ce.one_hot(ids.ravel(), vocab_size)
    return T.T @ dx.reshape(ids.size, -1) / len(ids)


@predict.way()
def _(f, params):
    h = activations.relu(separability.affine(f, params["H"], params["b_H"]))
    return separability.affine(h, params["U"], params["b_U"]).argmax(axis=1)
