"""End a run in order when the system, the platform or a person asks for it.

A signal is turned into an exception in the main thread, `Stopped`, which leaves by the usual way
out: workers are ended, folders removed, and whoever holds the report writes what is decided. Since
an exception that is raised just anywhere may be lost (Python drops what a destructor raises), an
alarm clock is set at the same moment, which no Python code can drop.
"""

import signal
from types import FrameType
from typing import NoReturn

__all__ = ["Stopped", "stop_on_signals"]

#: Asked to end by the system or a platform, by a terminal that was closed, by Control-C.
_NAMES = ("SIGTERM", "SIGHUP", "SIGINT")

#: How long the way out may take; ending two workers and writing a report takes some tens of
#: milliseconds. Docker kills ten seconds after it has asked.
WAY_OUT_SECONDS = 5


class Stopped(SystemExit):
    """The run was asked to end; left alone, it ends the process with 128 and the signal's number.

    Parameters
    ----------
    number : int
        The signal's.
    """

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.name = signal.Signals(number).name


def stop_on_signals() -> None:
    """From now on, raise `Stopped` at the first signal that asks this process to end.

    A signal that is ignored already, as under ``nohup``, stays ignored.
    """
    for number in _numbers():
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _numbers() -> list[signal.Signals]:
    return [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    for other in _numbers():
        signal.signal(other, signal.SIG_IGN)  # once is enough: the way out must not be cut short
    if hasattr(signal, "alarm"):
        signal.alarm(WAY_OUT_SECONDS)  # nobody handles it: the system itself ends the process
    raise Stopped(number)
