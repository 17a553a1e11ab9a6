"""Opens a raw socket.

shows: marker
layers: user privileges syscalls
root: yes
"""
import socket


def attack():
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    return f"raw socket {raw.fileno()}"
