"""Do independent pieces of the compiler's work on all cores.

The pieces are closures over rubric and reference, which can't be sent to another process, so the
processes are forked. Where fork is missing, and on one core, the pieces are done one after the
other; the results are the same.
"""

import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any

from autograder.errors import GraderError, RubricError

__all__ = ["each_in_parallel"]

#: Called with a piece's name, and with what to call after each step of it.
Work = Callable[[str, Callable[[], None]], Any]


def each_in_parallel(
    work: Work,
    names: Sequence[str],
    *,
    within: Callable[[], AbstractContextManager[Any]] = nullcontext,
    on_step: Callable[[str], None] = lambda _: None,
) -> Generator[tuple[str, Any], None, None]:
    """Yield each name with what `work` returns for it, plain data (it is pickled), as it gets done.

    They are begun in their order: put long ones first. `within` is what each process enters before
    its first piece, and leaves when it ends, early or not. For each step that `work` says it has
    done of a piece, `on_step` is called here with the piece's name. A RubricError comes as `work`
    raised it.
    """
    cores = min(_count_cores(), len(names))
    if cores < 2 or "fork" not in multiprocessing.get_all_start_methods():
        with within():
            for name in names:
                yield name, work(name, partial(on_step, name))
        return
    context = multiprocessing.get_context("fork")
    counter, lock = context.Value("i", 0), context.Lock()
    receiver, sender = context.Pipe(duplex=False)
    parent = os.getpid()

    def send(name: str, kind: str, content: Any = None) -> None:
        with lock:
            sender.send((name, kind, content))

    def take_turns() -> None:
        receiver.close()  # else no send would ever fail once no one receives
        ending = _Ending()
        with within(), ending.heeded():
            while os.getppid() == parent:  # else it was killed, and no one waits for the rest
                with counter.get_lock():
                    number = counter.value
                    counter.value += 1
                if number >= len(names):
                    return
                name = names[number]
                try:
                    send(name, *_try_work(work, name, partial(send, name, "step")))
                except OSError:
                    return  # no one receives any more: another piece failed, or all was stopped

    processes = [context.Process(target=take_turns, daemon=True) for _ in range(cores)]
    for process in processes:
        process.start()
    sender.close()
    try:
        yield from _receive(receiver, len(names), on_step)
        for process in processes:
            process.join()
    finally:
        receiver.close()  # before the wait: who was not stopped by the signal may wait to send
        for process in processes:
            process.terminate()
            process.join()


class _Ending:
    """Ends this process in order when the first one says so, and not by the user's Ctrl-C."""

    def __init__(self) -> None:
        self._is_told = self._is_heeded = False
        signal.signal(signal.SIGINT, lambda *_: None)  # unlike SIG_IGN, its programs don't have it
        signal.signal(signal.SIGTERM, self._tell)

    def _tell(self, *_: Any) -> None:
        self._is_told = True
        if self._is_heeded:
            self._is_heeded = False
            sys.exit(1)

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Let the block be broken off; what is entered and left around it never is."""
        self._is_heeded = True
        try:
            if self._is_told:
                sys.exit(1)
            yield
        finally:
            self._is_heeded = False


def _receive(
    receiver: Any, count: int, on_step: Callable[[str], None]
) -> Iterator[tuple[str, Any]]:
    while count:
        try:
            name, kind, content = receiver.recv()
        except EOFError as error:
            raise GraderError("one of the grader's processes ended too early") from error
        if kind == "rubric":
            raise RubricError(content)
        if kind == "error":
            raise GraderError(f"the compiler failed at {name}:\n{content}")
        if kind == "step":
            on_step(name)
            continue
        count -= 1
        yield name, content


def _try_work(work: Work, name: str, step: Callable[[], None]) -> tuple[str, Any]:
    try:
        return "done", work(name, step)
    except RubricError as error:
        return "rubric", str(error)
    except Exception:
        return "error", traceback.format_exc()


def _count_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
