"""Lists the folders of the grader, its workspace and the reports.

shows: marker
layers: files user
"""
import os

import outside


def attack():
    for name in ("stage", "tmp", "project"):
        try:
            listed = os.listdir(os.open(outside.place(name), os.O_RDONLY))
        except OSError:
            continue
        return f"{name}: {len(listed)} names"
