"""Imports the grader's own modules to read the key with them.

shows: canary marker
layers: files user
"""
import sys

import outside


def attack():
    sys.path.append(outside.place("project"))
    for name in [name for name in sys.modules if name.startswith("autograder")]:
        del sys.modules[name]
    import importlib
    import pathlib

    key = importlib.import_module("autograder.homework.key")
    path = pathlib.Path(outside.place("project"), "build", "answer-key.full")
    return f"{len(key.read_key(path).functions)} functions of the key"
