def softmax_jacobian(o):
    return np.einsum("si,ij->sij", o, np.eye(o.shape[1])) - np.einsum("si,sj->sij", o, o)


def logits_grad(o, y):
    return np.einsum("si,sij->sj", loss_grad(o, y), softmax_jacobian(o))
