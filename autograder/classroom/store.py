"""What was graded before is not graded again: entries by content, on disk, for every class.

An entry's name is a digest of the submission's files and of all that the report depends on beside
them, so that no entry is ever out of date. It lies in the user's
cache, shared by all runs, classes and homeworks. Each is one file, written beside its place and
renamed into it: two runs at once do no harm, and what a crash or a bad disk broke (the digest of
its bytes is in it) is graded again. The folder may be deleted at any time.
"""

import hashlib
import os
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path

from autograder.core.writing import write_atomically

__all__ = ["Store", "digest_content", "find_cache"]

_MAGIC = b"entry 1\n"
_DIGEST_BYTES = 32


def find_cache() -> Path:
    """Return the user's folder for what can be made again, where this system has it."""
    if os.environ.get("XDG_CACHE_HOME"):
        base = Path(os.environ["XDG_CACHE_HOME"])
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    elif os.name == "nt" and os.environ.get("LOCALAPPDATA"):
        base = Path(os.environ["LOCALAPPDATA"])
    else:
        base = Path.home() / ".cache"
    return base / "numpy-homework-autograder" / "graded"


def digest_content(files: Mapping[str, bytes]) -> str:
    """Return a digest of a submission's files, in whatever order they come."""
    summary = hashlib.sha256()
    for name in sorted(files):
        summary.update(f"{len(name)} {name} {len(files[name])}\n".encode("utf-8", "surrogatepass"))
        summary.update(files[name])
    return summary.hexdigest()


class Store:
    """Entries of one way to grade, `setup`, below a folder; with `fresh`, none that are there yet.

    Raises
    ------
    OSError
        If the folder can't be made.
    """

    def __init__(self, folder: Path, setup: str, *, fresh: bool = False) -> None:
        self._folder = folder
        self._setup = setup
        self._is_fresh = fresh
        self._written: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # it has students' work and grades

    def get(self, content: str) -> bytes | None:
        """Return the entry of a content, by its digest; None where there is none, or a broken one.

        In a fresh store only what was put in by now is found.
        """
        body = self._read_body(content)
        return None if body is None else zlib.decompress(body)

    def _read_body(self, content: str) -> bytes | None:
        if self._is_fresh and content not in self._written:
            return None
        try:
            packed = self._find(content).read_bytes()
        except OSError:
            return None
        head = len(_MAGIC) + _DIGEST_BYTES
        body = packed[head:]
        if packed[:head] != _MAGIC + hashlib.sha256(body).digest():
            return None
        return body

    def has(self, content: str) -> bool:
        """Tell whether `get` finds an entry."""
        return self._read_body(content) is not None

    def put(self, content: str, entry: bytes) -> None:
        """Keep the entry of a content; an OSError says that it can't be written."""
        body = zlib.compress(entry)
        write_atomically(self._find(content), _MAGIC + hashlib.sha256(body).digest() + body)
        self._written.add(content)

    def _find(self, content: str) -> Path:
        name = hashlib.sha256(f"{self._setup} {content}".encode()).hexdigest()
        return self._folder / name[:2] / name[2:]
