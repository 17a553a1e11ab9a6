"""Leave what lives on without any process: shared memory, a message queue."""

import ctypes
import mmap

CREATE = 0o1000 | 0o666
libc = ctypes.CDLL(None)
for key in range(1, 4):
    libc.shmget(key, mmap.PAGESIZE, CREATE)
    libc.semget(key, 1, CREATE)
    libc.msgget(key, CREATE)
try:
    from multiprocessing import shared_memory

    shared_memory.SharedMemory(name="left", create=True, size=4096)
except (ImportError, OSError):
    pass
