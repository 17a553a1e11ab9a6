class Sulky:
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("not today")

def compose_affine(W0, b0, W1, b1):
    return Sulky(), Sulky()
