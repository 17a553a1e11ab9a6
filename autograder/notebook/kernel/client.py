"""The kernel's side of its grading process: list what was run, start the process, ask it, end it.

It is a process of its own, so that nothing that a student does to the kernel (other numpy settings,
warnings as errors, an interrupt in the middle) reaches the judge, and it ends when the kernel does,
however that ends: its input is closed then. Windows too; a kernel's threads may ask one by one.

Here nothing is run, changed or judged. The kernel keeps each cell as it was typed, in the order in
which cells were run. A function may also come from a file, by an import or ``%run``; its code
object says from which.
"""

import atexit
import contextlib
import inspect
import json
import os
import queue
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from autograder.errors import GraderError

__all__ = ["GradingProcess", "kernel_shell", "work_of"]

#: Run with the kernel's interpreter. The folder of the kernel is not on its path: a student's file
#: may have the name of a module of Python's or numpy's.
_PROGRAM = (
    "import sys; sys.path[0] = sys.argv[1];"
    " from autograder.notebook.server.server import serve; serve()"
)
_PACKAGES = str(Path(__file__).resolve().parents[3])

#: A process that is told to end ends its workers first; then it is killed.
END_SECONDS = 3.0
GIVE_UP_SECONDS = 60.0

#: How often a wait looks up: Windows can't interrupt it.
WAIT_SECONDS = 0.1


class _Running:
    """One started process, and the thread that reads its replies."""

    def __init__(self) -> None:
        options: dict[str, Any] = {"start_new_session": True}  # an interrupt is for the kernel
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
            options = {"creationflags": flags}
        self.owner = os.getpid()
        self.process = subprocess.Popen(
            [sys.executable, "-B", "-c", _PROGRAM, _PACKAGES],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **options,
        )
        self.replies: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            for line in self.process.stdout:
                self.replies.put(line)
        self.replies.put(b"")

    def send(self, request: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()

    def close(self, *, seconds: float) -> None:
        """Let it end its workers and its folder; a forked child of the kernel leaves it alone."""
        if self.owner != os.getpid():
            return
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def give_up(self) -> None:
        """Let it end in its own time: Windows can't interrupt it in the middle of a call."""
        ending = {"seconds": GIVE_UP_SECONDS}
        threading.Thread(target=self.close, kwargs=ending, daemon=True).start()


class GradingProcess:
    """The process that grades for this kernel; started in the background, ended with the kernel."""

    def __init__(self) -> None:
        self._running: _Running | None = None
        self._turn = threading.Lock()
        atexit.register(self.close)

    def start(self) -> None:
        """Start it now, so that it is warm when the first check comes.

        It is a `GraderError` if this system starts no processes, as a notebook inside a browser.
        """
        if self._running is not None and self._running.owner == os.getpid():
            return
        try:
            self._running = _Running()
        except OSError as error:
            raise GraderError(f"no grading process can be started here: {error}") from error

    def close(self) -> None:
        """End it; no harm if it has ended or never began."""
        running, self._running = self._running, None
        if running is not None:
            running.close(seconds=END_SECONDS)

    def ask(
        self, request: dict[str, Any], *, patience: float, waiting: Callable[[], None]
    ) -> dict[str, Any]:
        """Return the answer to a request of plain values (`autograder.notebook.server.judging`).

        After `patience`, in seconds, without an answer, `waiting` is called, once, to tell the
        student that it takes longer. It is a `GraderError` if there is no such process, or it
        ended, twice; where the kernel is interrupted, a fresh process is on its way.
        """
        with self._turn:
            try:
                for _ in range(2):  # a machine that slept may have lost the first one
                    answer = self._answer(request, patience, waiting)
                    if answer is not None:
                        return answer
                    self.close()
            except KeyboardInterrupt:
                running, self._running = self._running, None
                if running is not None:
                    running.give_up()
                self.start()
                raise
        raise GraderError("the grading process ended")

    def _answer(
        self, request: dict[str, Any], patience: float, waiting: Callable[[], None]
    ) -> dict[str, Any] | None:
        self.start()
        running = self._running
        assert running is not None
        deadline = time.monotonic() + patience
        try:
            running.send(request)
        except OSError:
            return None
        while True:
            try:
                line = running.replies.get(timeout=WAIT_SECONDS)
            except queue.Empty:
                if time.monotonic() > deadline:
                    waiting()
                    deadline = float("inf")
                continue
            answer: dict[str, Any] | None = json.loads(line) if line else None
            return answer


#: What IPython itself puts into a notebook's namespace.
_OF_IPYTHON = frozenset({"exit", "get_ipython", "open", "quit"})

#: Where no student's files are: the interpreter's own libraries and what is installed.
_INSTALLED = tuple(
    [
        os.path.realpath(path) + os.sep
        for path in {sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib")}
    ]
)


def kernel_shell() -> Any:
    """Return the IPython shell that this process is the kernel of, None where it is none."""
    import sys

    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    return get_ipython()


def work_of(shell: Any) -> dict[str, Any]:
    """Return what was run in a kernel, by its IPython shell, which is not changed.

    ``"cells"``: the cells as they were typed, each once, in the order of their last runs, with the
    number that the kernel gave that run; ``"names"``: all names that the kernel knows;
    ``"defined"``: for each that can be called, the file that defines it, empty for a cell;
    ``"folder"``: where the kernel works. Nothing but text: it goes to another process.
    """
    typed = enumerate(shell.history_manager.input_hist_raw)
    latest = {cell: number for number, cell in typed if cell.strip()}
    return {
        "cells": sorted([(number, cell) for cell, number in latest.items()]),
        "names": [name for name in shell.user_ns if isinstance(name, str)],
        "defined": dict(_defined(shell.user_ns)),
        "folder": os.getcwd(),
    }


def _defined(namespace: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in list(namespace.items()):
        if not name.startswith("_") and name not in _OF_IPYTHON and callable(value):
            yield name, _file_of(value)


def _file_of(value: Any) -> str:
    """Return the student's file that a function was defined in, empty where there is none."""
    try:
        written = inspect.unwrap(value) if inspect.isfunction(value) else None
    except ValueError:  # it wraps itself
        return ""
    code = getattr(written, "__code__", None)
    if code is None or not code.co_filename.endswith(".py"):
        return ""
    path = os.path.realpath(code.co_filename)
    # ipykernel names a file for each cell, which a debugger really writes.
    is_cell = os.path.basename(os.path.dirname(path)).startswith("ipykernel_")
    is_file = os.path.isfile(path) and not path.startswith(_INSTALLED)
    return path if is_file and not is_cell else ""
