import os

def compose_affine(W0, b0, W1, b1):
    print(object(), os.getcwd())
    raise ValueError(f'{object()!r} in {__file__}, {os.getcwd()}')
