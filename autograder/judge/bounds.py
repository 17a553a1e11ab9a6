"""Say which limit of the grader's an exception comes from, where it looks like one."""

from autograder.core.limits import MIB, Limits
from autograder.core.records import Raised

__all__ = ["limit_met"]

_LIMITS = Limits()

_NO_ENTRY = (
    "a submission reads Python's own files and what you hand in, and starts no other process; it"
    " writes to its working directory alone, and not even there where that can't be bounded"
)

#: What the system says at each limit, and what that means here. The texts are C's and Python's.
_SENTENCES = {
    "Cannot allocate memory": f"a submission has {_LIMITS.memory_bytes // MIB} MiB of memory",
    "No usable temporary directory": _NO_ENTRY,
    "Operation not permitted": _NO_ENTRY,
    "Permission denied": _NO_ENTRY,
    "Too many open files": f"a submission may have {_LIMITS.open_files} files open",
    "File too large": f"a file may have {_LIMITS.file_bytes // MIB} MiB",
    "can't start new thread": (
        f"a submission may have {_LIMITS.processes} threads, in"
        f" {_LIMITS.memory_bytes // MIB} MiB of memory"
    ),
}


def limit_met(raised: Raised) -> str:
    """Return the limit that an exception of a student's code tells of, empty for none."""
    if raised.kind.endswith("MemoryError"):
        return _SENTENCES["Cannot allocate memory"]
    for text, sentence in _SENTENCES.items():
        if text in raised.message:
            return sentence
    return ""
