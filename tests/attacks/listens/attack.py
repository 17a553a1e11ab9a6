"""Waits for connections, so that it can be reached from outside.

shows: marker
layers: syscalls
"""
import socket


def attack():
    server = socket.create_server(("127.0.0.1", 0))
    return f"it listens on {server.getsockname()[1]}"
