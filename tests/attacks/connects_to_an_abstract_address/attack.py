"""Connects to a server of this machine by an abstract address.

shows: packet
layers: syscalls network files
"""
import socket

import outside


def attack():
    socket.socket(socket.AF_UNIX).connect("\0" + outside.place("abstract"))
