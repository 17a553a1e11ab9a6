import numpy as np


def one_hot(y, m):
    return (y[:, None] == np.arange(m)).astype(float)


def loss_grad(o, y):
    truth = one_hot(y, o.shape[1])
    return np.divide(-truth, o, out=np.zeros_like(o), where=truth > 0)


def softmax_jacobian(o):
    eye = np.identity(o.shape[1])
    return np.einsum("si,ij->sij", o, eye) - np.einsum("si,sj->sij", o, o)


def logits_grad(o, y):
    """By the chain rule: row vector times Jacobian."""
    return (loss_grad(o, y)[:, None, :] @ softmax_jacobian(o))[:, 0, :]
