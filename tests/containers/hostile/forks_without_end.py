"""Be as many processes as there may be."""

import os
import time

END = time.monotonic() + 60
while time.monotonic() < END:
    try:
        os.fork()
    except OSError:
        time.sleep(0.01)
