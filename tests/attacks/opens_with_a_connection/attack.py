"""Sends data while it connects (TCP fast open), without a call to connect.

shows: packet
layers: syscalls network
"""
import socket

import outside


def attack():
    out = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    out.sendto(b"x", 0x20000000, ("127.0.0.1", outside.place("tcp")))
