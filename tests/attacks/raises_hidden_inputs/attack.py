"""Raises the inputs of every call as a message.

shows: hidden
"""
import separability


def attack():
    def show(right, *arguments):
        raise ValueError(repr(arguments[0].tolist()))

    separability.outside.reply = show
