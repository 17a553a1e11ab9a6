"""The rows that were graded already, kept in a file of lines, one added at a time.

A line holds a row's identity, the digest of all that its outcome depends on, and the outcome. A
line that is cut off, or whose digest is another one now, counts for nothing.
"""

import hashlib
import json
import platform
from collections.abc import Collection, Iterable, Mapping
from dataclasses import astuple
from pathlib import Path

import numpy as np

import autograder
from autograder.authoring.verification.rows import Lost, Outcome, Row
from autograder.core.writing import write_atomically

__all__ = ["Finished", "grader_digest"]

#: The grader's own sources.
PACKAGE = Path(autograder.__file__).parent


def grader_digest(key_digest: str, *, package: Path = PACKAGE) -> str:
    """Return a digest of everything but the submission that a row's outcome may depend on.

    The key's digest stands for solution and rubric. All sources of the grader count, so that no
    list says which of them do.
    """
    summary = hashlib.sha256(key_digest.encode())
    summary.update(f"{platform.python_version()} {np.__version__}".encode())
    for file in sorted(package.rglob("*.py")):
        _update(summary, file.relative_to(package).as_posix(), file.read_bytes())
    return summary.hexdigest()


def _update(summary: "hashlib._Hash", name: str, content: bytes) -> None:
    summary.update(f"{name} {len(content)}\n".encode())
    summary.update(content)


class Finished:
    """Outcomes by row, read from a file and added to it.

    Parameters
    ----------
    path, grader
        The file, made where missing; as of `grader_digest`.
    rows : iterable of Row
        All rows that there are: lines of others are dropped.
    forget : collection of str, optional
        Identities of rows whose lines are dropped, too.
    """

    def __init__(
        self, path: Path, grader: str, rows: Iterable[Row], *, forget: Collection[str] = ()
    ) -> None:
        self.path = path
        self._grader = grader
        self._digests = {row.identity: self._digest(row.files) for row in rows}
        self._outcomes = {row: o for row, o in self._read().items() if row not in forget}
        lines = [self._line(identity, outcome) for identity, outcome in self._outcomes.items()]
        write_atomically(path, "".join(lines).encode())

    def outcome(self, row: Row) -> Outcome | None:
        """Return what grading this row came to, None where it is not known."""
        return self._outcomes.get(row.identity)

    def add(self, row: Row, outcome: Outcome) -> None:
        """Write an outcome down, unless it is known or there is none."""
        if outcome.failure or row.identity in self._outcomes:
            return
        self._outcomes[row.identity] = outcome
        with self.path.open("a", encoding="utf-8") as file:
            file.write(self._line(row.identity, outcome))

    def _digest(self, files: Mapping[str, bytes]) -> str:
        summary = hashlib.sha256(self._grader.encode())
        for name in sorted(files):
            _update(summary, name, files[name])
        return summary.hexdigest()

    def _line(self, identity: str, outcome: Outcome) -> str:
        content = {"row": identity, "digest": self._digests[identity], "score": outcome.score}
        lost = [astuple(one) for one in outcome.lost]
        return json.dumps(content | {"lost": lost}) + "\n"

    def _read(self) -> dict[str, Outcome]:
        outcomes: dict[str, Outcome] = {}
        if not self.path.is_file():
            return outcomes
        for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                content = json.loads(line)
                identity, digest = content["row"], content["digest"]
                lost = tuple([Lost(*one) for one in content["lost"]])
                outcome = Outcome(content["score"], lost)
            except (ValueError, LookupError, TypeError):
                continue
            if self._digests.get(identity) == digest:
                outcomes[identity] = outcome
        return outcomes
