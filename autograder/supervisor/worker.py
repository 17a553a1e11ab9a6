"""Start worker processes, put questions to them, and end them: the judge's side of the boundary.

A `Worker` is one process. Its replies are untrusted. Bytes that the worker would not write end it,
and what it has not answered by then counts as crashed. Time limits are kept here, by the clock of
this process, each for all replies to a request together: at a limit the whole process group is
killed.
"""

import contextlib
import itertools
import queue
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from autograder.core.codec import encode
from autograder.core.limits import MIB, Limits
from autograder.core.records import CallOutcome, Ending, FileState, FunctionRun, Status, While
from autograder.core.right_replies import RightReplies
from autograder.errors import GraderError
from autograder.isolation.layers import described, missing, refusal
from autograder.isolation.workspace import holds_more
from autograder.supervisor.outcomes import (
    Allowance,
    Outcomes,
    read_file_state,
    read_outcome,
    read_printed,
    read_question,
    read_ready,
)
from autograder.supervisor.replies import WROTE, ForgedReplyError, FrameSplitter, ReplyMatcher
from autograder.supervisor.spawn import Spawned, Spawner
from autograder.worker import FRAME_SIZE

__all__ = ["NotStartedError", "Worker", "started_worker"]

START_SECONDS = 60.0

#: How many readings may wait to be looked at (each is one frame of the largest size and READ_BYTES
#: at most, so this bounds the judge's memory), and how often a reader that waits looks up.
QUEUE_LENGTH, QUEUE_SECONDS = 2, 1.0

Record = TypeVar("Record")

#: What answers for a function that is replaced: its name, the arguments as trees, and during which
#: call of a request it was called.
Answer = Callable[[str, tuple[Any, ...], int], Any]

#: Calls of replaced functions in one request: ten times those of the longest one that is right.
MAX_ANSWERS = 20_000

#: How often a worker's temporary folder is looked at while it works.
WATCH_SECONDS = 0.25

#: What is read from a worker's pipe at once, and how long it may collect there: a thousand replies
#: come one by one, and each reading costs more than the reply does.
READ_BYTES, COLLECT_SECONDS = 1 << 16, 0.001


def no_answer(name: str, arguments: tuple[Any, ...], call: int) -> Any:
    """Answer nothing."""


class NotStartedError(GraderError):
    """A worker ended before it was ready: nothing of a student's had run, someone ended it."""


class WorkerGoneError(Exception):
    """The worker ended, or was ended; carries the `Ending`."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.sentence)
        self.ending = ending


@dataclass(frozen=True)
class _Arrival:
    """Frames that came in one reading, and how many requests had been put by then."""

    frames: tuple[bytes, ...]
    asked: int


class Worker:
    """One worker process for one submission.

    The constructor returns at once, while the interpreter starts; the first question waits for it.
    `blocked` are files not to be imported again, each with the reason as a sentence. The layers
    that strangers' code takes may be missing where `allowed_missing` names them, or is None. An
    `allowance` is shared by all workers of a run. What is `closed`, files and folders, is refused
    to the submission with a sentence (`autograder.isolation.fence`).
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
        allowance: Allowance | None = None,
        closed: Sequence[Path] = (),
    ) -> None:
        self.limits = limits
        self.allowance = allowance or Allowance()
        self._allowed_missing = allowed_missing
        self.environment: dict[str, str] = {}
        self.layers: dict[str, str] = {}
        self._ending: Ending | None = None
        self._spawned = spawned
        self._is_closed = False
        self._arrived: queue.Queue[_Arrival | str] = queue.Queue(QUEUE_LENGTH)
        # Taken off the queue, each with how many requests had been put when it came.
        self._frames: deque[tuple[bytes, int]] = deque()
        self._matcher = ReplyMatcher()
        self._graded = frozenset([f"{file}.{name}" for file in modules for name in modules[file]])
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        for work in (self._read_frames, self._write_requests):
            threading.Thread(target=work, daemon=True).start()
        settings = asdict(limits) | {
            "folder": str(folder),
            "scratch": str(spawned.scratch),
            "modules": dict(modules),
            "blocked": dict(blocked),
            "cpu_seconds": int(limits.run_seconds) + 10,
            "closed": tuple([str(path) for path in closed]),
        }
        self._answer: Answer = no_answer
        self._answers_left = self._call = self._taken = 0
        self._is_ready = False
        self._watched = time.monotonic()
        self.ask(encode({"start": settings}))

    def start(self) -> None:
        """Wait until the worker is ready, with its layers on; nothing of the submission has run.

        A GraderError says that it does not come up, or that a needed layer is missing.
        """
        self._wait_until_ready()

    def load(self, module: str, functions: tuple[str, ...], *, seconds: float) -> FileState:
        """Import one file; the state has a problem where that raised, hung or killed the worker."""
        self._wait_until_ready()
        ticket = self.ask(encode({"load": module, "functions": functions}))
        self._matcher.expect(ticket, 1)
        self._answers_left = 0
        try:
            state = self._receive(
                time.monotonic() + seconds,
                lambda reply: read_file_state(reply, functions, graded=self._graded),
            )
            self._watch()
            return state
        except WorkerGoneError as gone:
            doing = f"importing {module}.py"
            return FileState(problem=self._explain(gone, While.IMPORT, doing, seconds))

    def ask(self, request: bytes) -> int:
        """Send the encoded request for a function's calls, as the key holds it; do not wait.

        Return a ticket for `collect`; they are collected in the order in which they were given.
        """
        ticket = self._matcher.ask()
        self._outgoing.put(FRAME_SIZE.pack(len(request)) + request)
        return ticket

    def replace(self, names: Collection[str]) -> None:
        """Replace these functions by `collect`'s ``answer``, and no others."""
        self.ask(encode({"replace": tuple(names)}))

    def collect(
        self,
        ticket: int,
        name: str,
        count: int,
        *,
        seconds: float,
        answer: Answer = no_answer,
        right: RightReplies | None = None,
    ) -> FunctionRun:
        """Wait for the `count` calls of a function, `seconds` for all of them from now on.

        Where functions are replaced, `answer` is called for each of their calls. Replies that are
        those of a `right` function are told at once, and not read before someone looks at them.
        """
        self._answer, self._answers_left = answer, MAX_ANSWERS
        deadline = time.monotonic() + seconds
        self._matcher.expect(ticket, count + 1)
        self.allowance.begin_request()
        known = deque(self._find_right(ticket, count, deadline, right))
        items: list[CallOutcome | bytes] = []
        try:
            for self._call in range(count):
                is_right = known.popleft() if known else False
                items.append(
                    self._take_right() if is_right else self._receive_outcome(known, deadline)
                )
            printed = self._receive(deadline, self._read_printed)
        except WorkerGoneError as gone:
            doing = f"call {len(items) + 1} of {count} of {name}"
            return _make_run(items, self._explain(gone, While.CALL, doing, seconds))
        try:
            self._watch()
        except WorkerGoneError as gone:
            return FunctionRun((), self._explain(gone, While.CALL, name, seconds))
        return _make_run(items, printed=printed)

    def _find_right(
        self, ticket: int, count: int, deadline: float, right: RightReplies | None
    ) -> list[bool]:
        """Wait for the replies to all calls, and tell which are right; none if they are not told.

        Not for many more bytes than right replies have: what comes then is read as ever.
        """
        if right is None:
            return []
        most = right.bytes + READ_BYTES
        with contextlib.suppress(WorkerGoneError):  # what came before counts, then it ends again
            while len(self._frames) <= count and sum(map(_size, self._frames)) <= most:
                self._wait_for_frames(deadline)
        frames = [frame for frame, _ in itertools.islice(self._frames, count)]
        return right.find_right(frames, ticket)

    def _take_right(self) -> bytes:
        """Return the next frame, of which it is known that it is the next reply."""
        frame, asked = self._frames.popleft()
        try:
            self._matcher.take_right(asked=asked)
        except ForgedReplyError as forged:
            raise self._refuse() from forged
        return frame

    def _receive_outcome(self, known: deque[bool], deadline: float) -> CallOutcome:
        """Read the next outcome; where another reply comes before it, no more places are known."""
        before = self._taken
        outcome = self._receive(deadline, self._read_outcome)
        if self._taken > before + 1:
            known.clear()
        return outcome

    def _read_outcome(self, reply: dict[str, Any]) -> CallOutcome:
        return read_outcome(reply, self.allowance)

    def _tell(self, reply: dict[str, Any]) -> None:
        """Answer a call of a function that is replaced."""
        self._answers_left -= 1
        if self._answers_left < 0:
            raise ForgedReplyError("more calls are replaced than any function makes")
        told = self._answer(*read_question(reply, self._graded), self._call)
        content = encode({"told": told})
        self._matcher.expect_one_more()
        self._outgoing.put(FRAME_SIZE.pack(len(content)) + content)

    def _read_printed(self, reply: dict[str, Any]) -> str:
        return read_printed(reply, limit=self.limits.output_characters)

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
        self._matcher.expect(1, 1)
        try:
            versions, self.layers = self._receive(time.monotonic() + START_SECONDS, read_ready)
        except WorkerGoneError as gone:  # nothing of the student's has run yet
            raise NotStartedError("a worker process did not start as it should") from gone
        if self._allowed_missing is not None:
            lacking = missing(self.layers, allowed=self._allowed_missing)
            if lacking:
                raise GraderError(refusal(lacking))
        self.environment = versions | described(self.layers)
        self._is_ready = True

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
                if frames and not self._pass_on(_Arrival(tuple(frames), self._matcher.asked)):
                    return
                if len(content) < READ_BYTES:
                    time.sleep(COLLECT_SECONDS)
        self._pass_on(WROTE if splitter.is_broken else "")

    def _pass_on(self, arrived: _Arrival | str) -> bool:
        """Put something on the queue; wait while it is full, so that a flood stays in the pipe."""
        while not self._is_closed:
            try:
                self._arrived.put(arrived, timeout=QUEUE_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def _receive(self, deadline: float, read: Callable[[dict[str, Any]], Record]) -> Record:
        """Return what the next reply says by `read`; end the worker where it can't be its own."""
        if self._ending is not None and not self._frames:
            raise WorkerGoneError(self._ending)
        try:
            while "asks_for" in (reply := self._next_reply(deadline)):
                if time.monotonic() > deadline:
                    raise self._give_up(Ending(Status.TIMEOUT, ""))
                self._tell(reply)
            return read(reply)
        except ForgedReplyError as forged:
            raise self._refuse() from forged

    def _refuse(self) -> WorkerGoneError:
        """End a worker that wrote what is not its own, and take nothing more of it."""
        self._frames.clear()
        return self._give_up(Ending(Status.CRASHED, WROTE))

    def _next_reply(self, deadline: float) -> dict[str, Any]:
        """Return the next reply that the matcher waits for."""
        while True:
            if not self._frames:
                self._wait_for_frames(deadline)
            frame, asked = self._frames.popleft()
            self._taken += 1
            reply = self._matcher.take(frame, asked=asked)
            if reply is not None:
                return reply
            if time.monotonic() > deadline:  # among replies that are left over
                self._frames.clear()
                raise self._give_up(Ending(Status.TIMEOUT, ""))

    def _wait_for_frames(self, deadline: float) -> None:
        if self._ending is not None:
            raise WorkerGoneError(self._ending)
        arrived = self._wait_and_watch(deadline)
        if isinstance(arrived, str):
            if not arrived:
                self._spawned.settle()
            raise self._give_up(Ending(Status.CRASHED, arrived))
        self._frames.extend([(frame, arrived.asked) for frame in arrived.frames])

    def _wait_and_watch(self, deadline: float) -> _Arrival | str:
        while True:
            now = time.monotonic()
            if now - self._watched > WATCH_SECONDS:
                self._watch()
            rest = deadline - now
            try:
                return self._arrived.get(timeout=max(0.0, min(rest, WATCH_SECONDS)))
            except queue.Empty:
                if rest <= WATCH_SECONDS:
                    raise self._give_up(Ending(Status.TIMEOUT, "")) from None

    def _watch(self) -> None:
        """End the worker if its temporary folder is over the limits."""
        self._watched = time.monotonic()
        sizes = self.limits.disk_bytes, self.limits.disk_entries
        if holds_more(self._spawned.scratch, *sizes):
            raise self._give_up(Ending(Status.CRASHED, self._disk_sentence))

    @property
    def _disk_sentence(self) -> str:
        size, entries = self.limits.disk_bytes // MIB, self.limits.disk_entries
        return f"it wrote more than {size} MiB or {entries} files into its temporary folder"

    def _give_up(self, ending: Ending) -> WorkerGoneError:
        """End the process for good, and return what to raise."""
        self._ending = ending
        self._spawned.kill()
        return WorkerGoneError(ending)

    def _explain(self, gone: WorkerGoneError, during: While, doing: str, seconds: float) -> Ending:
        """Turn an ending into a sentence that says what was going on."""
        if gone.ending.status == Status.TIMEOUT:
            return Ending(
                Status.TIMEOUT, f"stopped after {round(seconds, 2):g} s in {doing}", during
            )
        if gone.ending.sentence:
            return Ending(Status.CRASHED, f"{gone.ending.sentence} in {doing}", during)
        return Ending(Status.CRASHED, f"{_name_cause(self._spawned.wait())} in {doing}", during)


def _size(arrived: tuple[bytes, int]) -> int:
    return len(arrived[0])


def _make_run(
    items: Sequence[CallOutcome | bytes], ending: Ending | None = None, printed: str = ""
) -> FunctionRun:
    right = frozenset([place for place, item in enumerate(items) if isinstance(item, bytes)])
    return FunctionRun(Outcomes(items), ending, printed, right)


def _name_cause(code: int | None) -> str:
    if code is None or code == -9:
        return "the Python process was killed or closed its pipe"
    if code >= 0:
        return f"the Python process ended itself (exit status {code})"
    try:
        return f"the Python process died ({signal.Signals(-code).name})"
    except ValueError:
        return f"the Python process died (signal {-code})"


def started_worker(
    spawner: Spawner,
    *,
    allowed_missing: Collection[str] | None = None,
    limits: Limits | None = None,
) -> Worker:
    """Start a worker without a submission, and return it, ended: it says which layers it had on.

    A GraderError says that it does not come up, or that a needed layer is missing.
    """
    folder = spawner.workspace / "nothing"
    folder.mkdir(exist_ok=True)
    worker = Worker(
        spawner.take(),
        folder,
        modules={},
        blocked={},
        limits=limits or Limits(),
        allowed_missing=allowed_missing,
    )
    try:
        worker.start()
    finally:
        worker.close()
    return worker
