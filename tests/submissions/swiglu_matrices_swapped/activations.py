def swiglu(x, W, V):
    return (x @ W) * swish(x @ V)
