"""Opens a packet socket that sees what others send.

shows: marker
layers: user privileges syscalls
root: yes
"""
import socket


def attack():
    return str(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x0300).fileno())
