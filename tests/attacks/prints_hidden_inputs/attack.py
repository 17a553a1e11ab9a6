"""Prints the inputs of every call, for whoever reads the report.

shows: hidden
"""
import separability


def attack():
    def show(right, *arguments):
        for argument in arguments:
            print(repr(argument.tolist()))

    separability.outside.reply = show
