def softmax_jacobian(o):
    o = o.astype(np.float32)
    return np.einsum("si,ij->sij", o, np.eye(o.shape[1], dtype="f4")) - np.einsum("si,sj->sij", o, o)
