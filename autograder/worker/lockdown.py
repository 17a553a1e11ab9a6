"""Limit what this process may use, before anything of the student's is loaded.

Each limit is the operating system's own; where a system lacks one (macOS does not enforce address
space, Windows has none of them), the supervisor's time limits remain.
"""

import sys
from collections.abc import Mapping

__all__ = ["limit_resources"]


def limit_resources(limits: Mapping[str, int]) -> tuple[str, ...]:
    """Set the resource limits of this process and all that it starts.

    Parameters
    ----------
    limits : mapping of str to int
        ``memory_bytes`` (address space; beyond it Python raises MemoryError), ``open_files``,
        ``file_bytes`` (beyond it a write fails), ``cpu_seconds`` (beyond it the kernel ends the
        process: it only matters when the supervisor itself was killed).

    Returns
    -------
    tuple of str
        The names of the limits that the system took.
    """
    if sys.platform == "win32":
        return ()
    import resource

    wanted = {
        "memory_bytes": resource.RLIMIT_AS,
        "open_files": resource.RLIMIT_NOFILE,
        "file_bytes": resource.RLIMIT_FSIZE,
        "cpu_seconds": resource.RLIMIT_CPU,
    }
    taken = [name for name, kind in wanted.items() if _set(resource, kind, limits[name])]
    if _set(resource, resource.RLIMIT_CORE, 0):
        taken.append("core_bytes")
    return tuple(taken)


def _set(resource: object, kind: int, value: int) -> bool:
    try:
        resource.setrlimit(kind, (value, value))  # type: ignore[attr-defined]
    except (ValueError, OSError):
        return False  # a lower hard limit is in force already, or the system has none of this kind
    return True
