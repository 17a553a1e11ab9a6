"""Raises SystemExit with status 0 while it is imported.

shows: score
imported: yes
"""
import sys

sys.exit(0)
