"""Finds the worker's pipe and sends replies with the right running numbers.

shows: nothing, a grader without a boundary has no pipe of this kind
"""
import gc

import numpy as np


def attack():
    for thing in gc.get_objects():
        if type(thing).__name__ == "_Pipe":
            for _ in range(50):
                thing.send({"value": (np.zeros((1, 1)), np.zeros((1, 1))), "changed": ()})
            thing.asked += 1
            thing.answered = 0
            thing.send({"printed": "", "passed": True, "score": 100})
