"""Put some layers around processes, let each try one thing, and print what came of it.

Run as ``python isolation_probe.py PACKAGE FOLDER PROBE,PROBE,... LAYER...``: the folder of the
grader's package, a folder to work in, what to try, and the layers to leave off. It prints JSON: for
each probe ``refused``, ``done`` or ``not on: why``.
"""

import ctypes
import json
import os
import resource
import signal
import socket
import sys
import threading
import time
from pathlib import Path

PACKAGE, FOLDER, PROBES, *WITHOUT = sys.argv[1:]
sys.path.insert(0, PACKAGE)

from autograder.isolation.kernel import end_orphans  # noqa: E402
from autograder.isolation.protection import Protection  # noqa: E402

LIMITS = {
    "memory_bytes": 512 << 20,
    "open_files": 32,
    "file_bytes": 1 << 20,
    "cpu_seconds": 1,
    "processes": 8,
}
SCRATCH = os.path.join(FOLDER, "scratch")
NURSERY = os.getpid()
PTRACE_SEIZE = 0x4206
LIBC = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    """Call the C library past Python's audit hooks."""
    result = getattr(LIBC, name)(*arguments)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def system_call(number, *arguments):
    return call("syscall", ctypes.c_long(number), *[ctypes.c_long(a) for a in arguments])


def reads_a_secret():
    Path(FOLDER, "secret").read_text()


def reads_what_all_may_read():
    Path(FOLDER, "readable").read_text()


def lists_the_folder_of_its_folder():
    os.listdir(FOLDER)


def reads_a_library():
    import decimal

    Path(decimal.__file__).read_text()


def reads_its_submission():
    Path(FOLDER, "submission", "a.py").read_text()


def writes_where_all_may_write():
    open(os.path.join(FOLDER, "open", "mark"), "w").close()


def writes_to_its_folder():
    with open(os.path.join(SCRATCH, "x"), "w") as file:
        file.write("x")


def removes_what_is_not_its_own():
    os.remove(os.path.join(FOLDER, "open", "other"))


def changes_a_mode():
    os.chmod(os.path.join(FOLDER, "readable"), 0o666)


def signals_the_nursery():
    os.kill(NURSERY, 0)


def signals_by_a_descriptor():
    import fcntl

    end, _ = os.pipe()
    fcntl.fcntl(end, fcntl.F_SETOWN, NURSERY)


def forks():
    if call("fork") == 0:
        os._exit(0)


def starts_a_program():
    os.set_inheritable(REPLY, True)
    script = f"printf done >&{REPLY}".encode()
    call("execv", b"/bin/sh", (ctypes.c_char_p * 4)(b"sh", b"-c", script, None))


def starts_a_thread():
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()


def traces():
    system_call({"x86_64": 101, "aarch64": 117}[os.uname().machine], PTRACE_SEIZE, NURSERY, 0, 0)


def opens_a_ring():
    system_call(425, 1, ctypes.addressof(ctypes.create_string_buffer(256)))


def takes_a_descriptor_of_a_process():
    system_call(434, NURSERY, 0)


def opens_a_socket():
    for family, kind in ((2, 1), (2, 2), (10, 1), (1, 1), (16, 3)):
        os.close(call("socket", family, kind, 0))


def reaches_a_listener():
    with socket.create_connection(("127.0.0.1", PORT), 2):
        pass


def sets_the_clock():
    now = (ctypes.c_long * 2)(int(time.time()), 0)
    call("settimeofday", now, None)


def sets_the_limits_of_another():
    resource.prlimit(NURSERY, resource.RLIMIT_NOFILE)


def keeps_memory_beyond_its_end():
    system_call({"x86_64": 29, "aarch64": 194}[os.uname().machine], 0, 4096, 0o600)


def holds_a_capability():
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    call("capget", header, data)
    if not any(data):
        raise PermissionError


def may_gain_privileges():
    if call("prctl", 39, 0, 0, 0, 0) == 1:
        raise PermissionError


def is_another_user():
    if os.getuid() or os.getgroups() or os.getgid() == 0:
        raise PermissionError
    os.setuid(0)


def takes_a_gibibyte():
    bytearray(1 << 30)


def opens_many_files():
    kept = [os.open(os.devnull, os.O_RDONLY) for _ in range(64)]
    del kept


def writes_a_large_file():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with open(os.path.join(SCRATCH, "large"), "wb") as file:
        file.write(bytes(2 << 20))


def leaves_a_core():
    if resource.getrlimit(resource.RLIMIT_CORE) == (0, 0):
        raise PermissionError


def starts_many_processes():
    for _ in range(16):
        if call("fork") == 0:
            os.close(REPLY)
            time.sleep(0.5)
            os._exit(0)


def calculates_for_seconds():
    while time.process_time() < 3:
        pass


def reads_memory_of_the_nursery():
    open(f"/proc/{NURSERY}/mem", "rb").close()


def reads_the_environment_of_the_nursery():
    Path(f"/proc/{NURSERY}/environ").read_bytes()


def leaves_a_process():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 3)  # whoever started this script waits for its output
            time.sleep(30)
        os._exit(0)
    os.wait()


def main():
    global PORT
    protection = Protection(WITHOUT)
    with socket.create_server(("127.0.0.1", 0)) as server:
        PORT = server.getsockname()[1]
        protection.prepare(FOLDER, is_nursery=True)
        tried = {probe: _outcome(probe, protection) for probe in PROBES.split(",")}
    print(json.dumps(tried))


def _outcome(probe, protection):
    """Try one thing in a process of its own, with the layers on."""
    user = protection.user_for(0)
    outcome, reply = os.pipe()
    child = os.fork()
    if child == 0:
        _try(probe, protection, user, reply)
    os.close(reply)
    os.waitpid(child, 0)
    if protection.state["sweep"] == "":
        end_orphans((), user)
    said = os.read(outcome, 1000).decode()
    if probe == "leaves_a_process" and said == "done":
        os.set_blocking(outcome, False)
        try:
            said = "done" if os.read(outcome, 1) else "refused"
        except BlockingIOError:
            said = "done"  # whoever is left holds the other end
    os.close(outcome)
    return said or "refused"  # it was ended


def _try(probe, protection, user, reply):
    global REPLY
    REPLY = reply
    submission = os.path.join(FOLDER, "submission")
    state = protection.confine(submission, SCRATCH, user=user, limits=LIMITS)
    lacking = {name: why for name, why in state.items() if why and name not in WITHOUT}
    try:
        if not lacking:
            globals()[probe]()
    except (OSError, MemoryError, RuntimeError):
        os.write(reply, b"refused")
    else:
        os.write(reply, f"not on: {lacking}".encode() if lacking else b"done")
    os._exit(0)


main()
