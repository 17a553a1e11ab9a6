import math


def smooth_labels(y, m, epsilon):
    return [[epsilon / m + (1 - epsilon) * (i == label) for i in range(m)] for label in y]


def smoothed_cross_entropy(o, y, epsilon):
    labels = smooth_labels(y, len(o[0]), epsilon)
    return [
        -sum([share * math.log(p) for share, p in zip(shares, row)])
        for shares, row in zip(labels, o)
    ]


def smoothed_logits_grad(o, y, epsilon):
    labels = smooth_labels(y, len(o[0]), epsilon)
    return [[p - share for share, p in zip(shares, row)] for shares, row in zip(labels, o)]
