"""Has Python compute a constant that takes all memory, while it compiles or imports.

shows: late memory
score: 96
"""

HUGE = "a" * 10**10


def attack():
    return ""
