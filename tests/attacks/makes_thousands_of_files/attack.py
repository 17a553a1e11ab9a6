"""Uses up the file system's entries.

shows: marker
layers: files syscalls
"""


def attack():
    for number in range(20_000):
        with open(f"file-{number}", "wb"):
            continue
    return "there are 20000 files"
