"""Stays in machine code forever, where Python can't interrupt it.

shows: late
slow: yes
"""


def attack():
    return pow(7, 10**9) > 0 and ""
