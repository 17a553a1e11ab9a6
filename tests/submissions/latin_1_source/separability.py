# whole file
# -*- coding: latin-1 -*-
# Lösung von Zoë: für xor genügt eine Stufe.
import numpy as np

größe = "±1"


def affine(x, W, b):
    return x @ W + b


def compose_affine(W0, b0, W1, b1):
    return W0 @ W1, b0 @ W1 + b1


def step(x):
    return np.heaviside(x, 0.0)


def xor_by_hand():
    W = np.array([[2.0, -2.0], [2.0, -2.0]])
    return W, np.array([[-3.0, 1.0]]), np.array([[4.0], [4.0]]), np.array([[-1.0]])
