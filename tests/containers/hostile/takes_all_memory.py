"""Take more than the container has, by several processes of which each stays below its limit."""

import os
import time

for _ in range(4):
    try:
        if os.fork() == 0:
            hoard = [bytes([1]) * 2**20 for _ in range(400)]
            time.sleep(60)
            os._exit(0)
    except (OSError, MemoryError):
        pass
time.sleep(3)
