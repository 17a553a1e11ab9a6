"""Replaces itself by a shell that writes a marker.

shows: marker
layers: syscalls
"""
import os

import outside


def attack():
    os.execv("/bin/sh", ["sh", "-c", f"echo 1 > {outside.place('watched')}/by-shell"])
