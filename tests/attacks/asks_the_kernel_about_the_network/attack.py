"""Opens a netlink socket, which names every interface and address.

shows: marker
layers: syscalls
"""
import socket


def attack():
    link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    link.bind((0, 0))
    return "netlink answers"
