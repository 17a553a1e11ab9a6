"""Makes sockets that pass descriptors on.

shows: marker
layers: syscalls
"""
import socket


def attack():
    return str(socket.socketpair()[0].fileno())
