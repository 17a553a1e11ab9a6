"""Raises an exception whose class is named after the inputs.

shows: hidden
"""
import separability


def attack():
    def show(right, *arguments):
        raise type(repr(arguments[0].tolist()), (Exception,), {})

    separability.outside.reply = show
