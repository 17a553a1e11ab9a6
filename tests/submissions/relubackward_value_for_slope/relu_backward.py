from activations import relu


class ReLU:
    def __call__(self, k):
        self.k = k
        return relu(k)

    def backward(self, dh):
        return dh * self(self.k)


def relu_backward(dh, k):
    gate = ReLU()
    gate(k)
    return gate.backward(dh)
