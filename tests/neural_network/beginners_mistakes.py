"""What goes wrong for a beginner: for each row of docs/messages.md the smallest slip that shows it.

The slips that one submission can hold together are put into one, so that a few runs of the command
show them all.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["OTHER", "SLIPS", "UNREADABLE", "Slip", "packed"]


@dataclass(frozen=True)
class Slip:
    """A function, ``file.function``, and what replaces it: the lines below its ``def``.

    Attributes
    ----------
    function : str
        The function whose message tells of it.
    body : str
        Lines; those that begin with ``def`` or an import are the whole text to append.
    """

    function: str
    body: str

    @property
    def file(self) -> str:
        return self.function.partition(".")[0]

    @property
    def text(self) -> str:
        return f"\n\n{self.body}\n"


def _of(function: str, head: str, *lines: str) -> Slip:
    """Return a slip with the function's own first line."""
    name = function.partition(".")[2]
    indented = "\n".join([f"    {line}" for line in lines])
    return Slip(function, f"def {name}({head}):\n{indented}")


_STUB = "raise NotImplementedError('what to do')"

#: Rows about functions: each by what is seen.
SLIPS = {
    "sgd_update raises NotImplementedError here, so your code below never runs": _of(
        "updates.sgd_update", "params, grads, lr", _STUB, "return params"
    ),
    "embed runs your code and then raises NotImplementedError here": _of(
        "embeddings.embed", "E, ids", "x = E[ids]", _STUB
    ),
    "compared ... No known mistake gives this. ... does not explain all of it. ... calls are"
    " right: those where W0 is all zeros. W is right in all calls, b is not.": _of(
        "separability.compose_affine",
        "W0, b0, W1, b1",
        "W = W0 @ W1",
        "return W, b0 @ W1 + b1 + W.sum(axis=0)",
    ),
    "input_grad still raises NotImplementedError in this case": _of(
        "embeddings.input_grad", "dk, H", "if H.ndim == 2:", f"    {_STUB}", "return dk @ H.T"
    ),
    "this stub comes after your own train (line": _of(
        "train.train", "f, y, params, lr, epochs, batch_size, seed", _STUB
    ),
    "NameError: name 'np' is not defined": Slip(
        "separability.step",
        "def step(x):\n    global np\n    kept = np\n    del np\n    try:\n"
        "        return np.sign(x)\n    finally:\n        np = kept",
    ),
    "NameError: name 'expz' is not defined. Did you mean: 'exp_z'?": _of(
        "forward.softmax", "z", "exp_z = np.exp(z)", "return exp_z / expz"
    ),
    "NameError: name 'swish' is not defined": _of(
        "forward.cross_entropy", "y_hat, y", "return swish(y_hat)"
    ),
    "AttributeError: module 'numpy' has no attribute 'expp'. Did you mean: 'exp'?": _of(
        "activations.sigmoid", "x", "return np.expp(x)"
    ),
    "'numpy.ndarray' object has no attribute 'summ'. Did you mean: 'sum'?": _of(
        "activations.tanh", "x", "return x.summ()"
    ),
    "ImportError: cannot import name 'reluu' from 'activations'": Slip(
        "train.predict", "from activations import reluu"
    ),
    "No module named 'torch'": Slip(
        "activations.gelu", "import torch\ndef gelu(x):\n    return torch.nn.gelu(x)"
    ),
    "UnboundLocalError:": _of(
        "activations.swish", "x, beta=1.0", "for i in []:", "    g = x", "return g"
    ),
    "softmax_jacobian in softmax_ce.py is not a function": Slip(
        "softmax_ce.softmax_jacobian", "softmax_jacobian = 3"
    ),
    "nothing came back (None): is a return missing?": _of(
        "activations.sigmoid_grad", "x", "s = x * 2"
    ),
    "nothing came back (None)": _of("activations.tanh_grad", "x", "print(1 - np.tanh(x) ** 2)"),
    "one array of shape ... came back where 4 results are expected: dH, db_H, dU, db_U": _of(
        "updates.batch_gradients", "f, h, dk, dz", "return f.T @ dk"
    ),
    "3 results came back where 4 results are expected: dH, db_H, dU, db_U; db_U is missing": _of(
        "updates.batch_gradients",
        "f, h, dk, dz",
        "t = len(f)",
        "return f.T @ dk / t, dk.mean(axis=0, keepdims=True), h.T @ dz / t",
    ),
    "a tuple came back where a dict belongs, with the keys H, b_H, U, b_U": _of(
        "train.init_params",
        "d, v, m, seed",
        "return np.ones((d, v)), np.zeros((1, v)), np.ones((v, m)), np.zeros((1, m))",
    ),
    "a tuple whose rows have different lengths came back": _of(
        "relu_backward.hidden_grad", "dz, U", "return dz @ U.T, U.T @ np.ones((len(U), 7))"
    ),
    "a str came back where an array belongs": _of("activations.relu", "x", "return str(x)"),
    "a list whose rows have different lengths came back": _of(
        "activations.relu_grad", "x", "return [[1.0], [1.0, 2.0]]"
    ),
    "a generator came back where an array belongs": _of("activations.gelu_grad", "x", "yield x"),
    "[nan,": _of("separability.step", "x", "return np.log(x - 1e9) + x"),
    "dh changed by the call": _of(
        "relu_backward.relu_backward", "dh, k", "dh[k < 0] = 0", "return dh"
    ),
    "TypeError: affine() takes 2 positional arguments but 3 were given": _of(
        "separability.affine", "x, W", "return x @ W"
    ),
    "TypeError: helper() missing 1 required positional argument: 'b'": Slip(
        "relu_backward.hidden_grad",
        "def helper(a, b):\n    return a\n\ndef hidden_grad(dz, U):\n    return helper(dz)",
    ),
    "unsupported operand type(s) for /: 'NoneType' and 'int'": Slip(
        "activations.swiglu",
        "def gate(x):\n    x + 1\n\ndef swiglu(x, W, V):\n    return gate(x) / 2",
    ),
    "unsupported operand type(s) for -: 'list' and 'int'": _of(
        "activations.leaky_relu", "x, slope=0.01", "return [1.0] - 1"
    ),
    "only integer scalar arrays can be converted to a scalar index": _of(
        "softmax_ce.one_hot", "y, m", "return range(m)[np.array([0, 0])]"
    ),
    "'tuple' object has no attribute 'T'": _of(
        "activations.leaky_relu_grad", "x, slope=0.01", "return (x, x).T"
    ),
    "arrays can be converted to Python scalars": Slip(
        "activations.sigmoid",
        "import math\ndef sigmoid(x):\n    return math.exp(np.zeros((2, 2)))",
    ),
    "'numpy.ndarray' object is not callable": _of("activations.tanh", "x", "return x(1 - x)"),
    "KeyError: 'W'": _of("train.predict", "f, params", "return params['W'] @ f"),
    "too many values to unpack (expected 2)": _of(
        "separability.compose_affine", "W0, b0, W1, b1", "a, b = W0, b0, W1", "return a, b"
    ),
    "ufunc 'bitwise_xor' not supported for the input types": _of(
        "activations.tanh_grad", "x", "return 1 - np.tanh(x) ^ 2"
    ),
    "name 'log' is not defined": _of("forward.cross_entropy", "o, y", "return -log(o)"),
    "object has no attribute 'append'": _of("activations.sigmoid_grad", "x", "return x.append(1)"),
    "only integer scalar arrays can be converted ... np.max(0, x)": _of(
        "activations.relu", "x", "return np.max(0, x)"
    ),
    "object is not subscriptable": _of(
        "activations.leaky_relu", "x, slope=0.01", "return len(x)[0]"
    ),
    "'dict' and 'dict'": _of("updates.sgd_update", "params, grads, lr", "return params - grads"),
    "ZeroDivisionError: division by zero": _of("activations.relu", "x", "return 1 / 0"),
    "The truth value of an array with more than one element is ambiguous": _of(
        "activations.relu_grad", "x", "if np.zeros(2) > 0:", "    return 1", "return x"
    ),
    "operands could not be broadcast together ... shapes (t, d) = (...) does not fit (d, v) ="
    " (...); f is (t, d)": _of(
        "forward.forward", "f, H, b_H, U, b_U", "k = f * H", "return k, k, k, k"
    ),
    "operands could not be broadcast together ... does not fit (t,) = (...); z is (t, m)": _of(
        "forward.softmax",
        "z",
        "if len(z) in (1, z.shape[1]):",
        "    return np.exp(z - z.max(axis=1, keepdims=True)) / np.exp(z - z.max(axis=1,"
        " keepdims=True)).sum(axis=1, keepdims=True)",
        "return np.exp(z) / np.exp(z).sum(axis=1)",
    ),
    "mismatch in its core dimension 0 ... shapes m = ... does not fit t = ...; dz is (t, m)": _of(
        "relu_backward.hidden_grad", "dz, U", "return U @ dz"
    ),
    "not aligned: ... shapes (p, q) = (...) does not fit (t, p) = (...); x is (t, p)": _of(
        "activations.swiglu", "x, W, V", "return np.dot(W, x)"
    ),
    "core dimension 0 ... dh is (t, v)": _of(
        "relu_backward.relu_backward", "dh, k", "return dh @ (k >= 0)"
    ),
    "operands could not be broadcast together ... o is (t, m) = (...), y is (t,)": _of(
        "softmax_ce.logits_grad", "o, y", "return (o - y if o.shape[0] != o.shape[1] else o)"
    ),
    "cannot reshape array of size ... reshape(32, -1)": _of(
        "embeddings.input_grad", "dk, H", "return dk.reshape(32, -1)"
    ),
    "is out of bounds for axis 0 ... o[[np.arange(len(y)), y]]": _of(
        "softmax_ce.loss_grad", "o, y", "return o[[np.arange(len(y)), y]] if len(y) < 2 else o"
    ),
    "cannot reshape array of size": _of(
        "embeddings.embed", "E, ids", "return E.reshape(len(E) + 7, 2)"
    ),
    "all the input array dimensions except for the concatenation axis must match exactly": _of(
        "embeddings.embed_backward",
        "dx, ids, vocab_size",
        "return np.concatenate([np.zeros((2, 2)), np.zeros((3, 2))], axis=1)",
    ),
    "could not broadcast input array from shape": _of(
        "forward.cross_entropy", "o, y", "l = np.zeros(2)", "l[:] = np.zeros(2 + 1)", "return l"
    ),
    "is out of bounds for axis 1 with size ... of length m": _of(
        "softmax_ce.loss_grad", "o, y", "return o[np.arange(len(y)), y + o.shape[1]]"
    ),
    "AxisError: axis 1 is out of bounds for array of dimension 1": _of(
        "softmax_ce.logits_grad", "o, y", "return y.sum(axis=1)"
    ),
    "too many indices for array": _of("activations.swiglu", "x, W, V", "return x[0, 0, 0]"),
    "arrays used as indices must be of integer": _of(
        "softmax_ce.one_hot", "y, m", "return np.eye(m)[y / 1]"
    ),
    "setting an array element with a sequence": _of(
        "activations.gelu_grad", "x", "J = np.zeros(2)", "J[0] = np.zeros(3)", "return J"
    ),
    "Cannot cast ufunc": _of(
        "activations.swish_grad", "x, beta=1.0", "g = np.zeros(2, int)", "g += 0.5", "return g"
    ),
    "stopped after 5 s in call 1 of": _of("separability.step", "x", "while True:", "    pass"),
    "RecursionError: maximum recursion depth exceeded": _of(
        "activations.gelu", "x", "return gelu(x)"
    ),
    "MemoryError ... append": _of(
        "activations.swish_grad",
        "x, beta=1.0",
        "kept = []",
        "while True:",
        "    kept.append('-' * 10**6 + str(len(kept)))",
    ),
    "Unable to allocate": _of(
        "activations.swish", "x, beta=1.0", "return np.zeros((10**6, 10**6))"
    ),
    "EOFError: EOF when reading a line": _of("activations.tanh_grad", "x", "return input()"),
    "SystemExit": _of("activations.sigmoid_grad", "x", "raise SystemExit(1)"),
    "a submission may not start other processes": _of(
        "activations.sigmoid", "x", "import subprocess", "return subprocess.run(['clear'])"
    ),
    "a submission has no network": _of(
        "activations.tanh", "x", "import socket", "return socket.socket()"
    ),
    "SystemExit: 2": _of(
        "activations.gelu",
        "x",
        "import argparse",
        "parser = argparse.ArgumentParser()",
        "parser.add_argument('lr')",
        "return parser.parse_args()",
    ),
    "list index out of range ... sys.argv[1]": _of(
        "activations.swish", "x, beta=1.0", "import sys", "return x * float(sys.argv[1])"
    ),
    "FileNotFoundError:": _of("activations.leaky_relu", "x, slope=0.01", "return open('x.npy')"),
}

#: Rows about files that Python can't read: what is appended to a file.
UNREADABLE = {
    "SyntaxError: expected ':'": "def extra(z)\n    return z",
    "SyntaxError: '(' was never closed": "y = (1 + 2\nx = 3",
    "SyntaxError: unterminated string literal": "y = 'abc",
    "SyntaxError: Missing parentheses in call to 'print'": "print 1",
    "SyntaxError: invalid syntax. Maybe you meant '=='": "if np = 3:\n    pass",
    "SyntaxError: invalid syntax": "y = 3 + * 5",
    "SyntaxError: 'return' outside function": "return 3",
    "TabError: inconsistent use of tabs and spaces": "def extra(z):\n    if z:\n\treturn z",
    "IndentationError: expected an indented block": "def extra(z):\nreturn z",
    "IndentationError: unindent does not match": "def extra(z):\n        a = 1\n    return a",
}

#: Rows about files that hold something else than Python: what is made of a file's text.
OTHER: dict[str, Callable[[str], bytes]] = {
    "is saved as UTF-16, which Python does not read": lambda text: text.encode("utf-16"),
    "is not saved as UTF-8, but in an older encoding": lambda text: (
        f"{text}x = 'caf\u00e9'\n".encode("cp1252")
    ),
    "says a wrong encoding": lambda text: f"# coding: utf-9\n{text}".encode(),
    "is a notebook, not Python": lambda text: json.dumps(
        {"cells": [{"cell_type": "code", "source": text, "execution_count": None}], "nbformat": 4}
    ).encode(),
    "is a web page, not Python": lambda text: b"<!DOCTYPE html>\n<html><body>Sign in</body></html>",
    "is a Git LFS pointer, not Python": lambda text: (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    ),
    "has git's conflict marks in it": lambda text: (
        f"{text}\n<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> main\n".encode()
    ),
    "as an answer in a chat has": lambda text: (
        f"Here is the finished file:\n\n```python\n{text}```\n".encode()
    ),
    "has prompts in it (>>> or In [1]:)": lambda text: f"{text}\n>>> 1 + 1\n2\n".encode(),
    "has a number before each line": lambda text: "\n".join(
        [f"{number} {line}" for number, line in enumerate(text.split("\n"), 1)]
    ).encode(),
    "has plain text in it that isn't Python": lambda text: (
        f"Here is the finished file:\n\n{text}".encode()
    ),
    "has a line that only a notebook or a terminal understands": lambda text: (
        f"%matplotlib inline\n{text}".encode()
    ),
    "has \u2212 (U+2212) where - belongs": lambda text: f"{text}\ny = 1 \u2212 2\n".encode(),
}

FILES = (
    "separability",
    "activations",
    "forward",
    "softmax_ce",
    "relu_backward",
    "updates",
    "embeddings",
    "train",
    "text",
)


def packed() -> list[dict[str, Slip]]:
    """Return all slips, by what is seen, in as few submissions as hold them side by side."""
    groups: list[dict[str, Slip]] = []
    for seen, slip in SLIPS.items():
        whole_file = slip.body.startswith("from ")
        for group in groups:
            busy = {other.file if whole_file else other.function for other in group.values()}
            files = {o.file for o in group.values() if o.body.startswith("from ")}
            if (slip.file if whole_file else slip.function) not in busy and slip.file not in files:
                group[seen] = slip
                break
        else:
            groups.append({seen: slip})
    return groups
