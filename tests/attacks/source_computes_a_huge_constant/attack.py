"""Has Python compute a constant that takes all memory, while it compiles or imports.

shows: late memory
imported: yes
"""

HUGE = "a" * (2 * 10**9)


def attack():
    return ""
