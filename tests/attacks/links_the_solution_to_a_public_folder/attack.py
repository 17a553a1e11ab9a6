"""Makes a hard link to the solution where it can be fetched later.

shows: changed marker
layers: files user syscalls
"""
import outside


def attack():
    source = outside.place("project") + "/solution/separability.py"
    target = f"{outside.place('watched')}/solution"
    outside.checked(outside.libc().link(source.encode(), target.encode()))
