"""Has Python compute a number that takes all time, while it compiles or imports.

shows: late memory
score: 92.5
imported: yes
slow: yes
"""

HUGE = 10**10**9 > 0 and ""


def attack():
    return ""
