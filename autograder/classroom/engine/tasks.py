"""Submissions on their way to be graded: in tasks, each of some, read when their turn comes.

Whoever grades yields outcomes in any order. A task that cost its process is not lost: each of its
submissions gets a turn alone, and the one that costs its process again is left unfinished.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from autograder.classroom.engine.entry import UNFINISHED, Entry, write_entry
from autograder.classroom.records import ResultStatus, UnreadableError

__all__ = [
    "MOST",
    "Done",
    "Load",
    "Task",
    "Waiting",
    "count_cores",
    "cut_tasks",
    "size_of_tasks",
    "write_unfinished",
]

#: Submissions in a task: enough that a scheduler's few milliseconds for each do not count, few
#: enough that little is lost with one and that all processes end at about the same time.
MOST, FEWEST = 25, 5

#: So many tasks each process gets, where the class is large enough.
TURNS = 16

Load = Callable[[], Mapping[str, bytes]]

#: The digest of a submission's content, and its entry.
Done = tuple[str, bytes]


@dataclass(frozen=True)
class Waiting:
    """A submission that is to be graded: the digest of its content, and what reads its files."""

    content: str
    load: Load


@dataclass(frozen=True)
class Task:
    """Submissions that are graded one after the other, by the digests of their contents."""

    submissions: tuple[Waiting, ...]

    def read(self) -> tuple[dict[str, Mapping[str, bytes]], list[Done]]:
        """Return the files of each, and the entries of those that can't be read any more."""
        files: dict[str, Mapping[str, bytes]] = {}
        lost: list[Done] = []
        for one in self.submissions:
            try:
                files[one.content] = one.load()
            except (OSError, UnreadableError) as error:
                lost.append((one.content, write_unfinished(f"it can't be read any more: {error}")))
        return files, lost

    def split(self) -> Iterator["Task"]:
        """Return a task for each of its submissions."""
        return (Task((one,)) for one in self.submissions)


def count_cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def size_of_tasks(count: int, processes: int) -> int:
    """Return how many submissions a task should have."""
    return min(MOST, max(FEWEST, count // (TURNS * processes)))


def cut_tasks(waiting: Iterable[Waiting], size: int) -> Iterator[Task]:
    """Yield the submissions in tasks of this size, in their order."""
    source = iter(waiting)
    while some := tuple(islice(source, size)):
        yield Task(some)


def write_unfinished(why: str) -> bytes:
    """Return the entry of a submission whose grading did not finish."""
    return write_entry(Entry(ResultStatus.UNFINISHED, sentence=f"{UNFINISHED}: {why}"))
