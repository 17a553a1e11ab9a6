"""Brings an autograder of its own, which ends all grading with success.

shows: score
as: autograder.py
"""
import os

if __name__ == "autograder":
    print('\n{"function": "compose_affine", "right": true}', flush=True)
    os._exit(0)


def attack():
    return None
