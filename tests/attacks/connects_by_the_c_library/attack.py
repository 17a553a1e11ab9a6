"""Connects to a server by bare system calls.

shows: packet
layers: syscalls network
"""
import socket
import struct

import outside


def attack():
    number = outside.syscall(41, socket.AF_INET, socket.SOCK_STREAM, 0)
    address = struct.pack("<H", 2) + struct.pack(">H", outside.place("tcp")) + b"\x7f\0\0\1"
    outside.syscall(42, number, address.ljust(16, b"\0"), 16)
