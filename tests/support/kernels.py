"""Run cells in a real Jupyter kernel, one after the other, and see what a notebook would show."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.manager import KernelManager

ROOT = Path(__file__).resolve().parents[2]

#: A kernel on a busy machine may take long to start, and a check that hangs has its own limits.
TIMEOUT_SECONDS = 120


@dataclass
class Shown:
    """What one cell shows, each output in its place.

    Attributes
    ----------
    outputs : list of dict
        Contents of Jupyter's messages.
    """

    outputs: list[dict[str, Any]] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    def take(self, message: dict[str, Any]) -> None:
        """Note an output, or put it instead of the one that it updates."""
        content = message["content"]
        if message["msg_type"] == "update_display_data":
            self.outputs[self.places[content["transient"]["display_id"]]] = content
        elif message["msg_type"] in ("display_data", "execute_result", "stream", "error"):
            place = content.get("transient", {}).get("display_id")
            if place:
                self.places[place] = len(self.outputs)
            self.outputs.append(content)

    @property
    def text(self) -> str:
        """All of it as plain text."""
        return "\n".join([_plain(content) for content in self.outputs])

    @property
    def html(self) -> str:
        """All HTML."""
        return "\n".join([content.get("data", {}).get("text/html", "") for content in self.outputs])


def _plain(content: dict[str, Any]) -> str:
    if "traceback" in content:
        return "\n".join(content["traceback"])
    return str(content.get("text") or content.get("data", {}).get("text/plain", ""))


class Kernel:
    """A running kernel, in a folder of its own."""

    def __init__(self, manager: KernelManager) -> None:
        self.manager = manager
        self.client = manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT_SECONDS)

    def run(self, cell: str, *, during: Callable[[Shown], None] | None = None) -> Shown:
        """Run a cell to its end; `during` is called after each output."""
        shown = Shown()
        request = self.client.execute(cell)
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=TIMEOUT_SECONDS)
            except Empty:
                raise AssertionError(f"this cell does not end: {cell}") from None
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["content"].get("execution_state") == "idle":
                return shown
            shown.take(message)
            if during is not None and shown.outputs:
                during(shown)


@contextmanager
def started_kernel(folder: Path, **environment: str) -> Iterator[Kernel]:
    """Start a kernel that works in `folder`, with this grader, and end it."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(folder), env=os.environ | {"PYTHONPATH": str(ROOT)} | environment)
    kernel = Kernel(manager)
    try:
        yield kernel
    finally:
        kernel.client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
