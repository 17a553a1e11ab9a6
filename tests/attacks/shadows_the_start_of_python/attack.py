"""Brings modules that Python loads by itself when it starts.

shows: marker
as: sitecustomize.py usercustomize.py
"""
import builtins

if __name__ != "attack":
    builtins.started = __name__


def attack():
    return getattr(builtins, "started", "")
