"""Returns no results at all, so that there is none to find wrong.

shows: score
"""
import separability


def attack():
    separability.outside.reply = lambda *a: ()
