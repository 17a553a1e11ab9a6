"""What a notebook's check cells do: as little in the student's kernel as can be.

The process beside it, which grades, runs no student's code either: its session's workers do.
"""
