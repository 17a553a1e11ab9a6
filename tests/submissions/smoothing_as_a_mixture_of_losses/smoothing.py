from forward import cross_entropy
from softmax_ce import logits_grad


def smoothed_cross_entropy(o, y, epsilon):
    uniform = -np.log(o).mean(axis=1)
    return (1 - epsilon) * cross_entropy(o, y) + epsilon * uniform


def smoothed_logits_grad(o, y, epsilon):
    return (1 - epsilon) * logits_grad(o, y) + epsilon * (o - 1 / o.shape[1])
