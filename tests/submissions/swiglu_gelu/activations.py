def swiglu(x, W, V):
    return swish(x @ W) * gelu(x @ V)
