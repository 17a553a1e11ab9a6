"""Wait until someone saves a file of a submission.

Events of the system (``watchfiles``) only wake this up; what changed is seen by looking at the
files. So whatever an editor does to save a file, by renaming, in two steps, all files at once, is
one save; noise such as ``__pycache__`` is none; and where no events come, on a network drive, a
look every half second is enough.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder.errors import UsageError
from autograder.intake.names import is_ignored, is_python

__all__ = ["Saved", "saves"]

#: How often someone looks although no event came, in milliseconds.
TICK = 500

#: How long it has to be quiet after an event, and how long events are gathered at most: an editor
#: that saves five files does so within some milliseconds.
QUIET, GATHERED = 40, 800

NO_EVENTS = (
    "The system has no file watchers left: other programs, such as editors, use all of them"
    " (fs.inotify.max_user_instances and max_user_watches). So the grader looks at your files every"
    " half second instead."
)

#: Folders that are watched, and how deep; a homework has one.
MAX_FOLDERS, MAX_DEPTH = 100, 8


@dataclass(frozen=True)
class Saved:
    """Some files that were saved, or removed; their names are without folders."""

    names: tuple[str, ...]
    #: When the last of them was, in seconds as of `time.time`; 0 where none is there any more.
    at: float
    #: Whether the submission still is.
    is_there: bool
    #: Those of the files that are there no more.
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Seen:
    """What lay there at one moment: folders with their inodes, files with what a save changes."""

    folders: dict[str, int] = field(default_factory=dict)
    files: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def since(self, before: "_Seen") -> Saved:
        names = self.files.keys() | before.files.keys()
        changed = sorted([n for n in names if self.files.get(n) != before.files.get(n)])
        times = [self.files[name][0] for name in changed if name in self.files]
        shown = tuple(dict.fromkeys([os.path.basename(name) for name in changed]))
        left = {os.path.basename(name) for name in changed if name in self.files}
        removed = tuple([name for name in shown if name not in left])
        return Saved(shown, max(times, default=0) / 1e9, bool(self.folders), removed)


def saves(path: Path, *, tick: Callable[[], None], tell: Callable[[str], None]) -> Iterator[Saved]:
    """Yield what was saved of the submission at `path`, each time that something was.

    The first one comes at once, with no names. What is saved while the caller works is not lost.
    `tick` is called whenever this wakes up, at least twice a second; what it raises ends the
    waiting. Where the system sends no events, `tell` is called once, with why. Without
    ``watchfiles`` it is a `UsageError`.
    """
    try:
        import watchfiles  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "watching needs the package watchfiles: run"
            f" '{sys.executable} -m pip install watchfiles', or 'grade' after each save"
        ) from error
    seen = _look(path)
    yield Saved((), 0.0, bool(seen.folders))
    told = False
    while True:
        watched = seen.folders
        for trouble in _wakes(tuple(watched)):
            tick()
            if trouble and not told:
                tell(trouble)
                told = True
            now = _look(path)
            saved, seen = now.since(seen), now
            if saved.names or bool(now.folders) != bool(watched):
                yield saved
            if now.folders != watched:
                break


def _wakes(folders: tuple[str, ...]) -> Iterator[str]:
    """Yield when something happens in the folders, and now and then; why, if no events come."""
    from watchfiles import watch

    try:
        for _ in watch(
            *folders,
            watch_filter=None,
            debounce=GATHERED,
            step=QUIET,
            rust_timeout=TICK,
            yield_on_timeout=True,
            recursive=False,
            ignore_permission_denied=True,
        ):
            yield ""
    except KeyboardInterrupt:  # any signal whose handler raised; the tick knows which
        yield ""
    except (OSError, RuntimeError) as error:  # gone, or the system's watchers are all in use
        time.sleep(TICK / 1000)
        yield "" if isinstance(error, FileNotFoundError) else NO_EVENTS


def _look(path: Path) -> _Seen:
    try:
        if path.is_dir():
            return _look_into(path)
        status = path.stat()
        files = {path.name: (status.st_mtime_ns, status.st_size, status.st_ino)}
        return _Seen({str(path.parent): 0}, files)
    except OSError:
        return _Seen()


def _look_into(root: Path) -> _Seen:
    seen = _Seen()
    waiting = [(str(root), PurePosixPath())]
    while waiting and len(seen.folders) < MAX_FOLDERS:
        place, inside = waiting.pop(0)
        try:
            seen.folders[place] = os.stat(place).st_ino
            with os.scandir(place) as entries:
                waiting += [pair for entry in entries if (pair := _note(entry, inside, seen))]
        except OSError:
            if place == str(root):
                raise
    return seen


def _note(
    entry: "os.DirEntry[str]", inside: PurePosixPath, seen: _Seen
) -> tuple[str, PurePosixPath] | None:
    """Note a file that counts, and return a folder that has to be looked into."""
    path = inside / entry.name
    if is_ignored(path) or entry.is_symlink():
        return None
    if entry.is_dir():
        return (entry.path, path) if len(path.parts) <= MAX_DEPTH else None
    if is_python(entry.name) or entry.name.lower().endswith(".ipynb"):
        try:
            status = os.stat(entry.path)
        except FileNotFoundError:
            return None  # an editor's temporary file: it was there a moment ago
        seen.files[str(path)] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return None
