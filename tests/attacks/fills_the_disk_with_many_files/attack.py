"""Writes many files, each below the limit of one.

shows: marker
layers: files syscalls
"""


def attack():
    for number in range(20):
        with open(f"part-{number}", "wb") as file:
            for _ in range(15):
                file.write(bytes(2**20))
    return "300 MiB are on the disk"
