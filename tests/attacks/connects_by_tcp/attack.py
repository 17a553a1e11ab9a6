"""Connects to a server.

shows: packet
layers: syscalls network
"""
import socket

import outside


def attack():
    socket.create_connection(("127.0.0.1", outside.place("tcp"))).sendall(b"x")
