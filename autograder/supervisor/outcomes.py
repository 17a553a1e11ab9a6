"""Read what a worker's reply says: untrusted values in, typed and bounded records out.

A reply has exactly the fields that the worker gives it at this place, and a result exactly the
forms of `autograder.core.results`; anything else was written by someone else and is refused whole.
Texts are cut, numbers are kept in their range. What all results take of the judge's memory is
bounded by an `Allowance`.

====================  =============================================================================
bound                 what the student's report says beyond it
====================  =============================================================================
`KEPT_REQUEST_BYTES`  `TOO_LARGE` came back: the result counts as wrong, the next calls go on
`KEPT_RUN_BYTES`      the same; results of the usual size (`SMALL_BYTES`) are always kept
lengths of texts      the text, cut
line numbers          the number at the end of the range
====================  =============================================================================
"""

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, overload

import numpy as np

from autograder.core.codec import decode
from autograder.core.limits import MIB
from autograder.core.records import CallOutcome, FileState, Line, Raised, Returned
from autograder.core.results import MAX_CHARACTERS, MAX_RESULTS, TOO_LARGE
from autograder.errors import GraderError
from autograder.supervisor.replies import ForgedReplyError

__all__ = [
    "Allowance",
    "Outcomes",
    "read_file_state",
    "read_outcome",
    "read_printed",
    "read_ready",
    "read_question",
    "with_raised",
]

#: Memory that a result may take whatever came before: ten times the largest right one. A thousand
#: calls have 32 MiB by this.
SMALL_BYTES = 32 * 1024

#: Memory that the larger results of one function in one phase may take together: one that is as
#: large as the worker sends it.
KEPT_REQUEST_BYTES = 8 * MIB

#: The same for a whole run. Gradescope's container has 768 MiB for the judge and two workers.
KEPT_RUN_BYTES = 32 * MIB

#: Memory that any part of a result takes beside its numbers and characters: more than measured.
ITEM_BYTES = 400

#: An exception's type, its message and the lines with it: more than is shown of them, less than a
#: thousand calls could make a burden.
MAX_KIND_CHARACTERS = 80
MAX_MESSAGE_CHARACTERS = 2000
MAX_LINES = 8
MAX_FILE_CHARACTERS = 100
MAX_LINE_CHARACTERS = 400
MAX_LINE_NUMBER = 10**6
MAX_NAME_CHARACTERS = 200

#: A description of a result that is no array ('one array of shape ...'; 64 axes fit).
MAX_DESCRIPTION_CHARACTERS = 1000

#: Arguments of a function.
MAX_POSITION = 63

#: Packages and settings whose versions a worker names.
MAX_VERSIONS = 32

_INTEGERS = frozenset([f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)])

#: The types that a result may have had, by the type that crossed (see `autograder.core.results`):
#: half and single precision of the other byte order cross as float64.
_NAMES = {
    np.dtype("float64"): frozenset(
        ["float64", "float32", "float16", "uint64", "object", np.dtype(np.longdouble).name]
    ),
    np.dtype("float32"): frozenset(["float32"]),
    np.dtype("float16"): frozenset(["float16"]),
    np.dtype("int64"): _INTEGERS,
    np.dtype("bool"): frozenset(["bool"]),
}


class Allowance:
    """How much memory the results of one run, of all its workers, may still take."""

    def __init__(self) -> None:
        self._run_left = KEPT_RUN_BYTES
        self._request_left = KEPT_REQUEST_BYTES

    def begin_request(self) -> None:
        """Begin to count the results of another function."""
        self._request_left = KEPT_REQUEST_BYTES

    def admits(self, size_bytes: int) -> bool:
        """Tell whether a result may be kept, and count it if so."""
        if size_bytes <= SMALL_BYTES:
            return True
        if size_bytes > min(self._run_left, self._request_left):
            return False
        self._run_left -= size_bytes
        self._request_left -= size_bytes
        return True


class Outcomes(Sequence[CallOutcome]):
    """Outcomes of calls in order, of which some are frames that are read when they are looked at.

    These are known to be right, so they have the size of right results.
    """

    def __init__(self, items: Sequence[CallOutcome | bytes]) -> None:
        self._items = list(items)

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, place: int) -> CallOutcome: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[CallOutcome, ...]: ...
    def __getitem__(self, place: int | slice) -> CallOutcome | tuple[CallOutcome, ...]:
        if isinstance(place, slice):
            return tuple([self[i] for i in range(*place.indices(len(self)))])
        item = self._items[place]
        if isinstance(item, bytes):
            reply = decode(item)
            item = Returned(_read_tree(reply["value"]))
            self._items[place] = item
        return item

    def __iter__(self) -> Iterator[CallOutcome]:
        return (self[place] for place in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def items(self) -> list[CallOutcome | bytes]:
        """The outcomes, and the frames of those that no one has looked at."""
        return self._items


def with_raised(
    outcomes: Sequence[CallOutcome], explain: Callable[[CallOutcome], CallOutcome]
) -> Outcomes:
    """Return outcomes with each exception as `explain` returns it."""
    items = outcomes.items if isinstance(outcomes, Outcomes) else outcomes
    return Outcomes([explain(item) if isinstance(item, Raised) else item for item in items])


def read_ready(reply: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the worker says when it has started, before a student's code runs.

    These are the versions, and for each layer of protection an empty text or why it is off.

    Raises
    ------
    ForgedReplyError
        If the reply says nothing of the kind; the other functions of this module raise it, too.
    GraderError
        If the worker says why it can't start.
    """
    if "failed" in reply:
        why = _read_text(reply["failed"], MAX_MESSAGE_CHARACTERS)
        raise GraderError(f"a worker process did not start as it should: {why}")
    return _read_texts(reply.get("ready")), _read_texts(reply.get("layers"))


def _read_texts(named: object) -> dict[str, str]:
    if not isinstance(named, dict) or len(named) > MAX_VERSIONS:
        raise ForgedReplyError("a worker starts without its versions and layers")
    longest = MAX_DESCRIPTION_CHARACTERS
    return {name[:MAX_NAME_CHARACTERS]: _read_text(text, longest) for name, text in named.items()}


def read_file_state(
    reply: dict[str, Any], functions: tuple[str, ...], *, graded: Collection[str]
) -> FileState:
    """Return what became of a file that was to be imported.

    No functions but those that were asked for get into the record, and only the homework's
    (`graded`, as ``file.function``) count as used.
    """
    if "raised" in reply:
        return FileState(problem=_read_raised(reply))
    (loaded,) = _read_all(reply, "loaded")
    if not isinstance(loaded, dict):
        raise ForgedReplyError("a file's functions are no dict")
    states = {name: _read_function(loaded[name], graded) for name in functions if name in loaded}
    return FileState(functions=states)


def _read_function(described: Any, graded: Collection[str]) -> dict[str, Any]:
    """Return what is said of a function, in the form that it has to have."""
    if not isinstance(described, dict):
        return {}
    uses = described.get("uses")
    named = [name for name in uses if isinstance(name, str)] if isinstance(uses, tuple) else []
    return {
        "is_there": described.get("is_there") is True,
        "is_callable": described.get("is_callable") is True,
        "uses": tuple([name for name in dict.fromkeys(named) if name in graded]),
    }


def read_printed(reply: dict[str, Any], *, limit: int) -> str:
    """Return what a function printed in all its calls, at most `limit` characters and one more."""
    (printed,) = _read_all(reply, "printed")
    return _read_text(printed, limit + 1)


def read_outcome(reply: dict[str, Any], allowance: Allowance) -> CallOutcome:
    """Return the outcome of one call; a result that the allowance has no room for is described."""
    if "raised" in reply:
        return _read_raised(reply)
    value, changed = _read_all(reply, "value", "changed")
    tree, positions = _read_tree(value), _read_positions(changed)
    return Returned(tree if allowance.admits(_count_bytes(tree)) else TOO_LARGE, positions)


def read_question(reply: dict[str, Any], graded: Collection[str]) -> tuple[str, tuple[Any, ...]]:
    """Return for which of the homework's functions a result is asked, and the arguments."""
    name, arguments = _read_all(reply, "asks_for", "arguments")
    if name not in graded or not isinstance(arguments, tuple) or len(arguments) > MAX_POSITION:
        raise ForgedReplyError("this is no function of the homework")
    return name, tuple(map(_read_tree, arguments))


def _read_tree(value: Any) -> Any:
    """Return a result if it has one of the forms of `autograder.core.results`."""
    if value is None:
        return None
    if isinstance(value, str):
        return _read_text(value, MAX_DESCRIPTION_CHARACTERS)
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], np.ndarray):
        return _read_leaf(*value)
    if isinstance(value, tuple) and len(value) <= MAX_RESULTS:
        return tuple([_read_tree(item) for item in value])
    if isinstance(value, dict) and len(value) <= MAX_RESULTS:
        return {_check_key(key): _read_tree(item) for key, item in value.items()}
    raise ForgedReplyError("a result has none of the forms of a result")


def _read_leaf(array: np.ndarray, name: Any) -> tuple[np.ndarray, str]:
    """Return an array that owns its numbers: a view would keep the whole frame in memory."""
    if not isinstance(name, str) or name not in _NAMES[array.dtype]:
        raise ForgedReplyError("an array can't have had the type that is claimed")
    own = array.copy()
    if own.dtype.kind == "f":
        own[np.isnan(own)] = np.nan  # one for all: numpy warns of calculations with some others
    return own, name


def _check_key(key: str) -> str:
    if len(key) > MAX_CHARACTERS:
        raise ForgedReplyError("a result's key is too long")
    return key


def _count_bytes(tree: Any) -> int:
    """Return what a result takes of memory, or its sum over an empty axis would take."""
    if isinstance(tree, np.ndarray):
        room: int = math.prod([length or 1 for length in tree.shape])
        return max(tree.nbytes, 8 * room)
    if isinstance(tree, str):
        return ITEM_BYTES + 4 * len(tree)
    items = tree.values() if isinstance(tree, dict) else tree or ()
    return ITEM_BYTES + sum([_count_bytes(item) for item in items])


def _read_positions(changed: Any) -> tuple[int, ...]:
    is_plain = isinstance(changed, tuple) and len(changed) <= MAX_POSITION + 1
    if not is_plain or not all([type(i) is int and 0 <= i <= MAX_POSITION for i in changed]):
        raise ForgedReplyError("the changed arguments are no positions")
    return tuple(sorted(set(changed)))


def _read_raised(content: dict[str, Any]) -> Raised:
    known = {"not_started": None, "not_imported": "", "wanted": "", "is_read_only": False}
    names = ("raised", "message", "lines", *known)
    kind, message, lines, origin, file, wanted, is_read_only = _read_all(known | content, *names)
    if not isinstance(lines, tuple):
        raise ForgedReplyError("the lines of an exception are no tuple")
    return Raised(
        kind=_read_text(kind, MAX_KIND_CHARACTERS),
        message=_read_text(message, MAX_MESSAGE_CHARACTERS),
        lines=tuple([_read_line(line) for line in lines[:MAX_LINES]]),
        not_started=None if origin is None else _read_text(origin, MAX_NAME_CHARACTERS),
        not_imported=_read_identifier(file),
        wanted=_read_text(wanted, MAX_NAME_CHARACTERS),
        is_read_only=is_read_only is True,
    )


def _read_identifier(name: Any) -> str:
    """Return a module's name; it becomes a part of sentences and of places."""
    text = _read_text(name, MAX_FILE_CHARACTERS)
    return text if text.isidentifier() else ""


def _read_line(line: Any) -> Line:
    if not isinstance(line, tuple) or len(line) != 3:
        raise ForgedReplyError("a line of an exception is no line")
    file, number, text = line
    known = min(max(number, 0), MAX_LINE_NUMBER) if type(number) is int else 0
    return Line(_read_text(file, MAX_FILE_CHARACTERS), known, _read_text(text, MAX_LINE_CHARACTERS))


def _read_text(text: Any, limit: int) -> str:
    if not isinstance(text, str):
        raise ForgedReplyError("there is something else where a text belongs")
    return text[:limit]


def _read_all(content: dict[str, Any], *names: str) -> list[Any]:
    """Return the values of a dict that has exactly these keys."""
    if content.keys() != set(names):
        raise ForgedReplyError("a reply has other fields than belong here")
    return [content[name] for name in names]
