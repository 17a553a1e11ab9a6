"""Names the machine (as it is named already).

shows: marker
layers: user privileges syscalls
root: yes
"""
import socket


def attack():
    socket.sethostname(socket.gethostname())
    return "it may name the machine"
