def hidden_grad(dz, U):
    return np.einsum("tm,vm->tv", dz, U)
