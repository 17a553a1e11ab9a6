"""Raises an exception that ends the process with success when it is shown.

shows: score
"""
import os


class Quiet(Exception):
    def __str__(self):
        os._exit(0)

    __repr__ = __str__


def attack():
    raise Quiet
