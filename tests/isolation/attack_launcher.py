"""Run one command, see what is left of it, and end that: the parent of everything an attack starts.

Reads settings as JSON from standard input and writes what it saw as JSON to standard output. As
the system's 'subreaper' it inherits every process that lost its parent, however it hid: whatever
still has this process for an ancestor when the command has ended was left by it.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36

#: How long what the command started may outlive it, and how long nothing must be seen of it.
GRACE_SECONDS, QUIET_SECONDS = 2.0, 0.1


def main():
    settings = json.load(sys.stdin)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGTERM, lambda *_: _end_all() or sys.exit(1))
    json.dump(_run(settings), sys.stdout)


def _run(settings):
    started = time.monotonic()
    with open(settings["stdout"], "wb") as stdout, open(settings["stderr"], "wb") as stderr:
        process = subprocess.Popen(
            settings["command"],
            cwd=settings["cwd"],
            env=settings["environment"],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            preexec_fn=lambda: _become(settings),
        )
    status = _waited_for(process, settings["seconds"])
    seconds = time.monotonic() - started
    left = _left() if status is not None else []
    _end_all()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return {"status": status, "seconds": seconds, "left": left, "peak_bytes": peak}


def _waited_for(process, seconds):
    """Return the command's exit status, None after so many seconds; bury the others meanwhile."""

    def stop(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        while True:
            pid, status = os.waitpid(-1, 0)
            if pid == process.pid:
                process.returncode = os.waitstatus_to_exitcode(status)
                return process.returncode
    except TimeoutError:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _become(settings):
    if settings["uid"] is not None:
        os.setgroups([])
        os.setresgid(settings["uid"], settings["uid"], settings["uid"])
        os.setresuid(settings["uid"], settings["uid"], settings["uid"])
    for name, value in settings["limits"].items():
        resource.setrlimit(getattr(resource, name), (value, value))


def _left():
    """Return the command lines of what is still there after the time of grace.

    A process that forks and ends all the time is never seen, but it leaves dead ones to be buried.
    """
    started = last_sign = time.monotonic()
    while True:
        buried, found, now = _bury(), _descendants(), time.monotonic()
        last_sign = now if buried or found else last_sign
        if now - last_sign > QUIET_SECONDS:
            return []
        if now - started > GRACE_SECONDS:
            return [_command_line(pid) for pid in found] or ["processes that follow each other"]
        time.sleep(0.02)  # processes of someone else's: there is no event to wait for


def _end_all():
    deadline = time.monotonic() + 20
    while (found := _descendants()) and time.monotonic() < deadline:
        _bury()
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.01)


def _descendants():
    """Return the processes below this one that are not dead yet."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    state, parent = file.read().rpartition(")")[2].split()[:2]
                is_dead = state in "ZX" and len(os.listdir(f"/proc/{name}/task")) == 1
            except OSError:
                continue
            if not is_dead:  # a process goes on after its first thread
                parents[int(name)] = int(parent)
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found - {os.getpid()})


def _bury():
    """Bury dead children, and return how many there were."""
    buried = 0
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            buried += 1
    except ChildProcessError:
        pass
    return buried


def _command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode(errors="replace")[:200]
    except OSError:
        return "?"


if __name__ == "__main__":
    main()
