import sys

print("loading forward")
_softmax = softmax


def softmax(z):
    print("z", z.shape, z, file=sys.stderr)
    print("\N{GREEK SMALL LETTER SIGMA} = softmax", end="", flush=True)
    sys.stdout.write("done\n")
    return _softmax(z)
