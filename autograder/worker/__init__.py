"""The worker: the one process that runs what a student wrote.

It is started by `autograder.supervisor.worker` as a fresh interpreter, gets inputs over a pipe,
calls the
student's functions, and answers with plain values. It never sees the answer key, the reference or
the judge's memory, and nothing that it says is trusted.
"""
