"""What the operating system has to do: users, limits, and calls that Python has no function for.

Sources: the manual pages prctl(2), capabilities(7), unshare(2), capset(2).
"""

import contextlib
import ctypes
import ctypes.util
import os
import signal
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

__all__ = [
    "become",
    "drop_bounding_set",
    "drop_capabilities",
    "end_orphans",
    "end_with_parent",
    "forbid_new_privileges",
    "hide_memory",
    "inherit_orphans",
    "is_linux",
    "leave_network",
    "limit_resources",
    "quick_look_up",
    "user_number",
]

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 24, 36, 38
_CLONE_NEWIPC, _CLONE_NEWNET = 0x08000000, 0x40000000
_CAPABILITY_VERSION_3 = 0x20080522

#: What the C library and libseccomp are called on Linux.
_USUAL_NAMES = {"c": "libc.so.6", "seccomp": "libseccomp.so.2"}

#: More capabilities than any kernel has.
_MOST_CAPABILITIES = 64


def is_linux() -> bool:
    """Tell whether these calls exist."""
    return sys.platform == "linux"


@contextlib.contextmanager
def quick_look_up() -> Iterator[None]:
    """Let the libraries of the layers find C libraries by their usual names.

    ``ctypes.util.find_library`` starts a process for each question, which takes milliseconds; it is
    asked only where the usual name does not load.
    """
    ask = ctypes.util.find_library

    def find(name: str) -> str | None:
        usual = _USUAL_NAMES.get(name)
        if usual is None:
            return ask(name)
        try:
            ctypes.CDLL(usual)
        except OSError:
            return ask(name)
        return usual

    ctypes.util.find_library = find
    try:
        yield
    finally:
        ctypes.util.find_library = ask


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _prctl(option: int, argument: int = 0) -> None:
    nothing = ctypes.c_ulong(0)
    _checked(_libc().prctl(option, ctypes.c_ulong(argument), nothing, nothing, nothing))


def hide_memory() -> None:
    """Close this process's memory, descriptors and environment to others of the same user."""
    _prctl(_PR_SET_DUMPABLE, 0)


def inherit_orphans() -> None:
    """Make this process the parent of whatever its descendants leave behind."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def end_with_parent(parent: int) -> None:
    """Let the kernel end this process as soon as its parent is gone; at once if it is already."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def forbid_new_privileges() -> None:
    """Let no program that is started from here on have more rights than this process."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def leave_network() -> None:
    """Enter a network, and shared memory of System V, with no one else in it.

    It takes root, and many a container refuses even that, with an OSError.
    """
    _checked(_libc().unshare(_CLONE_NEWNET | _CLONE_NEWIPC))


def drop_bounding_set() -> None:
    """Give up every capability for good, for this process and what it becomes; root may."""
    for capability in range(_MOST_CAPABILITIES):
        try:
            _prctl(_PR_CAPBSET_DROP, capability)
        except OSError:
            return  # the kernel has no more of them, or there is nothing to give up


def drop_capabilities() -> None:
    """Give up the capabilities that are in force."""

    class Header(ctypes.Structure):
        _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))

    header, none = Header(_CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    _checked(_libc().capset(ctypes.byref(header), ctypes.byref(none)))


#: Workers that one nursery can have at a time.
MOST_WORKERS = 32

#: Above the numbers of people, services, and the ranges that systemd gives to containers
#: (https://systemd.io/UIDS-GIDS/), and below the last ones, which it keeps for itself. Process
#: numbers are below 2**22, so that two nurseries at work never share a user.
FIRST_NUMBER, PROCESS_NUMBERS = 1_879_048_192, 1 << 22

#: Instead, where only 65536 numbers exist, as in a container with a user namespace of its own.
#: Nurseries whose process numbers are 1250 apart would share users there.
FIRST_LOW_NUMBER, LOW_NUMBERS = 20_000, 40_000


def user_number(place: int) -> int:
    """Return the user for the worker in `place` (0 to 31) of this nursery."""
    number = os.getpid() % PROCESS_NUMBERS * MOST_WORKERS + place % MOST_WORKERS
    if _highest_number() > FIRST_NUMBER + PROCESS_NUMBERS * MOST_WORKERS:
        return FIRST_NUMBER + number
    return FIRST_LOW_NUMBER + number % LOW_NUMBERS


def _highest_number() -> int:
    try:
        lines = Path("/proc/self/uid_map").read_text("ascii").splitlines()
        return max([int(line.split()[0]) + int(line.split()[2]) for line in lines])
    except (OSError, ValueError, IndexError):
        return 1 << 31


def become(number: int, scratch: str) -> None:
    """Turn this process, root's, into one of user `number` and its group, for good.

    It hands the folder `scratch` over to that user. If it may not, an OSError says so.
    """
    try:
        os.chown(scratch, number, number)
        os.setgroups([])
        os.setresgid(number, number, number)
        os.setresuid(number, number, number)
    except OSError as error:
        raise OSError(f"root may not change users here ({error.strerror})") from error


def _end_all_of(number: int) -> None:
    """End every process of user `number`, in one call that none of them can outrun."""
    child = os.fork()
    if child == 0:
        try:
            os.setresuid(number, number, number)
            os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def limit_resources(limits: Mapping[str, int], *, is_alone: bool) -> None:
    """Set the resource limits of this process and all that it starts.

    Parameters
    ----------
    limits : mapping of str to int
        ``memory_bytes`` (address space; beyond it Python raises MemoryError), ``open_files``,
        ``file_bytes`` (beyond it a write fails), ``cpu_seconds`` (beyond it the kernel ends the
        process: it only matters when the supervisor itself was killed), ``processes`` (with
        threads; counted by user).
    is_alone : bool
        Whether no other process has this one's user, so that processes can be counted.

    Raises
    ------
    OSError
        If the system has none of these limits, or not all of them.
    """
    if sys.platform == "win32":
        raise OSError("Windows has no such limits")
    import resource

    wanted = {
        resource.RLIMIT_AS: limits["memory_bytes"],
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_CPU: limits["cpu_seconds"],
        resource.RLIMIT_CORE: 0,
    }
    if is_alone:
        wanted[resource.RLIMIT_NPROC] = limits["processes"]
    refused = [kind for kind, value in wanted.items() if not _set(resource, kind, value)]
    if refused:
        raise OSError(f"the system refuses {len(refused)} of {len(wanted)} limits")


def _set(resource: object, kind: int, value: int) -> bool:
    try:
        hard = resource.getrlimit(kind)[1]  # type: ignore[attr-defined]
        bound = value if hard < 0 else min(value, hard)  # a lower one may be in force already
        resource.setrlimit(kind, (bound, bound))  # type: ignore[attr-defined]
    except (ValueError, OSError):
        return False
    return True


#: A storm of processes that keep starting others is given up after so long.
SWEEP_SECONDS = 5.0

#: How long to wait before looking again.
LOOK_SECONDS = 0.002


def end_orphans(known: Collection[int], user: int | None) -> bool:
    """End every child of this process that is not `known`, a worker still wanted.

    This process inherits every orphan (`inherit_orphans`), so whatever a worker started, however it
    was detached, becomes its child once the worker is dead. `user` is that of the worker that
    ended, if it had one of its own. Return whether none is left.
    """
    deadline = time.monotonic() + SWEEP_SECONDS
    while orphans := [child for child in _children() if child not in known]:
        if user is not None:
            _end_all_of(user)
        for orphan in orphans:
            _end(orphan)
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def _end(child: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(child, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, os.WNOHANG)


def _children() -> list[int]:
    own = os.getpid()
    try:
        listed = Path(f"/proc/{own}/task/{own}/children").read_text("ascii")
    except OSError:
        return _children_of_all(own)
    return [int(number) for number in listed.split()]


def _children_of_all(own: int) -> list[int]:
    """Look through all processes: some kernels keep no list of children."""
    found = []
    for entry in Path("/proc").iterdir() if os.path.isdir("/proc/self") else ():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            if int(fields[1]) == own:
                found.append(int(entry.name))
    return found
