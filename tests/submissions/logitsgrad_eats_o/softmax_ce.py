def logits_grad(o, y):
    dz = o
    dz[range(len(y)), y] -= 1
    return dz
