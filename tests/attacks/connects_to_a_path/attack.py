"""Connects to a server of this machine by a path: no namespace of networks keeps it out.

shows: packet
layers: syscalls
"""
import socket

import outside


def attack():
    socket.socket(socket.AF_UNIX).connect(outside.place("unix"))
