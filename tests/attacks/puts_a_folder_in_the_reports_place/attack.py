"""Makes a folder where the report has to go.

shows: status json
layers: files user syscalls
"""
import os

import outside


def attack():
    report = outside.place("report")
    if os.path.exists(report):
        os.unlink(report)
    os.mkdir(report)
