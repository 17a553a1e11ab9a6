"""The exam on one page: what is asked, in the order of the notes and of the report."""

from autograder.authoring import Exam, Letter, Part
from rubric.activation_gradients import (
    gelu_grad,
    leaky_relu_grad,
    relu_grad,
    sigmoid_grad,
    swish_grad,
    tanh_grad,
)
from rubric.activations import leaky_relu, relu, sigmoid, tanh
from rubric.embeddings import embed, embed_backward, input_grad
from rubric.forward import cross_entropy, softmax
from rubric.forward_network import forward
from rubric.pictures.declare import PICTURES
from rubric.predicates import breaks_symmetry, converges, learns, separates_xor
from rubric.predict import predict
from rubric.promises import PROMISES
from rubric.relu_backward import hidden_grad, relu_at_zero, relu_backward
from rubric.separability import affine, compose_affine, step, xor_by_hand
from rubric.sgd_update import sgd_update
from rubric.smooth_activations import gelu, swiglu, swish
from rubric.smoothing import smooth_labels, smoothed_cross_entropy, smoothed_logits_grad
from rubric.softmax_ce import loss_grad, one_hot
from rubric.softmax_ce_logits import logits_grad, softmax_jacobian
from rubric.text import build_vocab, classify, encode, nearest
from rubric.train import init_params, train
from rubric.train_embeddings import train_embeddings
from rubric.updates import batch_gradients

__all__ = ["EXAM"]

#: The notes' letters. Batches of 2 to 5: from 1 on, 'not divided by t' is missed in a fifth of
#: problems.
LETTERS = {
    "t": Letter("items", (2, 3, 4, 5)),
    "n": Letter("words of an item", (2, 3), unlike="e"),
    "m": Letter("labels", (2, 3, 4), unlike="d v"),
    "d": Letter("features", (2, 3, 4), unlike="v m"),
    "v": Letter("hidden units", (2, 3, 4), unlike="d m"),
    "e": Letter("numbers of an embedding", (2, 3), unlike="n"),
    "V": Letter("words of the vocabulary", (4, 5, 6)),
}

# fmt: off
EXAM = Exam(
    Part("separability", "Why a linear model is not enough", "1",
         affine, compose_affine, step, xor_by_hand, points=7.5),
    Part("activations", "Activation functions", "1.2",
         sigmoid, tanh, relu, leaky_relu, gelu, swish, swiglu,
         sigmoid_grad, tanh_grad, relu_grad, leaky_relu_grad, gelu_grad, swish_grad, points=20.5),
    Part("forward", "The forward pass", "1.1, 1.3",
         softmax, cross_entropy, forward, points=10),
    Part("softmax_ce", "Gradient of softmax, cross-entropy", "1.3",
         one_hot, loss_grad, softmax_jacobian, logits_grad, points=14),
    Part("relu_backward", "ReLU backward", "1.3",
         hidden_grad, relu_backward, points=8.5),
    Part("updates", "Batch-averaged updates", "1.3",
         batch_gradients, sgd_update, points=11.5),
    Part("embeddings", "Word embeddings", "1.4",
         embed, input_grad, embed_backward, points=9.5),
    Part("train", "Training", "1.1 to 1.4",
         init_params, train, train_embeddings, predict, points=10),
    Part("text", "Words in a window", "1.4",
         build_vocab, encode, classify, nearest, points=8.5),
    Part("smoothing", "Label smoothing", "1.3",
         smooth_labels, smoothed_cross_entropy, smoothed_logits_grad, points=5, bonus=True),
    conventions=[relu_at_zero],
    pictures=PICTURES,
    predicates=[breaks_symmetry, converges, learns, separates_xor],
    promises=PROMISES,
    letters=LETTERS,
)
