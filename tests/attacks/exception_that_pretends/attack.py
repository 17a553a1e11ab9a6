"""Raises an exception whose class and attributes run code when they are looked at.

shows: score
"""
import os


class Tricky(Exception):
    @property
    def __class__(self):
        os._exit(0)

    def __getattribute__(self, name):
        os._exit(0)

    def __str__(self):
        os._exit(0)


def attack():
    raise Tricky
