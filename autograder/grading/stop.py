"""End a run in order when the system, the platform or a person asks for it.

A signal is turned into an exception in the main thread, `Stopped`, which leaves by the usual way
out: workers are ended, folders removed, and whoever holds the report writes what is decided. An
exception that is raised just anywhere may be lost, or come out as another one: Python drops what a
destructor raises, and numpy, interrupted while it loads, says that it can't be loaded. So the
request is kept as well, to be looked at wherever a run can be left; and an alarm clock is set,
which no Python code can drop.
"""

import os
import signal
from types import FrameType

__all__ = ["StopRequest", "Stopped", "fall_silent"]

#: Asked to end by the system or a platform, by a terminal that was closed, by Control-C.
_NAMES = ("SIGTERM", "SIGHUP", "SIGINT")

#: How long the way out may take; ending two workers and writing a report takes some tens of
#: milliseconds. Docker kills ten seconds after it has asked.
WAY_OUT_SECONDS = 5


class Stopped(SystemExit):
    """The run was asked to end; left alone, it ends the process with 128 + the signal's number."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.name = signal.Signals(number).name


class StopRequest:
    """Whether this process was asked to end, and by which signal."""

    def __init__(self) -> None:
        self._number: int | None = None

    def heed_signals(self) -> None:
        """From now on, raise `Stopped` at the first signal that asks this process to end.

        A signal that is ignored already, as under ``nohup``, stays ignored.
        """
        for number in _list_signals():
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._heed)

    def check(self) -> None:
        """Raise `Stopped` if a signal came, also if the exception that it raised was lost."""
        if self._number is not None:
            raise Stopped(self._number)

    def _heed(self, number: int, _frame: FrameType | None) -> None:
        for other in _list_signals():
            # Once is enough: the way out must not be cut short.
            signal.signal(other, signal.SIG_IGN)
        if hasattr(signal, "alarm"):
            signal.alarm(WAY_OUT_SECONDS)  # no one handles it: the system itself ends the process
        self._number = number
        self.check()


def _list_signals() -> list[signal.Signals]:
    return [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]


def fall_silent() -> None:
    """Let what no one reads go nowhere: at its end Python would try to write it again, and fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
