"""Makes a link where the report has to go, so that the judge overwrites the key.

shows: changed left status json
layers: files user syscalls
"""
import os

import outside


def attack():
    report = outside.place("report")
    if os.path.exists(report):
        os.unlink(report)
    os.symlink(outside.place("project") + "/build/answer-key.public", report)
    return "there is a link in the report's place"
