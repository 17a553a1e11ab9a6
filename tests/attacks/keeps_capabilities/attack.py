"""Looks for capabilities that it was left.

shows: marker
layers: user privileges
root: yes
"""


def attack():
    with open("/proc/self/status") as file:
        facts = dict([line.split(":", 1) for line in file])
    if any([int(facts[name], 16) for name in ("CapEff", "CapPrm")]):
        return "it has capabilities"
