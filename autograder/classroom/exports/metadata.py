"""Read Gradescope's ``submission_metadata.yml``, of any size, one submission after the other.

The file repeats all results of all attempts: a class's has a hundred MiB. So it is read by events,
never as a tree: what nothing here needs is passed by while it is parsed, every value stays the text
that it is (an id of digits is none of YAML's numbers), an alias is never expanded, and there are
bounds for all that is kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from autograder.errors import UsageError

__all__ = ["Entry", "read_metadata"]

#: Submissions, members of a group, earlier attempts, characters of a value, and nested parts.
MAX_SUBMISSIONS = 200_000
MAX_MEMBERS = 200
MAX_ATTEMPTS = 10_000
MAX_TEXT = 1000
MAX_NESTED = 100

#: How an empty value is written that is not in quotes.
_EMPTY = frozenset({"", "~", "null", "Null", "NULL"})

_DAMAGED = "download the submissions again"


@dataclass(frozen=True)
class Entry:
    """One submission; all values are text, and "" where there is none."""

    #: The name of its folder.
    folder: str
    #: ``name``, ``sid``, ``email`` of each member of the group.
    submitters: tuple[Mapping[str, str], ...]
    created_at: str
    #: Earlier attempts, of which the export has no files.
    earlier: int


def read_metadata(handle: IO[bytes], name: str) -> Iterator[Entry]:
    """Yield the submissions that the file `handle`, called `name` in sentences, tells of.

    It is a `UsageError` if it is no such file, or has more in it than any class.
    """
    try:
        import yaml
    except ImportError as error:
        raise UsageError(
            "to read an export of Gradescope, PyYAML is missing: pip install pyyaml"
        ) from error
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from _Reader(yaml.parse(handle, Loader=loader), name).read()
    except UsageError:
        raise
    except Exception as error:  # the file may be in a zip, which raises nearly anything
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise UsageError(f"{name} can't be read as YAML ({reason}): {_DAMAGED}") from error


class _Reader:
    """One walk along the events of the file."""

    def __init__(self, events: Iterator[Any], name: str) -> None:
        self.events = events
        self.name = name
        #: Texts that have a name by which they are repeated.
        self.anchors: dict[str, str] = {}

    def read(self) -> Iterator[Entry]:
        while (event := self._next()) is not None:
            if _kind(event) == "MappingStart":
                break
            if _kind(event) not in ("StreamStart", "DocumentStart"):
                raise UsageError(f"{self.name} is not what Gradescope writes: {_DAMAGED}")
        for count, (key, value) in enumerate(self._list_pairs()):
            if count == MAX_SUBMISSIONS:
                raise UsageError(f"{self.name} has more than {MAX_SUBMISSIONS} submissions")
            if _kind(value) == "MappingStart":
                yield self._read_submission(key)
            else:
                self._skip(value)

    def _next(self) -> Any:
        return next(self.events, None)

    def _list_pairs(self) -> Iterator[tuple[str, Any]]:
        """Yield the keys of a mapping that has begun, each with the first event of its value.

        Whoever takes it has to take that value, up to its end.
        """
        while (event := self._next()) is not None and _kind(event) != "MappingEnd":
            if _kind(event) != "Scalar":  # a key that is no text
                self._skip(event)
                self._skip(self._next())
                continue
            yield self._read_text(event).strip(":"), self._next()

    def _read_submission(self, folder: str) -> Entry:
        submitters: tuple[Mapping[str, str], ...] = ()
        created_at, earlier = "", 0
        for key, value in self._list_pairs():
            if key == "submitters" and _kind(value) == "SequenceStart":
                submitters = tuple(self._read_submitters())
            elif key == "history" and _kind(value) == "SequenceStart":
                earlier = self._count_items()
            elif key == "created_at" and _kind(value) in ("Scalar", "Alias"):
                created_at = self._read_text(value)
            else:
                self._skip(value)
        return Entry(folder, submitters, created_at, earlier)

    def _read_submitters(self) -> Iterator[Mapping[str, str]]:
        count = 0
        while (event := self._next()) is not None and _kind(event) != "SequenceEnd":
            if _kind(event) != "MappingStart":
                self._skip(event)
                continue
            count += 1
            if count > MAX_MEMBERS:
                raise UsageError(f"{self.name} has a group of more than {MAX_MEMBERS} students")
            yield self._read_fields()

    def _read_fields(self) -> dict[str, str]:
        fields = {}
        for key, value in self._list_pairs():
            if key in ("name", "sid", "email") and _kind(value) in ("Scalar", "Alias"):
                fields[key] = self._read_text(value)
            else:
                self._skip(value)
        return fields

    def _count_items(self) -> int:
        count = 0
        while (event := self._next()) is not None and _kind(event) != "SequenceEnd":
            self._skip(event)
            count += 1
        return min(count, MAX_ATTEMPTS)

    def _read_text(self, event: Any) -> str:
        """Return the text of a value; that of one that is repeated by its name."""
        if _kind(event) == "Alias":
            return self.anchors.get(event.anchor, "")
        text = str(event.value)[:MAX_TEXT]
        if event.style is None and text in _EMPTY:
            text = ""
        if event.anchor and len(self.anchors) < MAX_SUBMISSIONS:
            self.anchors[event.anchor] = text
        return text

    def _skip(self, event: Any) -> None:
        """Pass by a value of which this is the first event."""
        depth = 0
        while event is not None:
            kind = _kind(event)
            if kind == "Scalar" and event.anchor:
                self._read_text(event)
            depth += kind.endswith("Start") - kind.endswith("End")
            if depth > MAX_NESTED:
                raise UsageError(f"{self.name} is nested more than {MAX_NESTED} deep: {_DAMAGED}")
            if depth <= 0:
                return
            event = self._next()


def _kind(event: Any) -> str:
    return type(event).__name__.removesuffix("Event")
