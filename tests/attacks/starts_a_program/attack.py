"""Starts another program.

shows: marker process
layers: syscalls
"""
import subprocess

import outside


def attack():
    subprocess.Popen(["/bin/sleep", "30"], start_new_session=True)
    return f"a program runs: {outside.mark()}"
