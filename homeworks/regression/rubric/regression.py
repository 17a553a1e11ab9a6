"""Linear regression."""

import numpy as np

import regression
from autograder.authoring import Gradient, Inputs, Question, one_of, real

ITEMS = Inputs.of(x=real("n p"), w=real("p 1"))

predict = Question("predict", points=20, inputs=ITEMS, returns="x w")
predict.mistake("weights-forgotten", "The features are added up without their weights, w.")(
    lambda x, w: x.sum(axis=1, keepdims=True)
)
predict.mistake("averaged", "This is divided by the number of features; x w is their sum.")(
    lambda x, w: x @ w / x.shape[1]
)

TARGETS = Inputs.of(x=real("n p"), w=real("p 1"), y=real("n 1"))

error = Question("error", points=24, inputs=TARGETS, edges=[TARGETS.fixing(n=1)], returns="E")
error.mistake("not-divided", "This is the sum over the items; you need their mean.")(
    lambda x, w, y: ((x @ w - y) ** 2).sum()
)
error.mistake("not-squared", "The differences are averaged; average their squares.")(
    lambda x, w, y: (x @ w - y).mean()
)
error.mistake(
    "root", "This is the square root of the mean of the squares; return the mean itself."
)(lambda x, w, y: np.sqrt(((x @ w - y) ** 2).mean()))

error_grad = Question(
    "error_grad",
    points=36,
    inputs=TARGETS,
    edges=[TARGETS.fixing(n=1)],
    returns="dE/dw",
    proof=Gradient(
        of=lambda x, w, y, point: regression.error(x, point, y),
        at=lambda x, w, y: w,
    ),
)


@error_grad.mistake("not-divided", "This is the sum over the items; you need their mean.")
def _(x, w, y):
    return 2 * x.T @ (x @ w - y)


@error_grad.mistake("sign", "The sign is wrong: the error rises along its gradient.")
def _(x, w, y):
    return -2 * x.T @ (x @ w - y) / len(x)


STEP = Inputs.of(w=real("p 1"), grad=real("p 1"), rate=one_of(0.5, 0.1))

step = Question("step", points=20, inputs=STEP, returns="w")
step.mistake("uphill", "The step goes along the gradient, which raises the error.")(
    lambda w, grad, rate: w + rate * grad
)
step.mistake("whole-gradient", "The learning rate is left out of the step.")(
    lambda w, grad, rate: w - grad
)
