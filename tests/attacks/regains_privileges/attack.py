"""Becomes root by what is left to it.

shows: marker
layers: user privileges syscalls
root: yes
"""
import os


def attack():
    os.setresuid(0, 0, 0)
    return "it is root"
