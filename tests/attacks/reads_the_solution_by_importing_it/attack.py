"""Imports the solution by path.

shows: canary
"""
import importlib.util

import outside


def attack():
    path = outside.place("project") + "/solution/separability.py"
    spec = importlib.util.spec_from_file_location("stolen", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return outside.secret(module.SECRET)
