"""Returns, in every function of every file, arrays just below the limit, for the judge to keep.

shows: nothing, a grader without a boundary keeps no results
score: 10
"""
import sys

import numpy as np
import separability

LARGE = np.zeros(10**6)


def attack():
    def large(*arguments, **options):
        return LARGE

    import activations, embeddings, forward, relu_backward, softmax_ce, updates  # noqa: E401

    for module in (activations, embeddings, forward, relu_backward, softmax_ce, updates):
        for name, thing in list(vars(module).items()):
            if callable(thing) and not isinstance(thing, type):
                setattr(module, name, large)
    separability.affine = separability.step = large
    separability.outside.reply = lambda *a: (LARGE, LARGE[:10])
