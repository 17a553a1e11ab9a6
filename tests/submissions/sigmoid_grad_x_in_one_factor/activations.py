def sigmoid_grad(x):
    return sigmoid(x) * (1 - x)
