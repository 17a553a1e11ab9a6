"""Sends what it knows by UDP.

shows: packet
layers: syscalls network
"""
import socket

import outside


def attack():
    socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", outside.place("udp")))
