"""Brings an autograder of its own.

shows: marker
as: autograder.py
"""
import sys


def attack():
    for name, module in list(sys.modules.items()):
        if name.startswith("autograder") and hasattr(module, "attack"):
            return f"{name} is mine"
    sys.modules.pop("autograder", None)
    import autograder

    return "autograder is mine" if hasattr(autograder, "attack") else ""
