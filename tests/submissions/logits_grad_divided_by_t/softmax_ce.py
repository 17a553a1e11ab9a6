def logits_grad(o, y):
    dz = o.copy()
    dz[range(len(y)), y] -= 1
    return dz / len(y)
