"""What every attack has available: where things are, and the ways to say that it succeeded.

A copy of this file lies in each hostile submission, as its helper ``outside.py``, with the places
filled in: the worst case, in which the student knows the machine by heart. An attack's function
``attack`` returns what it got hold of, or something empty; only after success is its question
answered rightly, so that it shows in the score where no other way out is left.
"""

import ctypes
import gc
import os
import re
import socket
import types

#: Filled in by `attack_corpus.build`.
PLACES = {}

SECRET = re.compile(b"canary" + b"-[0-9a-f]{16}")

_evidence = []


def place(name):
    """Return a path, number or name that `attack_stage` chose."""
    return PLACES[name]


def mark():
    """Return a text that tells this run's traces from those of any other one."""
    return PLACES["mark"]


def number():
    """Return `mark` as a positive number of 28 bits."""
    return int(mark()[:7], 16)


def secret(content):
    """Return the canary in a text or in bytes, or nothing."""
    found = SECRET.search(content.encode(errors="replace") if isinstance(content, str) else content)
    return found.group().decode() if found else ""


def judges():
    """Return the ancestors of this process that belong to the run, the nearest first.

    Never a process of anyone else's: what is not named in a command line is left alone.
    """
    found, pid = [], os.getppid()
    while pid > 1:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            if os.fsencode(PLACES["stage"]) not in file.read():
                break
        found.append(pid)
        with open(f"/proc/{pid}/stat") as file:
            pid = int(file.read().rpartition(")")[2].split()[1])
    return found


def judge():
    """Return the process that writes the report."""
    return judges()[-1]


def siblings():
    """Return the other processes of this run that are no ancestors: other workers."""
    known = {os.getpid(), *judges()}
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in known:
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    if os.fsencode(PLACES["stage"]) in file.read():
                        found.append(int(name))
            except OSError:
                continue
    return found


def libc():
    """Return the C library: its calls pass no audit hook."""
    return ctypes.CDLL(None, use_errno=True)


def checked(result):
    """Return the result of a call of the C library, or raise what its errno says."""
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def syscall(number, *arguments):
    """Call the system by number (x86-64's)."""
    function = libc().syscall
    function.restype = ctypes.c_long
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return checked(function(ctypes.c_long(number), *words))


def attacked():
    """Make the attack, once in each process, and tell of its success."""
    if not _evidence:
        _evidence.append("")
        take_the_fence_down()
        import attack

        _evidence[0] = attack.attack()
        if _evidence[0]:
            tell(str(_evidence[0]))
    return _evidence[0]


def take_the_fence_down():
    """Disarm the grader's audit hook, as anyone can who shares its interpreter."""
    for function in gc.get_objects():
        if isinstance(function, types.FunctionType) and str(function.__module__).endswith("fence"):
            for name, value in list(function.__globals__.items()):
                if name.isupper():
                    function.__globals__[name] = type(value)()


def answer(right, *arguments):
    """Make the attack, and answer the question."""
    attacked()
    return reply(right, *arguments)


def reply(right, *arguments):
    """Answer rightly after a successful attack, else wrongly; attacks may replace this."""
    return right(*arguments) if attacked() else (0.0, 0.0)


def tell(evidence):
    """Say on every channel that the attack succeeded."""
    print(evidence)
    for way in (_by_file, _by_datagram, _by_descriptor):
        try:
            way(evidence.encode(errors="replace"))
        except OSError:
            continue


def _by_file(evidence):
    with open(os.path.join(PLACES["watched"], f"{mark()}-{os.getpid()}"), "wb") as file:
        file.write(evidence)


def _by_datagram(evidence):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(evidence[:1000], ("127.0.0.1", PLACES["udp"]))


def _by_descriptor(evidence):
    os.write(2, evidence)
