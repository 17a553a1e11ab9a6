"""The few calls of the Linux kernel that Python has no function for.

Sources: the manual pages prctl(2), capabilities(7), unshare(2), capset(2).
"""

import contextlib
import ctypes
import ctypes.util
import os
import sys
from collections.abc import Iterator

__all__ = [
    "drop_bounding_set",
    "drop_capabilities",
    "end_with_parent",
    "forbid_new_privileges",
    "hide_memory",
    "inherit_orphans",
    "is_linux",
    "leave_network",
    "quick_look_up",
]

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 24, 36, 38
_CLONE_NEWIPC, _CLONE_NEWNET = 0x08000000, 0x40000000
_CAPABILITY_VERSION_3 = 0x20080522
_SIGKILL = 9

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
    _prctl(_PR_SET_PDEATHSIG, _SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def forbid_new_privileges() -> None:
    """Let no program that is started from here on have more rights than this process."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def leave_network() -> None:
    """Enter a network, and shared memory of System V, with nobody else in it.

    Raises
    ------
    OSError
        If this process may not: it takes root, and many a container refuses even that.
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
