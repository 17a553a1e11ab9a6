"""Sleeps for ever while it is imported.

shows: late
score: 96
slow: yes
"""
import time

while True:
    time.sleep(100)
