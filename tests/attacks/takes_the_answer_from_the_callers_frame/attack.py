"""Looks for the right answer in the variables of whoever called.

shows: score
"""
import sys

import separability


def attack():
    def look(*arguments):
        frame = sys._getframe()
        while frame is not None:
            for name in ("expected", "right_answer", "reference_result"):
                if name in frame.f_locals:
                    return frame.f_locals[name]
            frame = frame.f_back

    separability.outside.reply = look
