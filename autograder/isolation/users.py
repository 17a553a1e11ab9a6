"""A user of its own for each worker, where the grader is root.

The numbers belong to nobody: they are chosen so that two graders at work on one machine never share
one, since whatever a worker leaves behind is found and ended by its number.
"""

import os
from pathlib import Path

__all__ = ["become", "end_all_of", "user_number"]

#: Workers that one nursery can have at a time.
MOST_WORKERS = 32

#: Above the numbers of people, services, and the ranges that systemd gives to containers
#: (https://systemd.io/UIDS-GIDS/), and below the last ones, which it keeps for itself. Process
#: numbers are below 2**22, so that two nurseries at work never share a user.
FIRST_NUMBER, PROCESS_NUMBERS = 1_879_048_192, 1 << 22

#: Instead, where only 65536 numbers exist, as in a container with a user namespace of its own.
#: Nurseries whose process numbers are 1250 apart would share users there.
FIRST_LOW_NUMBER, LOW_NUMBERS = 20_000, 40_000


def user_number(place: int) -> int:
    """Return the user for the worker in `place` (0 to 31) of this nursery."""
    number = os.getpid() % PROCESS_NUMBERS * MOST_WORKERS + place % MOST_WORKERS
    if _highest_number() > FIRST_NUMBER + PROCESS_NUMBERS * MOST_WORKERS:
        return FIRST_NUMBER + number
    return FIRST_LOW_NUMBER + number % LOW_NUMBERS


def _highest_number() -> int:
    try:
        lines = Path("/proc/self/uid_map").read_text("ascii").splitlines()
        return max([int(line.split()[0]) + int(line.split()[2]) for line in lines])
    except (OSError, ValueError, IndexError):
        return 1 << 31


def become(number: int, scratch: str) -> None:
    """Turn this process, root's, into one of user `number`, for good.

    Parameters
    ----------
    number : int
        The user and its group; there are no other groups.
    scratch : str
        The folder to hand over to that user.

    Raises
    ------
    OSError
        If this process may not.
    """
    try:
        os.chown(scratch, number, number)
        os.setgroups([])
        os.setresgid(number, number, number)
        os.setresuid(number, number, number)
    except OSError as error:
        raise OSError(f"root may not change users here ({error.strerror})") from error


def end_all_of(number: int) -> None:
    """End every process of user `number`, in one call that none of them can outrun."""
    child = os.fork()
    if child == 0:
        try:
            os.setresuid(number, number, number)
            os.kill(-1, 9)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
