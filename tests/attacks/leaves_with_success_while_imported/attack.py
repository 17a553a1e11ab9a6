"""Raises SystemExit with status 0 while it is imported.

shows: score
score: 96
"""
import sys

sys.exit(0)
