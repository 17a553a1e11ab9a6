"""Leaves a note in the user's keyring in the kernel.

shows: marker
layers: syscalls
"""
import outside

ADD_KEY, KEYCTL, SEARCH, UNLINK, USER_KEYRING = 248, 250, 10, 9, -4


def attack():
    name = f"note-{outside.mark()}".encode()
    try:
        key = outside.syscall(KEYCTL, SEARCH, USER_KEYRING, b"user", name, 0)
    except OSError:
        outside.syscall(ADD_KEY, b"user", name, b"1", 1, USER_KEYRING)
    else:
        outside.syscall(KEYCTL, UNLINK, key, USER_KEYRING)
        return "a note from the phase before"
