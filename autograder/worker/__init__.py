"""The worker: the one process that runs what a student wrote.

It is started by `autograder.supervisor.worker` as a fresh interpreter, gets inputs over a pipe,
calls the student's functions, and answers with plain values. It never sees the answer key, the
reference or the judge's memory, and nothing that it says is trusted. The names here are what the
judge's side has to know of what passes between the two.
"""

import struct

__all__ = [
    "FORK",
    "FRAME_SIZE",
    "NUMBER",
    "NUMPY_FOLDER",
    "QUIT",
    "WAIT",
]

#: What comes before each request and reply: how many bytes it has (`autograder.worker.serve`).
FRAME_SIZE = struct.Struct("<I")

#: The variable that names the folder around numpy, where only the judge's own path leads there.
NUMPY_FOLDER = "AUTOGRADER_NUMPY"

#: Requests to the nursery (`autograder.worker.nursery`).
FORK, WAIT, QUIT = b"F", b"W", b"Q"

#: Numbers of processes and exit statuses on the socket; an exit status is negative for a signal.
NUMBER = struct.Struct("<q")
