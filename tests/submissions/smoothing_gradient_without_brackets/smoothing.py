def smoothed_logits_grad(o, y, epsilon):
    m = o.shape[1]
    return o - (1 - epsilon) * one_hot(y, m) + epsilon / m
