"""Answers every question just below the time limit.

shows: late
slow: yes
"""
import time

import separability


def attack():
    def slow(right, *arguments):
        time.sleep(1.5)
        return right(*arguments)

    separability.outside.reply = slow
