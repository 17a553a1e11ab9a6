"""Compile the answer key: the one place where Hypothesis and the reference solution are needed.

It reads the rubric, draws and shrinks examples, proves the reference and the rubric, and writes
data (`autograder.homework.key`). It runs on the teacher's machine, never where students' code runs.
"""
