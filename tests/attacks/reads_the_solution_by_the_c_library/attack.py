"""Opens the solution by the C library, past any audit hook.

shows: canary
layers: files user syscalls
"""
import ctypes

import outside


def attack():
    path = outside.place("project") + "/solution/separability.py"
    descriptor = outside.checked(outside.libc().open(path.encode(), 0))
    content = ctypes.create_string_buffer(10**5)
    outside.libc().read(descriptor, content, len(content) - 1)
    return outside.secret(content.value)
