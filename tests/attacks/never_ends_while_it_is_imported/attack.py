"""Sleeps forever while it is imported.

shows: late
score: 92.5
imported: yes
slow: yes
"""
import time

while True:
    time.sleep(100)
