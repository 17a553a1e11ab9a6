def hidden_grad(dz, U):
    return (U @ dz.T).T
