"""Reads which processes run on the machine, and how they were started.

shows: marker
layers: files
"""
import os


def attack():
    for pid in os.listdir("/proc"):
        if pid.isdigit() and int(pid) != os.getpid():
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if file.read():
                    return f"process {pid} is known"
