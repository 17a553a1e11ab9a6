"""Raises SystemExit with status 0 while it is imported.

shows: score
score: 92
imported: yes
"""
import sys

sys.exit(0)
