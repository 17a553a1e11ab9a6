"""Hands in bytecode that is not what the source says.

shows: score
"""
import importlib.util
import marshal
import sys

WRONG = b"""
import outside
outside.PLACES["from"] = "source"

def compose_affine(W0, b0, W1, b1):
    return None
"""


def build(folder, solution):
    right = solution["separability.py"].replace(b"return outside.answer(", b"return (lambda r, *a: r(*a))(")
    for name, content in (solution | {"separability.py": WRONG}).items():
        folder.joinpath(name).write_bytes(content)
    code = compile(right, str(folder / "separability.py"), "exec")
    content = importlib.util.MAGIC_NUMBER + b"\1\0\0\0" + bytes(8) + marshal.dumps(code)
    cache = folder / "__pycache__"
    cache.mkdir()
    version = f"{sys.version_info[0]}{sys.version_info[1]}"
    for name in (f"__pycache__/separability.cpython-{version}.pyc", "separability.pyc"):
        (folder / name).write_bytes(content)
    return folder
