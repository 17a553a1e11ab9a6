"""Writes a setting of the kernel (the value that it has).

shows: marker
layers: user files syscalls
root: yes
"""


def attack():
    path = "/proc/sys/kernel/core_pattern"
    with open(path) as file:
        value = file.read()
    with open(path, "w") as file:
        file.write(value)
    return "it may change settings of the kernel"
