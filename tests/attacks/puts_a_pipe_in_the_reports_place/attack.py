"""Makes a pipe where the report has to go, which stops whoever opens it.

shows: late json status
layers: files user syscalls
"""
import os

import outside


def attack():
    report = outside.place("report")
    if os.path.exists(report):
        os.unlink(report)
    os.mkfifo(report)
