"""Changes what was handed in.

shows: changed left
layers: files user syscalls
"""
import outside


def attack():
    for name in ("separability.py", "evidence.txt"):
        with open(outside.place("submission") + "/" + name, "a") as file:
            file.write("# changed afterwards\n")
