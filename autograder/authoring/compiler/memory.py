"""Remember what was compiled, in the homework's ``build/``, so that only what changed is again.

A file for each question holds the whole of it, and the examples that were searched for, each under
a digest of all that it depends on (`autograder.authoring.compiler.fingerprint`). The files are data
(`autograder.core.codec`); one that is damaged, or of another grader, is as good as none.
"""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.authoring.compiler.fingerprint import Fingerprints
from autograder.core.codec import MalformedValueError, decode, encode
from autograder.core.writing import write_atomically

__all__ = ["Helpers", "Memory", "QuestionMemory"]

#: Of a question, how many parts are kept that the last compile did not use: a rubric that is being
#: written goes back and forth.
KEPT_PARTS = 100


class Memory:
    """What is remembered of a homework.

    Parameters
    ----------
    folder : Path or None
        Where the files are; None to remember nothing.
    base : str
        A digest of what everything depends on: the compiler, the versions, the data.
    fingerprints : Fingerprints
        Of the homework.
    """

    def __init__(self, folder: Path | None, base: str, fingerprints: Fingerprints) -> None:
        self._folder = folder
        self._base = base
        self.fingerprints = fingerprints

    def of(self, name: str) -> "QuestionMemory":
        """Return what is remembered of a question."""
        path = None if self._folder is None else self._folder / name
        return QuestionMemory(path, self._base, self.fingerprints)

    def make_key(self, *depends_on: Any) -> str:
        """Return a digest of what a whole question depends on, the solution's code included."""
        if self._folder is None:
            return ""
        return self.fingerprints.of(self.fingerprints.solution, *depends_on)

    def forget_others(self, names: Collection[str]) -> None:
        """Remove what is remembered of any other question than these."""
        if self._folder is None or not self._folder.is_dir():
            return
        for file in self._folder.iterdir():
            if file.name not in names:
                file.unlink(missing_ok=True)


@dataclass(frozen=True)
class Helpers:
    """What compiling a question goes along with: what is remembered of it, and a counter."""

    memory: "QuestionMemory"
    step: Callable[[], None]


class QuestionMemory:
    """What is remembered of one question."""

    def __init__(self, path: Path | None, base: str, fingerprints: Fingerprints) -> None:
        self._path, self._base, self._fingerprints = path, base, fingerprints
        self._whole, self._whole_key, self._parts = _read(path) if path else (b"", "", {})
        self._used: dict[str, bytes] = {}

    def describe_solution(self) -> str:
        """Return a digest of the solution's code, '' where nothing is remembered."""
        return "" if self._path is None else self._fingerprints.solution

    def recall_whole(self, key: str) -> Any:
        """Return what was compiled under a digest; None where that is not known."""
        is_known = self._path is not None and self._whole_key == self._base + key
        return decode(self._whole) if is_known else None

    def recall(self, find: Callable[[], Any], *depends_on: Any) -> Any:
        """Return what `find` does, called only if it is not known for these values."""
        if self._path is None:
            return find()
        key = self._fingerprints.of(self._base, *depends_on)
        self._used[key] = self._parts[key] if key in self._parts else encode(find())
        return decode(self._used[key])

    def keep(self, key: str, whole: Any) -> None:
        """Write down the whole, and the parts that were recalled or found for it."""
        if self._path is None:
            return
        older = [item for item in self._parts.items() if item[0] not in self._used]
        parts = self._used | dict(older[:KEPT_PARTS])
        content = {"whole": encode(whole), "key": self._base + key, "parts": parts}
        body = encode(content)
        write_atomically(self._path, hashlib.sha256(body).digest() + body)


def _read(path: Path) -> tuple[bytes, str, dict[str, bytes]]:
    try:
        content = path.read_bytes()
        digest, body = content[:32], content[32:]
        if hashlib.sha256(body).digest() == digest:
            raw = decode(body)
            return raw["whole"], raw["key"], raw["parts"]
    except (OSError, MalformedValueError, LookupError, TypeError):
        pass
    return b"", "", {}
