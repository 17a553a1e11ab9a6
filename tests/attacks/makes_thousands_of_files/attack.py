"""Uses up the file system's entries.

shows: marker late
layers: files syscalls
"""


def attack():
    for number in range(5000):
        with open(f"file-{number}", "wb"):
            continue
    return "there are 5000 files"
