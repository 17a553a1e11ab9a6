"""The grading process of one kernel: read requests, a line each, and answer them in order.

It ends when its input does, that is with the kernel, also in the middle of a check; workers and
folders go with it.
"""

import _thread
import json
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from autograder.errors import AutograderError

__all__ = ["serve"]

#: What an idle process needs to end by itself.
ORDERLY_SECONDS = 0.2


def serve() -> None:
    """Answer requests until the input ends; then end this process."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed here is no reply
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    done = threading.Event()
    threading.Thread(target=_read, args=(requests, done), daemon=True).start()
    try:
        _answer_all(requests, replies, done)
    except (KeyboardInterrupt, OSError):
        done.set()  # the kernel has ended, or gave this check up


def _read(requests: "queue.SimpleQueue[bytes]", done: threading.Event) -> None:
    for line in sys.stdin.buffer:
        requests.put(line)
    requests.put(b"")
    if not done.wait(ORDERLY_SECONDS):  # in the middle of a check
        if hasattr(signal, "pthread_kill"):
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        else:
            _thread.interrupt_main()


def _answer_all(requests: "queue.SimpleQueue[bytes]", replies: Any, done: threading.Event) -> None:
    with ExitStack() as stack:
        answer = _answerer(stack)
        while line := requests.get():
            replies.write(json.dumps(answer(json.loads(line))).encode() + b"\n")
            replies.flush()
        done.set()  # what follows is not to be interrupted


def _answerer(stack: ExitStack) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what answers a request; a fault of ours, whatever it is, is an answer too."""
    try:
        from autograder.notebook.server.judging import Judging

        judging = stack.enter_context(Judging())
    except Exception as error:
        fault = _fault(error)
        return lambda request: fault

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        try:
            return dict(judging.answer(request))
        except Exception as error:
            return _fault(error)

    return answer


def _fault(error: Exception) -> dict[str, Any]:
    sentence = (
        str(error) if isinstance(error, AutograderError) else f"{type(error).__name__}: {error}"
    )
    return {"fault": sentence, "trace": traceback.format_exc()}
