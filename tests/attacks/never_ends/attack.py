"""Computes for ever.

shows: late
slow: yes
"""


def attack():
    while True:
        continue
