"""The words between the judge and the nursery; see `autograder.worker.nursery`."""

import struct

__all__ = ["FORK", "NUMBER", "NUMPY_FOLDER", "QUIT", "WAIT"]

#: The variable that names the folder around numpy, where only the judge's own path leads there.
NUMPY_FOLDER = "AUTOGRADER_NUMPY"

FORK, WAIT, QUIT = b"F", b"W", b"Q"

#: Process ids and exit statuses on the socket; an exit status is negative for a signal.
NUMBER = struct.Struct("<q")
