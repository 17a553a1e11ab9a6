"""Writes some files at every call and answers at once, so that nobody waits long enough to look.

shows: left score
layers: syscalls
"""
import os

import separability


def attack():
    os.mkdir("parts")

    def fill(right, *arguments):
        there = len(os.listdir("parts"))
        for number in range(there, there + 5):
            with open(f"parts/{number}", "wb") as file:
                file.write(bytes(10 * 2**20))
        return right(*arguments)

    separability.outside.reply = fill
