"""Mounts a file system over the solution's folder (and takes it away again).

shows: marker
layers: user privileges syscalls
root: yes
"""
import outside


def attack():
    target = (outside.place("project") + "/solution").encode()
    outside.checked(outside.libc().mount(b"none", target, b"tmpfs", 0, None))
    outside.libc().umount2(target, 2)
    return "it may mount"
