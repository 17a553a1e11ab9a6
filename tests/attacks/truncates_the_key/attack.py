"""Cuts the key short without opening it.

shows: changed
layers: files user syscalls
"""
import outside


def attack():
    key = outside.place("project") + "/build/answer-key.public"
    outside.checked(outside.libc().truncate(key.encode(), 10))
