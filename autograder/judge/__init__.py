"""The judge: decide every check from the answer key and what the worker sent.

It never runs, imports or unpickles anything of a student's, and it draws nothing: the same evidence
always gives the same verdicts.
"""
