"""Ends the process with success when an object of its own is deleted.

shows: score
"""
import os


class Last:
    def __del__(self):
        os._exit(0)


def attack():
    Last()
