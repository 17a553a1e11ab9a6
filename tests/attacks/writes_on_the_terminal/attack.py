"""Writes on the terminal and the log of whoever grades, past Python's streams.

shows: text
"""
import os


def attack():
    os.write(2, b"\x1b]0;score 100 of 100\x07\x1b[2J" * 10)
    os.write(1, b"\x1b[31mscore 100 of 100\x1b[0m\n")
    try:
        with open("/dev/tty", "w") as terminal:
            terminal.write("score 100 of 100")
    except OSError:
        return
