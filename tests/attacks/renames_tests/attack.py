"""Renames the staff's tests.

shows: changed
layers: files user syscalls
"""
import outside


def attack():
    tests = outside.place("project") + "/tests/test_secrets.py"
    outside.checked(outside.libc().rename(tests.encode(), (tests + "-away").encode()))
