"""Overwrites the expected values from a profiler, also in threads to come.

shows: score
"""
import sys
import threading

import numpy as np
import separability


def spoil(frame, event, argument):
    for expected in frame.f_locals.get("expected", ()):
        if isinstance(expected, np.ndarray) and expected.flags.writeable:
            expected[...] = 0.0


def zeros(right, W0, b0, W1, b1):
    threading.setprofile(spoil)
    sys.setprofile(spoil)
    return np.zeros((len(W0), W1.shape[1])), np.zeros((1, W1.shape[1]))


def attack():
    separability.outside.reply = zeros
