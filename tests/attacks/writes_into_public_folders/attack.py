"""Leaves files where anybody may write.

shows: left
layers: files syscalls
"""
import outside


def attack():
    for folder in ("/tmp", "/var/tmp", "/dev/shm", outside.place("tmp")):
        with open(f"{folder}/left-{outside.mark()}", "w") as file:
            file.write("something")
