"""The answer key: data, written once by the compiler, read by the judge.

A key file is a line that names the format, the SHA-256 and the size of its body, the body (one
value of `autograder.core.codec`), and an appendix. It holds no code. The requests to the worker lie
in it ready to be sent; expected results are decoded only when a check asks for them, and those in
the appendix, by far the largest part, only where a function fails: the known mistakes, sketches of
what the solution gives with one change, and the calls that its right version makes of others.
"""

import hashlib
import math
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from autograder.core.codec import MalformedValueError, decode, encode
from autograder.core.limits import Limits
from autograder.core.message import Message
from autograder.core.recorded import RecordedCalls
from autograder.core.records import CheckResult, Phase, Status
from autograder.core.right_replies import RightReplies
from autograder.core.vectors import unbundle
from autograder.core.writing import write_atomically
from autograder.errors import KeyFileError

__all__ = [
    "FORMAT",
    "ChangesKey",
    "CheckKey",
    "FunctionKey",
    "Key",
    "PictureKey",
    "Pool",
    "Segment",
    "read_key",
    "sealed",
    "write_key",
]

FORMAT = 6
_MAGIC = b"numpy homework answer key, format %d\n"

_SIZE = struct.Struct("<Q")

PHASES = tuple([phase.value for phase in Phase])  # a key holds words


@dataclass(frozen=True)
class Pool:
    """Results by call, equal ones stored once; `of` has each call's place there, -1 for none.

    Several results of a call may be in a bundle (`autograder.core.vectors.bundle`).
    """

    stored: tuple[bytes, ...]
    of: tuple[int, ...]

    def at(self, call: int) -> Any:
        """Return the decoded entry of a call, None where there is none."""
        place = self.of[call]
        return None if place < 0 else self._decoded(place)

    def _decoded(self, place: int) -> Any:
        if place not in self._cache:
            self._cache[place] = unbundle(decode(self.stored[place]))
        return self._cache[place]

    @cached_property
    def _cache(self) -> dict[int, Any]:
        return {}


@dataclass(frozen=True)
class MistakeKey:
    """A known wrong answer, computed.

    Its `smallest` public call is the one that Hypothesis shrank to show it, -1 where there is none.
    The results are by phase: for each call every one that the mistake may give (or what it raises);
    none where it can't be told from the right one. Of a mistake that draws an order `by_lot` a
    right result may come, too, and its results are left empty where there are too many. It `costs`
    the points of these checks; of all that it fails where there are none.
    """

    name: str
    sentence: str
    smallest: int
    results: dict[str, Pool]
    by_lot: bool = False
    costs: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChangesKey:
    """What the solution gives with one change, in one phase, as `autograder.core.sketches`.

    Attributes
    ----------
    starts : dict of int to int
        By call, its first column; a call's results have one column each.
    forms : dict of int to str
        By call, the form that its results have.
    numbers : numpy.ndarray, shape (1 + changes, columns), float64
        Those of the right results come first.
    layouts : numpy.ndarray, shape (layouts, columns), int
        The places of the columns' shapes in `shapes`, -1 where there is no result.
    of : numpy.ndarray, shape (1 + changes,), int
        Which of the layouts each row has.
    """

    starts: dict[int, int]
    forms: dict[int, str]
    numbers: np.ndarray
    shapes: tuple[tuple[int, ...], ...]
    layouts: np.ndarray
    of: np.ndarray

    @cached_property
    def sizes(self) -> np.ndarray:
        """How many entries an array of each of the shapes has."""
        return np.array([math.prod(shape) for shape in self.shapes], dtype=int)


@dataclass(frozen=True)
class Segment:
    """A part of a key file's appendix, checked when it is read."""

    content: memoryview
    digest: bytes

    @classmethod
    def of(cls, value: Any) -> "Segment":
        """Return a segment that holds `value`."""
        content = encode(value)
        return cls(memoryview(content), hashlib.sha256(content).digest())

    def read(self) -> Any:
        """Return its value; raise a KeyFileError if it is damaged."""
        if hashlib.sha256(self.content).digest() != self.digest:
            raise KeyFileError("the answer key is damaged: compile it again")
        return decode(bytes(self.content))


@dataclass(frozen=True)
class FunctionKey:
    """What the judge knows of one function of the homework.

    Its name is ``file.function``; `letters` and `limits` are those of the `Key`.

    Attributes
    ----------
    names : str, tuple or dict
        The results' names, in the notes' symbols.
    notes : str
        The section of the lecture notes.
    trains : bool
        Whether the time limit of training holds.
    counts, requests : dict of str to int, dict of str to bytes
        By phase, the number of calls and the encoded request.
    expected : dict of str to Pool
        By phase and call, every right result.
    replies : dict of str to RightReplies
        By phase, what a worker answers for a right function; for the same phases, or none.
    shapes : dict
        The parameters' shapes in the notes' letters, as
        `autograder.authoring.language.inputs.Spec` has them; empty where the calls are written out
        by hand. The letters are those of the function's docstring.
    any_shape : tuple of str
        The parameters that may have any shape by that docstring: no letter is said of them.
    predicates : mapping of str to callable
        The homework's own kinds of checks; see `Key.with_predicates`.
    """

    name: str
    parameters: tuple[str, ...]
    names: Any
    notes: str
    trains: bool
    counts: dict[str, int]
    requests: dict[str, bytes]
    expected: dict[str, Pool]
    raw_mistakes: Segment
    raw_recorded: Segment
    shapes: dict[str, Any] = field(default_factory=dict)
    any_shape: tuple[str, ...] = ()
    predicates: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    raw_changes: Segment = field(default_factory=lambda: Segment.of({"names": (), "tables": {}}))
    replies: dict[str, RightReplies] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The file's name without ``.py``."""
        return self.name.partition(".")[0]

    @property
    def function(self) -> str:
        """The function's name in its file."""
        return self.name.partition(".")[2]

    @property
    def shown_shapes(self) -> dict[str, Any]:
        """The shapes that are said in letters."""
        return {name: self.shapes[name] for name in self.shapes if name not in self.any_shape}

    @cached_property
    def mistakes(self) -> tuple[MistakeKey, ...]:
        """The known wrong answers."""
        return tuple(
            [
                MistakeKey(
                    m["name"],
                    m["sentence"],
                    m["smallest"],
                    _pools(m["results"]),
                    m["by_lot"],
                    m["costs"],
                )
                for m in self.raw_mistakes.read()
            ]
        )

    @cached_property
    def changes(self) -> dict[str, ChangesKey]:
        """By phase, what the solution gives with each of its changes; none for some functions."""
        return {
            phase: ChangesKey(
                dict(zip(table["calls"], table["starts"], strict=True)),
                dict(zip(table["calls"], table["forms"], strict=True)),
                table["numbers"],
                table["shapes"],
                np.stack(table["layouts"]),
                table["of"],
            )
            for phase, table in self._decoded_changes["tables"].items()
        }

    def name_change(self, number: int) -> tuple[str, str]:
        """Return the name of a change and the sentence about it, as of a known mistake."""
        raw = self._decoded_changes
        return raw["names"][number], raw["sentences"][number]

    @cached_property
    def _decoded_changes(self) -> dict[str, Any]:
        raw: dict[str, Any] = self.raw_changes.read()
        return raw

    @cached_property
    def recorded(self) -> dict[str, dict[str, RecordedCalls]]:
        """By phase and function, what a right version of this one asks of others and is told."""
        return {
            phase: {name: RecordedCalls(packed) for name, packed in calls.items()}
            for phase, calls in self.raw_recorded.read().items()
        }

    def arguments(self, phase: str, call: int) -> tuple[Any, ...]:
        """Return the arguments of a call."""
        arguments: tuple[Any, ...] = self._calls(phase)[call][1]
        return arguments

    def named_arguments(self, phase: str, call: int) -> dict[str, Any]:
        """Return the arguments of a call by name; a call may leave out last ones with defaults."""
        return dict(zip(self.parameters, self.arguments(phase, call), strict=False))

    def _calls(self, phase: str) -> Any:
        if phase not in self._decoded_calls:
            self._decoded_calls[phase] = decode(self.requests[phase])["calls"]
        return self._decoded_calls[phase]

    @cached_property
    def _decoded_calls(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class CheckKey:
    """One check, as the rubric's `Check`; `calls` are positions in its phase."""

    id: str
    part: str
    function: str
    title: str
    kind: str
    points: int
    visibility: str
    calls: tuple[int, ...]
    select: tuple[int, ...]
    data: dict[str, Any]


@dataclass(frozen=True)
class PictureKey:
    """What the judge knows of one picture (`autograder.authoring.compiler.build`).

    Attributes
    ----------
    kind : str
        ``"curves"``, or the name of a module in the homework's ``rubric/pictures/``.
    title : str
        As the rubric has it.
    functions : tuple of str
        ``file.function`` of all that are called for it.
    requests : dict of str to bytes
        By function, the encoded requests that can be written beforehand.
    data : dict
        What its kind needs beside; plain values.
    name : str
        What a notebook asks for it by, together with others of this name; empty where it can't.
    """

    kind: str
    title: str
    functions: tuple[str, ...]
    requests: dict[str, bytes]
    data: dict[str, Any]
    name: str = ""


@dataclass(frozen=True)
class Key:
    """A whole answer key.

    Attributes
    ----------
    digest : str
        Of the sources that it was compiled from.
    half : str
        ``"full"`` or ``"public"``.
    parts : dict of str to str
        Title by part, in order.
    functions : dict of str to FunctionKey
        By ``file.function``, in order.
    checks : tuple of CheckKey
        In order.
    pictures : tuple of PictureKey
        In order; there may be none.
    letters : dict of str to str
        What each letter of the shapes counts, as a plural noun (``"items"``), in the order in which
        they are looked for; letters that are missing here come last. The first one is the length
        of a batch.
    limits : Limits
        What a submission may meet, of which a run may shorten its own time; see `with_limits`.
    closed : tuple of Path
        Where the homework lies on this machine: what a submission must not look into.
    hidden_points : dict of str to int
        By function, the hundredths that its hidden checks are worth; in both halves.
    bonus : tuple of str
        The parts that are extra credit.
    """

    digest: str
    half: str
    parts: dict[str, str]
    functions: dict[str, FunctionKey]
    checks: tuple[CheckKey, ...]
    pictures: tuple[PictureKey, ...] = ()
    letters: dict[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    closed: tuple[Path, ...] = ()
    hidden_points: dict[str, int] = field(default_factory=dict)
    bonus: tuple[str, ...] = ()

    @property
    def files(self) -> dict[str, tuple[str, ...]]:
        """The functions of each file."""
        files: dict[str, tuple[str, ...]] = dict.fromkeys(self.parts, ())
        for function in self.functions.values():
            files[function.file] += (function.function,)
        return files

    def worth_of(self, checks: Iterable[CheckKey], *, bonus: bool = False) -> int:
        """Return what checks are worth together: those that count, or those of extra credit."""
        return sum([check.points for check in checks if (check.part in self.bonus) == bonus])

    def with_predicates(self, predicates: Mapping[str, Callable[..., Any]]) -> "Key":
        """Return the key with the functions that decide the homework's own kinds of checks."""
        functions = {n: replace(f, predicates=predicates) for n, f in self.functions.items()}
        return replace(self, functions=functions)

    def with_limits(self, limits: Limits) -> "Key":
        """Return the key with the limits of its homework's settings, which no key has in it."""
        functions = {n: replace(f, limits=limits) for n, f in self.functions.items()}
        return replace(self, functions=functions, limits=limits)

    def unjudged(self, check: CheckKey, status: Status) -> CheckResult:
        """Return a check's result of which nothing is said yet."""
        return CheckResult(
            id=check.id,
            part=check.part,
            function=check.function,
            title=check.title,
            status=status,
            score=check.points if status == Status.PASSED else 0,
            max_score=check.points,
            visibility=check.visibility,
            message=Message(),
            mistake=None,
            kind=check.kind,
            is_first=check.id in self._first_ids,
            is_bonus=check.part in self.bonus,
        )

    @cached_property
    def _first_ids(self) -> frozenset[str]:
        """The checks that are their function's first ones of a kind and visibility."""
        first: dict[tuple[str, ...], str] = {}
        for check in self.checks:
            first.setdefault((check.function, check.kind, check.visibility), check.id)
        return frozenset(first.values())


def _pools(raw: Mapping[str, Any]) -> dict[str, Pool]:
    return {phase: Pool(pool["stored"], pool["of"]) for phase, pool in raw.items()}


def write_key(path: Path, content: dict[str, Any]) -> None:
    """Write a key file, made by `autograder.authoring.compiler.build`, whole or not at all."""
    functions, appendix = [], b""
    for function in content["functions"]:
        places = {}
        for name in ("mistakes", "changes", "recorded"):
            segment = function[name]
            digest = hashlib.sha256(segment).digest()
            places[name] = {"start": len(appendix), "size": len(segment), "digest": digest}
            appendix += segment
        functions.append(function | places)
    raw = content | {"functions": tuple(functions), "appendix": len(appendix)}
    write_atomically(path, sealed(raw, appendix))


def sealed(content: Any, appendix: bytes) -> bytes:
    """Return the bytes of a key file with this body and appendix."""
    body = encode(content)
    head = _MAGIC % FORMAT + hashlib.sha256(body).digest() + _SIZE.pack(len(body))
    return head + body + appendix


def read_key(path: Path) -> Key:
    """Read a key file; raise a KeyFileError if it is missing, damaged, or of another format."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise KeyFileError(f"the answer key {path} can't be read: {error.strerror}") from error
    magic = _MAGIC % FORMAT
    if not content.startswith(magic):
        raise KeyFileError(f"{path} is not an answer key of format {FORMAT}: compile it again")
    start = len(magic) + 32 + _SIZE.size
    size = _SIZE.unpack(content[start - _SIZE.size : start].ljust(_SIZE.size, b"\0"))[0]
    body, appendix = content[start : start + size], memoryview(content)[start + size :]
    if hashlib.sha256(body).digest() != content[len(magic) : len(magic) + 32]:
        raise KeyFileError(f"the answer key {path} is damaged: compile it again")
    try:
        raw = decode(body)
        if raw["appendix"] != len(appendix):
            raise KeyFileError(f"the answer key {path} is damaged: compile it again")
        return _key(raw, appendix)
    except (MalformedValueError, LookupError, TypeError) as error:
        raise KeyFileError(
            f"the answer key {path} can't be understood: compile it again"
        ) from error


def _key(raw: dict[str, Any], appendix: memoryview) -> Key:
    letters = raw.get("letters", {})
    functions = [
        FunctionKey(
            name=f["name"],
            parameters=f["parameters"],
            names=f["names"],
            notes=f["notes"],
            trains=f["trains"],
            counts=f["counts"],
            requests=f["requests"],
            expected=_pools(f["expected"]),
            raw_mistakes=_segment(appendix, **f["mistakes"]),
            raw_recorded=_segment(appendix, **f["recorded"]),
            raw_changes=_segment(appendix, **f["changes"]),
            replies={phase: RightReplies(packed) for phase, packed in f["replies"].items()},
            shapes=f["shapes"],
            any_shape=f["any_shape"],
            letters=letters,
        )
        for f in raw["functions"]
    ]
    checks = tuple([CheckKey(**check) for check in raw["checks"]])
    pictures = tuple([PictureKey(**picture) for picture in raw.get("pictures", ())])
    by_name = {function.name: function for function in functions}
    return Key(
        digest=raw["digest"],
        half=raw["half"],
        parts=raw["parts"],
        functions=by_name,
        checks=checks,
        pictures=pictures,
        letters=letters,
        hidden_points=raw.get("hidden_points", {}),
        bonus=raw.get("bonus", ()),
    )


def _segment(appendix: memoryview, *, start: int, size: int, digest: bytes) -> Segment:
    return Segment(appendix[start : start + size], digest)
