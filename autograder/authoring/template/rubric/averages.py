"""Questions about averages.py: which inputs are tried, and which wrong answers people give."""

import numpy as np

from autograder.authoring import Inputs, Question, real

__all__ = ["center", "mean"]

# Each parameter by its name, with a shape in letters. A letter is one length, drawn again for each
# example, so that all arrays of an example agree.
ITEMS = Inputs.of(x=real("n p"))

# What is right is never written here: it is what the solution gives. The points are for the usual
# checks together: values, values on hidden inputs, shape, data type, and unmodified arguments.
mean = Question("mean", points=50, inputs=ITEMS, edges=[ITEMS.fixing(n=1)], returns="mean")

# A mistake is a short wrong function, and what a teacher would say: what was done and why it is
# wrong, but never the line to type. Compiling finds the smallest input that shows it.
mean.mistake("not-divided", "This is the sum of the items; you need their mean.")(
    lambda x: x.sum(axis=0, keepdims=True)
)
mean.mistake("one-number", "This is one mean of all numbers; each feature has its own mean.")(
    lambda x: np.full((1, x.shape[1]), x.mean())
)

center = Question("center", points=50, inputs=ITEMS, edges=[ITEMS.fixing(n=1)], returns="centered")


# One that does not fit on a line is a function under its sentence.
@center.mistake(
    "item-by-item", "The mean of each item is subtracted; subtract the mean over all items."
)
def _(x):
    return x - x.mean(axis=1, keepdims=True)


@center.mistake("added", "The mean is added; subtract it.")
def _(x):
    return x + x.mean(axis=0, keepdims=True)
