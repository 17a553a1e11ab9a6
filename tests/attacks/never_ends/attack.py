"""Computes forever.

shows: late
slow: yes
"""


def attack():
    while True:
        continue
