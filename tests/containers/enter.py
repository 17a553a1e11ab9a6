"""Make a folder the root of new namespaces, give up what Docker gives up, and start the harness.

Run by `unshare`, on the host's own python, as the first process of its namespaces. What it imitates
is a container of Docker's: https://docs.docker.com/engine/security/ (capabilities, read-only parts
of /proc) and https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities.

Docker refuses new user namespaces by a filter of system calls. Here the kernel does: it gives none
to a process whose root is not its namespace's own, and so the root is one folder down.
"""

import ctypes
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

#: What Docker leaves to a container's root.
CAPABILITIES = (
    "audit_write",
    "chown",
    "dac_override",
    "fowner",
    "fsetid",
    "kill",
    "mknod",
    "net_bind_service",
    "net_raw",
    "setfcap",
    "setgid",
    "setpcap",
    "setuid",
    "sys_chroot",
)

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "HOSTNAME": "container",
}

READ_ONLY = ("bus", "fs", "irq", "sys", "sysrq-trigger")
HIDDEN = ("kcore", "keys", "latency_stats", "sched_debug", "timer_list")

#: Minor numbers of the memory devices, and of the terminal.
DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9)}
DEVICES["tty"] = (5, 0)

#: From linux/mount.h: detach now, tidy up when no one uses it any more.
MNT_DETACH = 2


def main(stage: Path, harness: Path, overlay: str) -> None:
    """Enter the root that `overlay` tells, a mount's options or a folder, by way of `stage`."""
    mount("-t", "tmpfs", "-o", "size=1m,mode=755", "tmpfs", stage)
    root = stage / "root"
    root.mkdir()
    if "=" in overlay:
        # No device that anyone makes in there can be opened.
        mount("-t", "overlay", "-o", f"nodev,{overlay}", "overlay", root)
    else:
        mount("--bind", overlay, root)
        mount("-o", "remount,bind,nodev", root)
    lay_out(root)
    socket.sethostname("container")
    source = harness.read_text()
    change_root(stage)
    bounding = "-all," + ",".join([f"+{name}" for name in CAPABILITIES])
    command = ["setpriv", f"--bounding-set={bounding}", "--inh-caps=-all", "--clear-groups", "--"]
    os.execve("/usr/bin/setpriv", [*command, "python3", "-I", "-c", source], ENVIRONMENT)


def lay_out(root: Path) -> None:
    """Mount what every container has."""
    proc, dev, quiet = root / "proc", root / "dev", "nosuid,noexec,nodev"
    mount("-t", "proc", "-o", quiet, "proc", proc)
    for name in filter(lambda name: (proc / name).exists(), READ_ONLY):
        mount("--bind", proc / name, proc / name)
        mount("-o", f"remount,bind,ro,{quiet}", proc / name)
    mount("-t", "sysfs", "-o", f"ro,{quiet}", "sysfs", root / "sys")
    mount("-t", "tmpfs", "-o", "nosuid,noexec,mode=755,size=64k", "tmpfs", dev)
    for name, (major, minor) in DEVICES.items():
        os.mknod(dev / name, 0o20666, os.makedev(major, minor))
        (dev / name).chmod(0o666)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        (dev / name).symlink_to(f"/proc/self/fd/{number}")
    (dev / "fd").symlink_to("/proc/self/fd")
    (dev / "shm").mkdir()
    mount("-t", "tmpfs", "-o", f"{quiet},mode=1777,size=64m", "shm", dev / "shm")
    mount("-o", "remount,ro,nosuid,noexec", dev)
    for name in filter(lambda name: (proc / name).exists(), HIDDEN):
        mount("--bind", dev / "null", proc / name)


def change_root(stage: Path) -> None:
    """Leave the old root behind for good, and step into the new one, a folder down."""
    libc = ctypes.CDLL(None, use_errno=True)
    (stage / "old").mkdir()
    os.chdir(stage)
    check(libc.pivot_root(b".", b"old"))
    check(libc.umount2(b"/old", MNT_DETACH))
    os.rmdir("/old")
    os.chroot("/root")
    os.chdir("/")


def check(outcome: int) -> None:
    if outcome:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def mount(*words: object) -> None:
    """Run the command of that name."""
    subprocess.run([shutil.which("mount") or "mount", *map(str, words)], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
