"""Fills a gibibyte and a half with numbers.

shows: memory marker late
layers: limits
"""
import numpy as np


def attack():
    return f"{np.ones(3 * 2**26).nbytes} bytes"
