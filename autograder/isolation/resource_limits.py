"""Limit what this process may use, by the operating system's own limits.

Where a system lacks one (macOS does not enforce address space, Windows has none of them), the
supervisor's time limits remain.
"""

import sys
from collections.abc import Mapping

__all__ = ["limit_resources"]


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
