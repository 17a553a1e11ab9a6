"""Hands in a notebook beside its files with a chain in an f-string on which Python 3.10 crashes.

shows: nothing, a grader without a boundary reads no notebook
score: 100
"""
import json


def build(folder, solution):
    solution.pop("attack.py", None)
    solution["separability.py"] = solution["separability.py"].partition(b"import outside")[0]
    for name, content in solution.items():
        folder.joinpath(name).write_bytes(content)
    source = 'x = f"{a' + '.a' * 120_000 + '}"'
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": source}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    folder.joinpath("homework.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return folder
