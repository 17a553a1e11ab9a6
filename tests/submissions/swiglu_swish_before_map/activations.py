def swiglu(x, W, V):
    gate = swish(x) @ W
    value = x @ V
    return gate * value
