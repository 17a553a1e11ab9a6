"""Start worker processes, put questions to them, and end them: the judge's side of the boundary.

A `Worker` is one process. Its replies are untrusted: a frame that is too large, malformed, of the
wrong form, or one too many ends the worker, and what it has not answered by then counts as crashed.
Time limits are kept here, by the clock of this process: at a limit the whole process group is
killed.
"""

import os
import queue
import signal
import struct
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder.errors import GraderError
from autograder.isolation.layers import described, missing, refusal
from autograder.limits import MIB, Limits
from autograder.records import (
    CallOutcome,
    Ending,
    FileState,
    FunctionRun,
    Line,
    Raised,
    Returned,
    Status,
)
from autograder.spawn import Spawned
from autograder.values import MalformedValueError, decode, encode

__all__ = ["Worker"]

_SIZE = struct.Struct("<I")
START_SECONDS = 60.0

#: The grader's own folders that a submission must not look into, where they are on this machine.
_ROOT = Path(__file__).resolve().parents[1]
_CLOSED = tuple(
    [
        str(_ROOT / name)
        for name in ("solution", "build", "dist", "tests", ".git", "autograder/rubric")
    ]
)

#: How many readings may wait to be looked at, and how often a reader that waits looks up.
QUEUE_LENGTH, QUEUE_SECONDS = 4, 1.0

#: How often a worker's temporary folder is looked at while it works.
WATCH_SECONDS = 0.25

#: What is read from a worker's pipe at once.
READ_BYTES = 1 << 16


class WorkerGoneError(Exception):
    """The worker ended, or was ended; carries the `Ending`."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.sentence)
        self.ending = ending


class Worker:
    """One worker process for one submission.

    Parameters
    ----------
    spawned : Spawned
        A fresh process; it is ended with this worker.
    folder : pathlib.Path
        The clean folder of the submission.
    modules : mapping of str to tuple of str
        The contract's files and their functions.
    blocked : mapping of str to str
        Files not to be imported again, each with the reason as a sentence.
    limits : Limits
        The limits that the worker puts on itself.
    allowed_missing : collection of str or None
        The layers that may be missing of those without which strangers' code is not run; None: all.

    Notes
    -----
    The constructor returns at once, while the interpreter starts; the first question waits for it.
    """

    def __init__(
        self,
        spawned: Spawned,
        folder: Path,
        *,
        modules: Mapping[str, tuple[str, ...]],
        blocked: Mapping[str, str],
        limits: Limits,
        allowed_missing: Collection[str] | None = None,
    ) -> None:
        self.limits = limits
        self._allowed_missing = allowed_missing
        self.environment: dict[str, str] = {}
        self.layers: dict[str, str] = {}
        self._ending: Ending | None = None
        self._spawned = spawned
        self._is_closed = False
        self._arrived: queue.Queue[list[bytes] | None] = queue.Queue(QUEUE_LENGTH)
        self._frames: list[bytes] = []  # taken off the queue, last one first
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        for work in (self._read_frames, self._write_requests):
            threading.Thread(target=work, daemon=True).start()
        settings = asdict(limits) | {
            "folder": str(folder),
            "scratch": str(spawned.scratch),
            "modules": dict(modules),
            "blocked": dict(blocked),
            "cpu_seconds": int(limits.run_seconds) + 10,
            "closed": _CLOSED,
        }
        self._is_ready = False
        self._asked = self._current = self._answered = 0
        self._ask(encode({"start": settings}))

    def start(self) -> None:
        """Wait until the worker is ready, with its layers on.

        Raises
        ------
        GraderError
            If it does not come up, or a needed layer is missing: nothing of the submission has run.
        """
        self._wait_until_ready()

    def load(self, module: str, functions: tuple[str, ...], *, seconds: float) -> FileState:
        """Import one file of the submission.

        Returns
        -------
        FileState
            With a problem where the import raised, hung or killed the worker.
        """
        self._wait_until_ready()
        ticket = self._ask(encode({"load": module, "functions": functions}))
        try:
            reply = self._receive(ticket, time.monotonic() + seconds)
            if "raised" in reply:
                return FileState(problem=_raised(reply))
            return FileState(functions=_function_states(reply, functions))
        except WorkerGoneError as gone:
            return FileState(problem=self._explain(gone, f"importing {module}.py", seconds))

    def ask(self, request: bytes) -> int:
        """Send the encoded request for a function's calls, as the key holds it; do not wait.

        Returns
        -------
        int
            A ticket for `collect`. Tickets are collected in the order in which they were given.
        """
        return self._ask(request)

    def collect(self, ticket: int, name: str, count: int, *, seconds: float) -> FunctionRun:
        """Wait for all calls of one function.

        Parameters
        ----------
        ticket : int
            From `ask`.
        name : str
            ``file.function``, for the sentence of an ending.
        count : int
            How many calls were asked for.
        seconds : float
            The time limit for all of them together, from now on.
        """
        outcomes: list[CallOutcome] = []
        deadline = time.monotonic() + seconds
        try:
            for _ in range(count):
                outcomes.append(_outcome(self._receive(ticket, deadline)))
            printed = self._receive(ticket, deadline).get("printed")
        except WorkerGoneError as gone:
            doing = f"call {len(outcomes) + 1} of {count} of {name}"
            return FunctionRun(tuple(outcomes), self._explain(gone, doing, seconds))
        return FunctionRun(tuple(outcomes), printed=printed if isinstance(printed, str) else "")

    def call(self, name: str, request: bytes, count: int, *, seconds: float) -> FunctionRun:
        """Ask and wait: see `ask` and `collect`."""
        return self.collect(self.ask(request), name, count, seconds=seconds)

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked again."""
        return self._ending is None

    def close(self) -> None:
        """End the process and everything in its process group."""
        self._is_closed = True
        self._spawned.end()
        self._outgoing.put(None)

    def _wait_until_ready(self) -> None:
        if self._is_ready:
            return
        try:
            reply = self._receive(1, time.monotonic() + START_SECONDS)
        except WorkerGoneError as gone:  # nothing of the student's has run yet
            raise GraderError("a worker process did not start as it should") from gone
        versions, layers = reply.get("ready"), reply.get("layers")
        if not isinstance(versions, dict) or not isinstance(layers, dict):
            raise GraderError("a worker process did not start as it should")
        self.layers = {str(name): str(reason) for name, reason in layers.items()}
        if self._allowed_missing is not None:
            lacking = missing(self.layers, allowed=self._allowed_missing)
            if lacking:
                raise GraderError(refusal(lacking))
        texts = {str(name): str(version) for name, version in versions.items()}
        self.environment = texts | described(self.layers)
        self._is_ready = True

    def _ask(self, content: bytes) -> int:
        self._asked += 1
        self._outgoing.put(_SIZE.pack(len(content)) + content)
        return self._asked

    def _write_requests(self) -> None:
        """Send requests, in a thread of its own: the worker may have stopped reading.

        This thread alone uses the pipe and closes it. Closed by another one, its descriptor could
        be a new worker's pipe by the time that this one writes; the same holds for the reader.
        """
        with self._spawned.requests as pipe:
            while (content := self._outgoing.get()) is not None:
                rest = memoryview(content)
                try:
                    while rest:
                        rest = rest[pipe.write(rest) or 0 :]
                except OSError:
                    continue  # the worker is gone: the reader notices

    def _read_frames(self) -> None:
        """Pass frames on as they come, until the pipe closes or a frame is absurd."""
        splitter = FrameSplitter(self.limits.reply_bytes)
        with self._spawned.replies as pipe:
            while not splitter.is_broken:
                content = pipe.read(READ_BYTES)
                if not content:
                    break
                frames = splitter.feed(content)
                if frames and not self._pass_on(frames):
                    return
        self._pass_on(None)

    def _pass_on(self, frames: list[bytes] | None) -> bool:
        """Put frames on the queue; wait while it is full, so that a flood stays in the pipe."""
        while not self._is_closed:
            try:
                self._arrived.put(frames, timeout=QUEUE_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def _receive(self, ticket: int, deadline: float) -> dict[str, Any]:
        """Return the next reply to the request of `ticket`."""
        if self._ending is not None:
            raise WorkerGoneError(self._ending)
        if ticket != self._current:
            self._current, self._answered = ticket, 0
        while True:
            if not self._frames:
                self._wait_for_frames(deadline)
            reply = _decoded(self._frames.pop())
            request, number = reply.get("to"), reply.get("at")
            if isinstance(request, int) and request < ticket:
                if time.monotonic() > deadline:
                    raise self._given_up(Ending(Status.TIMEOUT, ""))
                continue  # left over from a request that was answered by a forged reply
            if (request, number) != (ticket, self._answered):
                raise self._given_up(Ending(Status.CRASHED, "it wrote into the grader's pipe"))
            self._answered += 1
            return reply

    def _wait_for_frames(self, deadline: float) -> None:
        while True:
            rest = deadline - time.monotonic()
            try:
                frames = self._arrived.get(timeout=max(0.0, min(rest, WATCH_SECONDS)))
                break
            except queue.Empty:
                if rest <= WATCH_SECONDS:
                    raise self._given_up(Ending(Status.TIMEOUT, "")) from None
            if self._holds_too_much():
                raise self._given_up(Ending(Status.CRASHED, self._disk_sentence))
        if frames is None:
            raise self._given_up(Ending(Status.CRASHED, ""))
        self._frames = frames[::-1]

    def _holds_too_much(self) -> bool:
        """Tell whether the temporary folder is over its limits, looking no further than that."""
        size, entries, folders = 0, 0, [str(self._spawned.scratch)]
        while folders:
            try:
                with os.scandir(folders.pop()) as found:
                    for entry in found:
                        entries += 1
                        if entries > self.limits.disk_entries:
                            return True
                        if entry.is_dir(follow_symlinks=False):
                            folders.append(entry.path)
                        size += entry.stat(follow_symlinks=False).st_size
            except OSError:
                continue  # removed in the meantime
        return size > self.limits.disk_bytes

    @property
    def _disk_sentence(self) -> str:
        size, entries = self.limits.disk_bytes // MIB, self.limits.disk_entries
        return f"it wrote more than {size} MiB or {entries} files into its temporary folder"

    def _given_up(self, ending: Ending) -> WorkerGoneError:
        """End the process for good, and return what to raise."""
        self._ending = ending
        self._spawned.kill()
        return WorkerGoneError(ending)

    def _explain(self, gone: WorkerGoneError, doing: str, seconds: float) -> Ending:
        """Turn an ending into a sentence that says what was going on."""
        if gone.ending.status == Status.TIMEOUT:
            return Ending(Status.TIMEOUT, f"stopped after {seconds:.0f} s in {doing}")
        if gone.ending.sentence:
            return Ending(Status.CRASHED, f"{gone.ending.sentence} in {doing}")
        return Ending(Status.CRASHED, f"{_cause(self._spawned.wait())} in {doing}")


class FrameSplitter:
    """Cut a stream of untrusted bytes into frames.

    Parameters
    ----------
    largest : int
        A frame that claims more bytes breaks the stream for good.
    """

    def __init__(self, largest: int) -> None:
        self.largest = largest
        self.is_broken = False
        self._rest = bytearray()

    def feed(self, content: bytes) -> list[bytes]:
        """Return the frames that `content` completes."""
        self._rest += content
        frames: list[bytes] = []
        at = 0
        while len(self._rest) - at >= _SIZE.size:
            size = _SIZE.unpack_from(self._rest, at)[0]
            if size > self.largest:
                self.is_broken = True
                break
            end = at + _SIZE.size + size
            if len(self._rest) < end:
                break
            frames.append(bytes(self._rest[at + _SIZE.size : end]))
            at = end
        del self._rest[:at]
        return frames


def _decoded(frame: bytes) -> dict[str, Any]:
    """Return a reply, empty where it is none."""
    try:
        reply = decode(frame)
    except MalformedValueError:
        return {}
    return reply if isinstance(reply, dict) else {}


def _cause(code: int | None) -> str:
    if code is None or code == -9:
        return "the Python process was killed or closed its pipe"
    if code >= 0:
        return f"the Python process ended itself (exit status {code})"
    try:
        return f"the Python process died ({signal.Signals(-code).name})"
    except ValueError:
        return f"the Python process died (signal {-code})"


def _raised(reply: dict[str, Any]) -> Raised:
    lines = reply.get("lines")
    not_started = reply.get("not_started")
    return Raised(
        kind=str(reply.get("raised")),
        message=str(reply.get("message")),
        lines=tuple([_line(line) for line in lines[:8]]) if isinstance(lines, tuple) else (),
        not_started=not_started if isinstance(not_started, str) else None,
    )


def _line(line: Any) -> Line:
    if isinstance(line, tuple) and len(line) == 3 and isinstance(line[1], int):
        return Line(str(line[0]), line[1], str(line[2]))
    return Line("", 0, "")


def _outcome(reply: dict[str, Any]) -> CallOutcome:
    if "raised" in reply:
        return _raised(reply)
    changed = reply.get("changed")
    positions = changed if isinstance(changed, tuple) else ()
    return Returned(reply.get("value"), tuple([p for p in positions if isinstance(p, int)]))


def _function_states(reply: dict[str, Any], functions: tuple[str, ...]) -> dict[str, Any]:
    loaded = reply.get("loaded")
    if not isinstance(loaded, dict):
        return {}
    return {name: _plain_state(loaded[name]) for name in functions if name in loaded}


def _plain_state(described: Any) -> dict[str, Any]:
    """Return what is said of a function, in the form that it has to have."""
    if not isinstance(described, dict):
        return {}
    uses = described.get("uses")
    return {
        "is_there": described.get("is_there") is True,
        "is_callable": described.get("is_callable") is True,
        "uses": tuple([u for u in uses if isinstance(u, str)]) if isinstance(uses, tuple) else (),
    }
