"""Reports and outcomes in the gradebook: what is equal is kept once, what differs is compressed.

A report is its checks' texts, by number, and the rest of it. Most checks say the same of most
submissions, so the numbers are kept as differences from those of the first report of the same key,
and the texts are compressed with the first report as dictionary. Nothing is ever changed.
"""

import hashlib
import json
import sqlite3
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.classroom.records import FunctionResult, Graded

__all__ = ["Interned", "Reports", "summarize_functions"]

#: The most that zlib looks back.
DICTIONARY_BYTES = 32_000

#: Numbers that are remembered of each kind, so that the memory of a run does not grow with a class.
REMEMBERED = 50_000


#: Begins code that is packed function by function: what zlib gives begins otherwise.
_CODE_MARK = b"2"

#: Before each function's code: the number of its name, and how many bytes follow.
_CODE_HEAD = struct.Struct("<II")

#: For zlib: no head and no sum, which would be longer than what is equal.
_RAW = -15


class Interned:
    """Numbers of things that are kept once, looked up in a table by what identifies them."""

    def __init__(self, database: sqlite3.Connection, table: str, identity: str) -> None:
        self._database = database
        self._find = f"SELECT id FROM {table} WHERE {identity} = ?"
        self._table = table
        self._known: dict[Any, int] = {}

    def number(self, identity: Any, **columns: Any) -> int:
        """Return the number of a thing, added with these columns where it is new."""
        number = self.find(identity)
        if number is None:
            names, marks = ", ".join(columns), ", ".join("?" * len(columns))
            added = f"INSERT INTO {self._table} ({names}) VALUES ({marks})"
            number = self._database.execute(added, tuple(columns.values())).lastrowid
            self._known[identity] = number or 0
        return number or 0

    def find(self, identity: Any) -> int | None:
        """Return the number of a thing that was added before, None for a new one."""
        if identity not in self._known:
            row = self._database.execute(self._find, (identity,)).fetchone()
            if row is None:
                return None
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[identity] = row[0]
        return self._known[identity]


class Reports:
    """The reports of one gradebook."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._pieces = Interned(database, "piece", "digest")
        self._words = Interned(database, "word", "text")
        self._reports = Interned(database, "report", "digest")
        self._outcomes = Interned(database, "outcome", "digest")
        self._dictionaries: dict[str, bytes] = {}
        self._seen: dict[int, tuple[str, FunctionResult]] = {}

    def word(self, text: str) -> int:
        """Return the number of a word."""
        return self._words.number(text, text=text)

    def add(self, report: Mapping[str, Any], setting: int) -> int:
        """Return the number of a report, added where it is new."""
        whole = json.dumps(report)
        digest = _digest(f"{setting} {whole}")
        number = self._reports.find(digest)
        if number is not None:
            return number
        texts = [json.dumps({**report, "checks": None}), *map(json.dumps, report["checks"])]
        numbers = np.array([self._add_piece(text) for text in texts], dtype="<i4")
        number = self._reports.number(
            digest,
            digest=digest,
            score=_hundredths(report["score"]),
            max_score=_hundredths(report["max_score"]),
            bonus=_hundredths(report.get("bonus", 0)),
            setting=setting,
            body=zlib.compress((numbers - self._base(setting, numbers)).tobytes(), 9),
        )
        self._add_results(number, report)
        return number

    def _add_piece(self, text: str) -> int:
        digest = _digest(text)
        number = self._pieces.find(digest)
        return number or self._pieces.number(digest, digest=digest, text=self.pack("report", text))

    def _base(self, setting: int, numbers: np.ndarray) -> np.ndarray:
        """Return the numbers from which those of a key's reports are told, kept with its first."""
        found = "SELECT base FROM setting WHERE id = ?"
        base = self._database.execute(found, (setting,)).fetchone()[0]
        if base is None and numbers.size:
            base = numbers.tobytes()
            self._database.execute("UPDATE setting SET base = ? WHERE id = ?", (base, setting))
        return np.resize(np.frombuffer(base or bytes(4), "<i4"), numbers.size)

    def _add_results(self, number: int, report: Mapping[str, Any]) -> None:
        rows = [
            (
                number,
                self.word(check["id"]),
                self.word(check["status"]),
                _hundredths(check["score"]),
                _hundredths(check["max_score"] - check["score"]),
                self.word(check["misconception"] or ""),
            )
            for check in report["checks"]
            if check["score"] < check["max_score"] or check["status"] != "passed"
        ]
        self._database.executemany("INSERT INTO result VALUES (?, ?, ?, ?, ?, ?)", rows)

    def read(self, number: int) -> dict[str, Any]:
        """Return a report as it was added."""
        found = "SELECT body, setting FROM report WHERE id = ?"
        body, setting = self._database.execute(found, (number,)).fetchone()
        differences = np.frombuffer(zlib.decompress(body), "<i4")
        numbers = (differences + self._base(setting, differences)).tolist()
        texts = [self._read_piece(one) for one in numbers]
        report: dict[str, Any] = json.loads(texts[0])
        report["checks"] = [json.loads(text) for text in texts[1:]]
        return report

    def _read_piece(self, number: int) -> str:
        found = "SELECT text FROM piece WHERE id = ?"
        return self.unpack("report", self._database.execute(found, (number,)).fetchone()[0])

    # ---- what functions came to

    def add_outcomes(self, graded: Graded) -> bytes:
        """Return the numbers of what each function came to."""
        numbers = [
            self._add_outcome(name, one)
            for name, one in summarize_functions(graded.report, graded.wrong).items()
        ]
        return zlib.compress(np.array(numbers, dtype="<i4").tobytes(), 9)

    def _add_outcome(self, name: str, one: FunctionResult) -> int:
        digest = _digest(f"{name} {one}")
        number = self._outcomes.find(digest)
        return number or self._outcomes.number(
            digest,
            digest=digest,
            function=self.word(name),
            score=_hundredths(one.score),
            max_score=_hundredths(one.max_score),
            public_score=_hundredths(one.public_score),
            public_max_score=_hundredths(one.public_max_score),
            status=self.word(one.status),
            cause=self.word(one.cause),
            explained_by=self.word(one.explained_by),
            wrong=one.wrong,
        )

    def read_outcomes(self, packed: bytes) -> dict[str, FunctionResult]:
        """Return what each function came to, in the key's order."""
        numbers = np.frombuffer(zlib.decompress(packed), "<i4").tolist()
        return dict([self._read_outcome(number) for number in numbers])

    def _read_outcome(self, number: int) -> tuple[str, FunctionResult]:
        if number not in self._seen:
            found = (
                "SELECT f.text, score, max_score, public_score, public_max_score, s.text, c.text,"
                " e.text, wrong FROM outcome o JOIN word f ON f.id = o.function JOIN word s ON s.id"
                " = o.status JOIN word c ON c.id = o.cause JOIN word e ON e.id = o.explained_by"
                " WHERE o.id = ?"
            )
            name, *points, status, cause, by, wrong = self._database.execute(
                found, (number,)
            ).fetchone()
            one = FunctionResult(*_to_points(points), status, cause, by, wrong)
            if len(self._seen) >= REMEMBERED:
                self._seen.clear()
            self._seen[number] = (name, one)
        return self._seen[number]

    # ---- compression

    def pack(self, kind: str, text: str) -> bytes:
        """Return a text compressed with the first one of its kind as dictionary."""
        content = text.encode()
        packer = zlib.compressobj(9, zdict=self._dictionary(kind, content))
        return packer.compress(content) + packer.flush()

    def unpack(self, kind: str, packed: bytes) -> str:
        """Return what `pack` was given."""
        unpacker = zlib.decompressobj(zdict=self._dictionary(kind, b""))
        return (unpacker.decompress(packed) + unpacker.flush()).decode()

    def pack_code(self, code: Mapping[str, str]) -> bytes:
        """Return the code of functions, each compressed with the first one of its name.

        All together are longer than zlib looks back.
        """
        parts = [_CODE_MARK]
        for name, text in code.items():
            content = text.encode("utf-8", "surrogatepass")
            packer = zlib.compressobj(
                9, wbits=_RAW, zdict=self._dictionary(f"code {name}", content)
            )
            packed = packer.compress(content) + packer.flush()
            parts += [_CODE_HEAD.pack(self.word(name), len(packed)), packed]
        return b"".join(parts)

    def unpack_code(self, packed: bytes) -> dict[str, str]:
        """Return what `pack_code` was given, of this version or the one before."""
        if not packed.startswith(_CODE_MARK):
            before: dict[str, str] = json.loads(self.unpack("code", packed))
            return before
        code, place = {}, len(_CODE_MARK)
        while place < len(packed):
            word, size = _CODE_HEAD.unpack_from(packed, place)
            place += _CODE_HEAD.size + size
            found = "SELECT text FROM word WHERE id = ?"
            name = self._database.execute(found, (word,)).fetchone()[0]
            unpacker = zlib.decompressobj(_RAW, zdict=self._dictionary(f"code {name}", b""))
            content = unpacker.decompress(packed[place - size : place]) + unpacker.flush()
            code[name] = content.decode("utf-8", "surrogatepass")
        return code

    def _dictionary(self, kind: str, first: bytes) -> bytes:
        if kind not in self._dictionaries:
            found = "SELECT content FROM dictionary WHERE name = ?"
            row = self._database.execute(found, (kind,)).fetchone()
            if row is None:
                row = (first[:DICTIONARY_BYTES],)
                self._database.execute("INSERT INTO dictionary VALUES (?, ?)", (kind, row[0]))
            self._dictionaries[kind] = row[0]
        return self._dictionaries[kind]

    def start_dictionary(self, report: Mapping[str, Any]) -> None:
        """Take this report as dictionary, unless there was one before."""
        self._dictionary("report", json.dumps(report).encode()[-DICTIONARY_BYTES:])


def summarize_functions(
    report: Mapping[str, Any], wrong: Mapping[str, str]
) -> dict[str, FunctionResult]:
    """Return by ``file.function``, in the report's order, what each came to."""
    own: dict[str, list[Mapping[str, Any]]] = {}
    for check in report["checks"]:
        own.setdefault(check["function"], []).append(check)
    return {name: _summarize(checks, wrong.get(name, "")) for name, checks in own.items()}


def _summarize(checks: list[Mapping[str, Any]], wrong: str) -> FunctionResult:
    public = [check for check in checks if check["visibility"] == "public"]
    failing = [check for check in checks if check["status"] != "passed"]
    lost = [check for check in checks if check["score"] < check["max_score"]]
    first = next(_named(lost), next(_named(failing), {}))
    return FunctionResult(
        score=_add(checks, "score"),
        max_score=_add(checks, "max_score"),
        public_score=_add(public, "score"),
        public_max_score=_add(public, "max_score"),
        status=(lost or failing)[0]["status"] if failing else "passed",
        cause=first.get("misconception") or "",
        explained_by=first.get("explained_by") or "",
        wrong=wrong,
    )


def _named(checks: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (check for check in checks if check["misconception"])


def _add(checks: list[Mapping[str, Any]], field: str) -> float:
    return sum([_hundredths(check[field]) for check in checks]) / 100


def _to_points(hundredths: Sequence[int]) -> tuple[float, float, float, float]:
    score, max_score, public_score, public_max_score = [one / 100 for one in hundredths]
    return score, max_score, public_score, public_max_score


def _hundredths(points: float) -> int:
    return round(points * 100)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]
