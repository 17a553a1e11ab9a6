"""Runs that are hit on the way, and what is left of them."""

import subprocess
from collections.abc import Callable

from runs import Place

__all__ = ["ALL", "Laid", "ended", "workers"]


#: Every check of the full rubric that is right is worth this much, together.
ALL = 100


Laid = Callable[..., Place]


def ended(process: "subprocess.Popen[str]", *, seconds: float = 60) -> tuple[int, str]:
    """Wait for the end; return exit status and output."""
    said = process.communicate(timeout=seconds)[0]
    return process.returncode, said


def workers(place: Place) -> list[int]:
    return [pid for pid, where in place.processes().items() if "/scratch-" in where]
