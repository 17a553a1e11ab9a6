"""Traces every call and overwrites the expected values before they are compared.

shows: score
"""
import sys

import numpy as np
import separability

results = []


def spoil(frame, event, argument):
    for expected in frame.f_locals.get("expected", ()):
        if isinstance(expected, np.ndarray) and expected.flags.writeable:
            expected[...] = 0.0
    return spoil


def zeros(right, W0, b0, W1, b1):
    sys.settrace(spoil)
    return np.zeros((len(W0), W1.shape[1])), np.zeros((1, W1.shape[1]))


def attack():
    separability.outside.reply = zeros
